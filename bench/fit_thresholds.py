"""Fits the thresholds of retrieval and prints the table of docs/replay.md.

    python -m bench.fit_thresholds [--check]

The set: everyday questions (bench/data/questions.txt) and facts of generated worlds, each with other wordings
(should be found), look-alikes (another entity, another attribute: should not), and out-of-domain questions held
against the whole corpus. Half of the blocks and half of the worlds fit, the other half measures. The weights are
chosen on a coarse grid; `strict` is the lowest threshold at which at most MAX_FALSE of the out-of-domain questions
are given anything and at most MAX_ALIKE of the look-alikes of each kind pass. --check: fail if thresholds.py differs.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from core.config import ReplayConfig
from core.replay import thresholds
from core.replay.embedder import Embedder
from core.replay.relevance import compare
from core.replay.thresholds import MAX_FALSE, Scale
from core.simulate.facts import make

DATA = Path(__file__).parent / "data" / "questions.txt"
MAX_ALIKE = {"other entity": 0.02, "same attribute": 0.02, "other attribute": 0.35, "everyday": 0.35}
"""Share of look-alikes that may pass: another entity misleads, a related task is often of use."""
FACTS_PER_WORLD = 120
LOOSE_RECALL = 0.995
LEAST_LOOSE = 0.1
CLEARLY = 0.004


@dataclass(frozen=True)
class Block:
    """One question with its answer: the wordings that mean it, and look-alikes by kind."""

    wordings: tuple[str, ...]
    answer: str
    alike: tuple[tuple[str, str], ...]


def everyday() -> list[Block]:
    blocks = []
    for part in DATA.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in part.splitlines() if line and not line.startswith("#")]
        wordings = tuple(line for line in lines if not line.startswith("!"))
        if wordings:
            blocks.append(Block(wordings, "", tuple(("everyday", line[2:]) for line in lines if line.startswith("!"))))
    return blocks


def world(seed: int) -> list[Block]:
    """Facts that training never saw, in trained and reserved wordings; look-alikes share entity or attribute."""
    random = Random(f"thresholds {seed}")
    blocks = []
    for number in range(FACTS_PER_WORLD):
        kind = ("lookup", "lookup", "lookup", "howto", "format", "code")[number % 6]
        fact, other = make(random, kind, reserved=number % 2 == 0), make(random, kind)  # type: ignore[arg-type]
        wordings = (*random.sample(fact.questions(), 3), *fact.questions(reserved=True)[:2])
        alike = [("other entity", question) for question in random.sample(other.questions(), 2)]
        if kind == "lookup":
            alike.append(("other attribute", type(fact)("lookup", fact.entity, other.attribute, other.value).question))
            alike.append(("same attribute", type(fact)("lookup", other.entity, fact.attribute, other.value).question))
        blocks.append(Block(wordings, fact.answer, tuple(alike)))
    return blocks


OUTSIDE = (
    "What is {n} plus {m}?", "Good morning!", "Tell me a joke.", "Who are you?", "What is the weather like today?",
    "How many planets are there?", "Write a haiku about {w}.", "What is the meaning of the word {w}?",
    "Why is the sky blue?", "Sing me a song about {w}.", "What rhymes with {w}?", "Thanks, that helped.",
    "Is {n} a prime number?", "What is the square root of {n}?", "Recommend a book about {w}.", "Spell {w} backwards.",
    "What day is it?", "Can you help me?", "Explain {w} to a child.", "Which is heavier, {w} or {v}?",
)  # fmt: skip
WORDS = """
gravity honey jazz trains chess whales winter marble cinema ferns pottery tides lemons wolves paper
rope
""".split()  # noqa: SIM905


def outside(seed: int, count: int = 600) -> list[str]:
    """Questions that no past work is about."""
    random = Random(f"outside {seed}")
    return [
        OUTSIDE[i % len(OUTSIDE)].format(
            n=random.randint(2, 999), m=random.randint(2, 999), w=random.choice(WORDS), v=random.choice(WORDS)
        )
        for i in range(count)
    ]


@dataclass(frozen=True)
class Pairs:
    """Features [n, 5] of (question, past task) pairs: similarity, overlap, and the three disagreements."""

    features: np.ndarray
    group: np.ndarray
    """Index of the question, where a question has many pairs."""


class Measured:
    """One half of the set, with everything compared."""

    def __init__(self, blocks: Sequence[Block], stray: Sequence[str], vectors: dict[str, np.ndarray]) -> None:
        self._vectors = vectors
        self.same = self._pairs([(w, block) for block in blocks for w in block.wordings[1:]])
        self.kinds = sorted({kind for block in blocks for kind, _ in block.alike})
        self.alike = {
            kind: self._pairs([(q, block) for block in blocks for k, q in block.alike if k == kind])
            for kind in self.kinds
        }
        # the look-alikes and half of the everyday questions are also strays to all the blocks but their own
        foreign = [(q, [b for b in blocks if self._near(q, b)]) for q in stray]
        foreign += [
            (q, [b for b in blocks if b is not block and self._near(q, b)])
            for block in blocks
            for q in block.wordings[:2]
        ]
        self.outside_count = len(foreign)
        self.outside = self._pairs(
            [(q, b) for q, near in foreign for b in near],
            [number for number, (_, near) in enumerate(foreign) for _ in near],
        )

    def _near(self, question: str, block: Block) -> bool:
        """Retrieval only ever compares what either half found: spare the rest."""
        return float(self._vectors[question] @ self._vectors[block.wordings[0]]) > 0.25

    def _pairs(self, pairs: Sequence[tuple[str, Block]], group: Sequence[int] | None = None) -> Pairs:
        rows = []
        for question, block in pairs:
            distance = 1.0 - float(self._vectors[question] @ self._vectors[block.wordings[0]])
            found = compare(question, block.wordings[0], block.answer, distance)
            rows.append((1.0 - distance, found.overlap, found.missing_name, found.foreign_name, found.missing_rare))
        return Pairs(np.asarray(rows).reshape(-1, 5), np.asarray(group if group is not None else range(len(rows))))


def scores(pairs: Pairs, scale: Scale, lexical: bool) -> np.ndarray:
    """Relevance of each pair, as core.replay.relevance computes it."""
    weights = np.asarray(
        [0.0 if lexical else 1.0, scale.overlap_weight, -scale.missing_name, -scale.foreign_name, -scale.missing_rare]
    )
    return np.asarray(pairs.features @ weights)


def outside_rate(half: Measured, scale: Scale, lexical: bool, threshold: float) -> float:
    """Share of out-of-domain questions for which any past work passes."""
    passed = half.outside.group[scores(half.outside, scale, lexical) >= threshold]
    return len(set(passed.tolist())) / half.outside_count


def fit(half: Measured, lexical: bool) -> tuple[Scale, float]:
    """The weights and thresholds with the best recall under the two limits."""
    best: tuple[Scale, float] | None = None
    overlaps = (1.0,) if lexical else (0.0, 0.2, 0.4, 0.6)
    for weights in itertools.product(overlaps, (0.8, 0.6, 0.4, 0.3), (0.4, 0.2, 0.1), (0.3, 0.2, 0.1)):
        scale = Scale(*weights, loose=0.0, strict=0.0)
        same = scores(half.same, scale, lexical)
        strict = lowest_allowed(half, scale, lexical)
        recall = float((same >= strict).mean())
        if best is None or recall > best[1] + CLEARLY:  # nearly as good is not better: names weigh first
            loose = max(LEAST_LOOSE, min(strict, float(np.quantile(same, 1 - LOOSE_RECALL))))
            best = Scale(*weights, loose=round(loose, 2), strict=round(strict + 0.005, 2)), recall
    assert best is not None
    return best


def lowest_allowed(half: Measured, scale: Scale, lexical: bool) -> float:
    """The lowest threshold that keeps both limits."""
    found = 0.0
    outside_scores = scores(half.outside, scale, lexical)
    highest: dict[int, float] = {}
    for group, score in zip(half.outside.group.tolist(), outside_scores.tolist(), strict=True):
        highest[group] = max(score, highest.get(group, -9.0))
    worst = sorted(highest.values(), reverse=True)
    allowed = int(MAX_FALSE * half.outside_count)
    if len(worst) > allowed:
        found = worst[allowed] + 1e-6
    for kind in half.kinds:
        found = max(found, float(np.quantile(scores(half.alike[kind], scale, lexical), 1 - MAX_ALIKE[kind])) + 1e-6)
    return found


def report(name: str, half: Measured, scale: Scale, lexical: bool) -> None:
    passed = {"paraphrase": float((scores(half.same, scale, lexical) >= scale.strict).mean())}
    passed |= {
        f"alike: {kind}": float((scores(half.alike[kind], scale, lexical) >= scale.strict).mean())
        for kind in half.kinds
    }
    passed["out of domain"] = outside_rate(half, scale, lexical, scale.strict)
    print(f"{name:20} " + "  ".join(f"{kind} {share:.3f}" for kind, share in passed.items()))


async def embedded(texts: Sequence[str]) -> dict[str, np.ndarray]:
    embedder = Embedder(ReplayConfig())
    await embedder.start()
    try:
        await embedder.wait_ready()
        found: dict[str, np.ndarray] = {}
        for start in range(0, len(texts), 64):
            part = list(texts[start : start + 64])
            found |= dict(zip(part, await embedder.embed(part), strict=True))
        return found
    finally:
        await embedder.stop()


def halves() -> tuple[Measured, Measured]:
    """(fit, held out): no block, world or out-of-domain seed is in both."""
    daily = everyday()
    sets = [(daily[0::2] + world(1), outside(1)), (daily[1::2] + world(2), outside(2))]
    texts = sorted(
        {w for blocks, _ in sets for b in blocks for w in b.wordings}
        | {q for blocks, _ in sets for b in blocks for _, q in b.alike}
        | {q for _, stray in sets for q in stray}
    )
    vectors = asyncio.run(embedded(texts))
    first, second = (Measured(blocks, stray, vectors) for blocks, stray in sets)
    return first, second


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail if core/replay/thresholds.py holds other values")
    arguments = parser.parse_args()
    fitting, held_out = halves()
    print(f"{len(fitting.same.group)} + {len(held_out.same.group)} paraphrases, {fitting.outside_count} + "
          f"{held_out.outside_count} out-of-domain questions")  # fmt: skip
    alike = True
    for name, shipped, lexical in (("hybrid", thresholds.HYBRID, False), ("lexical", thresholds.LEXICAL, True)):
        scale, _ = fit(fitting, lexical)
        print(f"\n{name}: fitted {scale}\n{'':{len(name)}}  shipped {shipped}")
        report("fit half", fitting, scale, lexical)
        report("held-out half", held_out, scale, lexical)
        alike &= scale == shipped
    return 0 if alike or not arguments.check else 1


if __name__ == "__main__":
    sys.exit(main())
