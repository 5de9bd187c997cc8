"""A day on the real server with the real student: ask, rate, remember, and what a no does (must-show 4)."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from core.simulate.context import plain
from core.simulate.facts import Fact, is_correct
from core.simulate.world import World
from tests.running import Running, running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("day") / "home") as started:
        yield started


@pytest.fixture(scope="module")
def facts() -> Iterator[Fact]:
    return iter(World().fresh(50, seed=4100))


def ask(client: openai.OpenAI, question: str, *before: dict[str, str]) -> tuple[Any, list[str]]:
    """The completion, and the ids of the past work that grounded it."""
    messages: Any = [*before, {"role": "user", "content": question}]
    raw = client.chat.completions.with_raw_response.create(
        model="nightschool", messages=messages, temperature=0, max_tokens=60
    )
    return raw.parse(), [part for part in raw.headers.get("x-nightschool-retrieved", "").split(",") if part]


def ask_with_notes(client: openai.OpenAI, fact: Fact, other: Fact) -> Any:
    """The answer to a follow-up question, in a conversation that began with the person's own notes."""
    began = {"role": "user", "content": plain([fact.answer, other.answer], other.question)}
    return ask(client, fact.question, began, {"role": "assistant", "content": other.answer})[0]


def text(completion: Any) -> str:
    return str(completion.choices[0].message.content)


def counts(server: Running) -> dict[str, int]:
    answer = subprocess.run(
        [sys.executable, "-m", "core.cli", "status", "--json"],
        env={**os.environ, "NIGHTSCHOOL_HOME": str(server.home)},
        capture_output=True,
        check=True,
    )
    found: dict[str, int] = json.loads(answer.stdout)["counts"]
    return found


def rate(server: Running, trace: str, **body: Any) -> None:
    with server.http() as http:
        answer = http.post("/v1/feedback", json={"inference_id": trace, **body})
        assert answer.status_code == 200, answer.text


def test_a_thumb_makes_the_next_related_question_right(server: Running, facts: Iterator[Fact]) -> None:
    client = server.openai()
    server.wait_until_hybrid()
    for fact in facts:
        paraphrase = random.Random(fact.entity).choice(fact.questions(reserved=True))
        before, _ = ask(client, paraphrase)
        taught = ask_with_notes(client, fact, next(facts))
        if is_correct(fact, text(taught)):
            break
    assert not is_correct(fact, text(before))
    then = counts(server)

    rate(server, taught.id, metric_name="thumb", value=True)

    now = counts(server)
    assert (now["accepted"], now["indexed"]) == (then["accepted"] + 1, then["indexed"] + 1)
    with server.http() as http:
        assert http.get(f"/v1/chat/completions/{taught.id}").status_code == 200
    after, grounded_in = ask(client, paraphrase)
    assert grounded_in == [taught.id]
    assert is_correct(fact, text(after)), text(after)


def test_a_no_is_never_retrieved(server: Running, facts: Iterator[Fact]) -> None:
    client, fact = server.openai(), next(facts)
    taught = ask_with_notes(client, fact, next(facts))
    rate(server, taught.id, metric_name="thumb", value=True)
    _, grounded_in = ask(client, fact.questions(reserved=True)[0])
    assert taught.id in grounded_in
    rate(server, taught.id, metric_name="thumb", value=False)
    for question in fact.questions() + fact.questions(reserved=True):
        _, grounded_in = ask(client, question)
        assert taught.id not in grounded_in


def test_a_correction_is_retrieved_and_the_original_never(server: Running, facts: Iterator[Fact]) -> None:
    client, fact = server.openai(), next(facts)
    wrong, _ = ask(client, fact.question)
    assert not is_correct(fact, text(wrong))
    rate(server, wrong.id, metric_name="demonstration", value=fact.answer)
    for question in fact.questions(reserved=True)[:3]:
        after, grounded_in = ask(client, question)
        assert grounded_in == [wrong.id]
        assert is_correct(fact, text(after)), (question, text(after))
    with server.http() as http:
        bundle = http.get(f"/v1/chat/completions/{after.id}").json()
    assert text(wrong) not in json.dumps(bundle)


def test_a_misclick_can_be_taken_back(server: Running, facts: Iterator[Fact]) -> None:
    client, fact = server.openai(), next(facts)
    taught = ask_with_notes(client, fact, next(facts))
    for value, retrieved in ((False, False), (True, True), (False, False), (True, True)):
        rate(server, taught.id, metric_name="thumb", value=value)
        _, grounded_in = ask(client, fact.question)
        assert (taught.id in grounded_in) is retrieved


def test_deleting_a_trace_deletes_it_everywhere(server: Running, facts: Iterator[Fact]) -> None:
    client, fact = server.openai(), next(facts)
    taught = ask_with_notes(client, fact, next(facts))
    rate(server, taught.id, metric_name="thumb", value=True)
    client.chat.completions.delete(taught.id)
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.retrieve(taught.id)
    _, grounded_in = ask(client, fact.question)
    assert grounded_in == []


def test_what_was_learned_survives_a_restart(tmp_path: Path) -> None:
    fact = World().fresh(60, seed=4200)[-1]
    with running(tmp_path / "home") as server:
        wrong, _ = ask(server.openai(), fact.question)
        rate(server, wrong.id, metric_name="demonstration", value=fact.answer)
    with running(tmp_path / "home") as server:
        server.wait_until_hybrid()
        after, grounded_in = ask(server.openai(), fact.questions(reserved=True)[0])
        assert grounded_in == [wrong.id]
        assert is_correct(fact, text(after)), text(after)
