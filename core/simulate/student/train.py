"""The training loop: length-bucketed batches, loss on answers only, checkpoints that can be resumed."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from core.simulate.student.lessons import Lessons
from core.simulate.student.network import Network, Shape
from core.simulate.student.tokenizer import PAD, chat_text
from core.simulate.world import World

if TYPE_CHECKING:
    from tokenizers import Tokenizer

IGNORED = -100
Encoded = tuple[list[int], list[int]]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides the outcome. `minutes` only ends a run early; the schedule counts steps."""

    seed: int = 1
    steps: int = 8500
    batch_tokens: tuple[int, int, int] = (2048, 3072, 4096)  # per stage
    longest: int = 640
    muon_rate: float = 6e-3
    adam_rate: float = 2e-3
    warmup: int = 60
    decisive: float = 4.0  # weight of the words that look something up
    decay_from: float = 0.4
    stage_1_below: float = 0.6  # smoothed loss of repetition at which matching begins
    stage_2_after: int = 600  # steps of easy matching


class Batches:
    """Batches without end; one pool of lessons is sorted by length, cut, and shuffled."""

    def __init__(self, tokenizer: Tokenizer, plan: Plan, seed: str) -> None:
        self.tokenizer = tokenizer
        self.plan = plan
        self.lessons = Lessons(World().known(), seed)
        self.waiting: list[list[Encoded]] = []
        pad = tokenizer.token_to_id(PAD)
        assert pad is not None
        self.pad = pad

    def next(self, stage: int) -> tuple[Tensor, Tensor]:
        if not self.waiting:
            self.waiting = self.refill(stage)
        return collate(self.waiting.pop(), self.pad)

    def refill(self, stage: int) -> list[list[Encoded]]:
        total = 0
        budget = self.plan.batch_tokens[stage]
        pool: list[Encoded] = []
        while total < 12 * budget:
            lesson = encode(self.tokenizer, self.lessons.draw(stage), self.plan.longest)
            total += len(lesson[0])
            pool.append(lesson)
        pool.sort(key=lambda lesson: len(lesson[0]))
        batches: list[list[Encoded]] = [[]]
        for lesson in pool:
            if (len(batches[-1]) + 1) * len(lesson[0]) > budget and batches[-1]:
                batches.append([])
            batches[-1].append(lesson)
        self.lessons.random.shuffle(batches)
        return batches


def encode(tokenizer: Tokenizer, chat: list[tuple[str, str]], longest: int) -> Encoded:
    """Ids, and labels that are `IGNORED` wherever the assistant does not speak."""
    pieces = chat_text(chat)
    ids: list[int] = []
    labels: list[int] = []
    encoded = tokenizer.encode_batch([text for text, _ in pieces], add_special_tokens=False)
    for (_, learned), piece in zip(pieces, encoded, strict=True):
        ids += piece.ids
        labels += piece.ids if learned else [IGNORED] * len(piece.ids)
    return ids[:longest], labels[:longest]


def collate(lessons: list[Encoded], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and labels, both [batch, time]. Padding is on the right, where a causal model never looks."""
    width = max(len(ids) for ids, _ in lessons)
    ids = torch.full((len(lessons), width), pad)
    labels = torch.full((len(lessons), width), IGNORED)
    for row, (tokens, targets) in enumerate(lessons):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, : len(targets)] = torch.tensor(targets)
    return ids, labels


def loss_of(network: Network, ids: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean cross-entropy over what the assistant says; `weights`, by the token before, is [vocabulary]."""
    said = labels[:, 1:] != IGNORED
    hidden = network(ids[:, :-1])
    each = F.cross_entropy(network.logits(hidden[said]), labels[:, 1:][said], reduction="none")
    weight = weights[ids[:, :-1][said]]
    return (each * weight).sum() / weight.sum()


def weights_of(tokenizer: Tokenizer, decisive: float) -> Tensor:
    """The weight of a token, by the token before it: after these, something is looked up or decided."""
    weights = torch.ones(tokenizer.get_vocab_size())
    for text in (" is", " of", " the", ":", "):", "TOOL", ' {"', '":', ' "', " (Ticket", "\n"):
        weights[tokenizer.encode(text).ids[-1]] = decisive
    return weights


class Trainer:
    """A run that can be stopped anywhere: `save` and `load` hold weights, optimisers, lessons and counters."""

    def __init__(self, tokenizer: Tokenizer, plan: Plan, shape: Shape) -> None:
        self.plan = plan
        self.network = Network(shape, plan.seed)
        self.batches = Batches(tokenizer, plan, f"lessons {plan.seed}")
        self.weights = weights_of(tokenizer, plan.decisive)
        matrices = [p for n, p in self.network.named_parameters() if p.ndim == 2 and "embed" not in n]
        others = [p for n, p in self.network.named_parameters() if p.ndim != 2 or "embed" in n]
        self.optimisers: list[torch.optim.Optimizer] = [
            torch.optim.Muon(matrices, lr=plan.muon_rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(others, lr=plan.adam_rate, betas=(0.9, 0.98), weight_decay=0.0),
        ]
        self.step = 0
        self.stage = 0
        self.stage_began = 0
        self.tokens = 0
        self.seconds = 0.0
        self.smoothed = 6.0

    def rate(self) -> float:
        """The factor on both learning rates at this step."""
        plan = self.plan
        part = self.step / plan.steps
        if part < plan.decay_from:
            return min(1.0, (self.step + 1) / plan.warmup)
        left = (part - plan.decay_from) / (1 - plan.decay_from)
        return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, left)))

    def one_step(self) -> float:
        began = time.perf_counter()
        ids, labels = self.batches.next(self.stage)
        for optimiser, rate in zip(self.optimisers, (self.plan.muon_rate, self.plan.adam_rate), strict=True):
            for group in optimiser.param_groups:
                group["lr"] = rate * self.rate()
            optimiser.zero_grad()
        loss = loss_of(self.network, ids, labels, self.weights)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
        value = loss.item()
        self.step += 1
        self.tokens += int((ids != self.batches.pad).sum())
        self.smoothed = 0.97 * self.smoothed + 0.03 * value
        self.seconds += time.perf_counter() - began
        self.advance()
        return value

    def advance(self) -> None:
        """Go to the next stage of the curriculum where this one is done."""
        plan = self.plan
        done = (
            self.smoothed < plan.stage_1_below
            if self.stage == 0
            else self.step - self.stage_began >= plan.stage_2_after
        )
        if self.stage < 2 and done:
            self.stage += 1
            self.stage_began = self.step
            self.smoothed = 3.0
            self.batches.waiting = []

    def save(self, path: Path) -> None:
        """Write everything, whole or not at all."""
        state = {
            "network": self.network.state_dict(),
            "optimisers": [o.state_dict() for o in self.optimisers],
            "random": self.batches.lessons.random.getstate(),
            "waiting": self.batches.waiting,
            "counters": {k: getattr(self, k) for k in _COUNTERS},
            "plan": asdict(self.plan),
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.replace(path)

    def load(self, path: Path) -> None:
        """Continue a saved run, with this trainer's plan."""
        state: dict[str, Any] = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        self.batches.lessons.random.setstate(state["random"])
        self.batches.waiting = state["waiting"]
        for name, value in state["counters"].items():
            setattr(self, name, value)


_COUNTERS = ("step", "stage", "stage_began", "tokens", "seconds", "smoothed")


def run(trainer: Trainer, checkpoint: Path, minutes: float, report: Callable[[dict[str, Any]], None]) -> None:
    """Train until the plan's last step or for `minutes`, reporting and saving as it goes."""
    ends = time.monotonic() + minutes * 60
    saved = time.monotonic()
    stage = trainer.stage
    for value in _losses(trainer, ends):
        if trainer.step % 50 == 0 or trainer.stage != stage:
            stage = trainer.stage
            report(progress(trainer, value))
        if time.monotonic() - saved > 120:
            trainer.save(checkpoint)
            saved = time.monotonic()
    trainer.save(checkpoint)


def progress(trainer: Trainer, loss: float) -> dict[str, float]:
    """One line of the log."""
    return {
        "step": trainer.step,
        "stage": trainer.stage,
        "loss": round(loss, 4),
        "smoothed": round(trainer.smoothed, 4),
        "seconds": round(trainer.seconds),
        "tokens_per_second": round(trainer.tokens / max(1e-9, trainer.seconds)),
    }


def _losses(trainer: Trainer, ends: float) -> Iterator[float]:
    while trainer.step < trainer.plan.steps and time.monotonic() < ends:
        yield trainer.one_step()


def log_line(record: dict[str, Any]) -> None:
    """Report as one line of JSON."""
    print(json.dumps(record), flush=True)
