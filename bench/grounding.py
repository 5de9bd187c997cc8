"""What grounding is worth, and what it costs: the demo student on facts that it never saw (must-show 3).

`python -m bench.grounding [--facts 200] [--others 1000]`. A fresh home; each fact is asked, the wrong answer is
corrected, and later it is asked again in a wording that training never used, with retrieval and without, on the
same server. Then questions that have nothing to do with any of it: an answer that was right without retrieval and
is wrong with it counts as harm. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from core import config
from core.paths import Home
from core.simulate.facts import Fact, Kind, is_correct
from core.simulate.world import World
from tests.running import running

OTHERS: tuple[Kind, ...] = ("format", "howto", "code")


@dataclass(frozen=True)
class Answer:
    """One answer, its trace id, and the ids of the past work that was put before the student."""

    id: str
    text: str
    grounded_in: tuple[str, ...]


def ask(http: httpx2.Client, question: str, *, retrieval: bool = True) -> Answer:
    body: dict[str, Any] = {"model": "nightschool", "temperature": 0, "max_tokens": 80}
    body["messages"] = [{"role": "user", "content": question}]
    if not retrieval:
        body["nightschool"] = {"use_retrieval": False}
    response = http.post("/v1/chat/completions", json=body)
    response.raise_for_status()
    found = response.headers.get("x-nightschool-retrieved", "")
    text = response.json()["choices"][0]["message"]["content"] or ""
    return Answer(response.json()["id"], text, tuple(filter(None, found.split(","))))


def teach(http: httpx2.Client, fact: Fact) -> str:
    """Ask, and correct the answer; returns the id that later answers should be grounded in."""
    answer = ask(http, fact.question)
    body = {"inference_id": answer.id, "metric_name": "demonstration", "value": fact.answer}
    http.post("/v1/feedback", json=body).raise_for_status()
    return answer.id


def measure_facts(http: httpx2.Client, facts: tuple[Fact, ...], seed: int) -> dict[str, Any]:
    generator = random.Random(seed)
    taught = {fact: teach(http, fact) for fact in facts}
    without = with_retrieval = grounded = 0
    wrong: list[dict[str, str]] = []
    for fact, trace in taught.items():
        question = generator.choice(fact.questions(reserved=True))
        without += is_correct(fact, ask(http, question, retrieval=False).text)
        answer = ask(http, question)
        right = is_correct(fact, answer.text)
        with_retrieval += right
        grounded += trace in answer.grounded_in
        if not right:
            wrong.append({"question": question, "want": fact.answer, "got": answer.text})
    count = len(facts)
    return {
        "facts": count,
        "without": without / count,
        "with": with_retrieval / count,
        "gain_points": 100 * (with_retrieval - without) / count,
        "right_piece_retrieved": grounded / count,
        "wrong": wrong[:10],
    }


def measure_harm(http: httpx2.Client, others: int, seed: int) -> dict[str, Any]:
    """Out-of-domain questions with their right answers, each asked without retrieval and with."""
    right = harmed = helped = injected = 0
    examples: list[dict[str, str]] = []
    questions = World().out_of_domain(others, seed=seed)
    for other in questions:
        plain, grounded = ask(http, other.text, retrieval=False), ask(http, other.text)
        before, after = other.is_right(plain.text), other.is_right(grounded.text)
        right += before
        harmed += before and not after
        helped += after and not before
        injected += bool(grounded.grounded_in)
        if before and not after:
            examples.append({"question": other.text, "before": plain.text, "after": grounded.text})
    count = len(questions)
    return {
        "questions": count,
        "right_without": right / count,
        "injected": injected / count,
        "harm": harmed / count,
        "helped": helped / count,
        "examples": examples[:10],
    }


def run(facts: int, others: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        config.set_value(home, "server.feedback_per_minute", "100000")
        with running(home.root) as server:
            server.wait_until_hybrid()
            with server.http() as http:
                return {
                    "grounding": measure_facts(http, World().fresh(facts, seed=seed), seed),
                    "other_kinds": measure_facts(http, World().fresh(facts // 4, seed=seed + 1, kinds=OTHERS), seed),
                    "out_of_domain": measure_harm(http, others, seed),
                }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=200)
    parser.add_argument("--others", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=90210)
    options = parser.parse_args()
    print(json.dumps(run(options.facts, options.others, options.seed), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
