"""What is said of an answer: on the right trace, durable, and felt by the very next question."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.running import Running
from tests.server.conftest import serving

QUESTION = "Where do the Marlow harbor invoices for the green kettle get filed?"
ANSWER = "The Marlow harbor invoices for the green kettle get filed in cabinet 47-B."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[Running]:
    running = serving(tmp_path_factory.mktemp("feedback") / "home", tiny)
    with running.http() as client:
        deadline = time.monotonic() + 60
        while client.get("/health").json()["replay"]["mode"] != "hybrid":
            assert time.monotonic() < deadline
            time.sleep(0.2)
    yield running
    running.stop()


def ask(http: httpx2.Client, question: str, **options: Any) -> httpx2.Response:
    body = {"model": "m", "messages": [{"role": "user", "content": question}], "max_tokens": 8, **options}
    answer = http.post("/v1/chat/completions", json=body)
    assert answer.status_code == 200, answer.text
    return answer


def rate(http: httpx2.Client, **body: Any) -> httpx2.Response:
    return http.post("/v1/feedback", json=body)


def retrieved(answer: httpx2.Response) -> list[str]:
    return [part for part in answer.headers["x-nightschool-retrieved"].split(",") if part]


@pytest.mark.slow
def test_a_correction_is_put_before_the_very_next_question(http: httpx2.Client) -> None:
    first = ask(http, QUESTION)
    trace = first.json()["id"]
    assert retrieved(first) == []
    said = rate(http, inference_id=trace, metric_name="demonstration", value=ANSWER)
    assert said.status_code == 200, said.text
    assert said.json()["label"]["verdict"] == "rejected"
    assert said.json()["retrieval_updated"] is True
    after = ask(http, QUESTION)
    assert retrieved(after) == [trace]
    ours = after.json()["nightschool"]
    assert ours["retrieved"] == [trace]
    assert ours["validation"]["status"] in ("passed", "failed")
    without = ask(http, QUESTION, nightschool={"use_retrieval": False})
    assert retrieved(without) == []
    assert without.json()["nightschool"]["retrieval_mode"] == "off"

    assert http.delete(f"/v1/chat/completions/{trace}").json()["deleted"]
    assert retrieved(ask(http, QUESTION)) == []


def test_a_thumb_in_tensorzeros_shape(http: httpx2.Client) -> None:
    trace = ask(http, "Thumb me").json()["id"]
    up = rate(http, inference_id=trace, metric_name="thumb", value=True, tags={"from": "test"}, comment="good")
    assert up.json()["label"]["verdict"] == "accepted"
    down = rate(http, inference_id=trace, metric_name="thumb", value=False)
    assert down.json()["label"]["verdict"] == "rejected"
    back = rate(http, inference_id=trace, metric_name="thumb", value=None)
    assert back.json()["label"]["verdict"] == "needs_human_review"
    part = rate(http, inference_id=trace, metric_name="score", value=0.5)
    assert part.json()["label"]["verdict"] == "partially_accepted"


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({"key": "user_score", "score": 1}, "accepted"),
        ({"key": "thumb", "score": 0}, "rejected"),
        ({"key": "score", "score": 0.5, "comment": "half"}, "partially_accepted"),
        ({"key": "conciseness", "score": 0.1}, "needs_human_review"),
        ({"key": "correctness", "correction": {"desired": "cabinet 9"}}, "rejected"),
        ({"comment": "only words"}, "needs_human_review"),
    ],
)
def test_langsmiths_shape(http: httpx2.Client, body: dict[str, Any], verdict: str) -> None:
    trace = ask(http, "LangSmith me").json()["id"]
    said = rate(http, run_id=trace, **body)
    assert said.status_code == 200, said.text
    assert said.json()["label"]["verdict"] == verdict


@pytest.mark.parametrize(
    "body",
    [
        {"metric_name": "thumb", "value": 1},
        {"metric_name": "thumb", "value": "up"},
        {"metric_name": "score", "value": 1.01},
        {"metric_name": "score", "value": -0.1},
        {"metric_name": "score", "value": True},
        {"metric_name": "demonstration", "value": 3},
        {"metric_name": "demonstration", "value": "  "},
        {"metric_name": "two words", "value": True},
        {"metric_name": "thumb", "value": True, "tags": {"a": 1}},
        {},
    ],
)
def test_what_makes_no_sense_is_refused(http: httpx2.Client, body: dict[str, Any]) -> None:
    trace = ask(http, "Nonsense").json()["id"]
    assert rate(http, inference_id=trace, **body).status_code == 400


def test_an_unknown_trace_is_not_found_and_a_dry_run_changes_nothing(http: httpx2.Client) -> None:
    assert rate(http, inference_id="chatcmpl-nowhere", metric_name="thumb", value=True).status_code == 404
    trace = ask(http, "Dry").json()["id"]
    assert rate(http, inference_id=trace, metric_name="thumb", value=True, dryrun=True).json()["dryrun"]
    later = rate(http, inference_id=trace, metric_name="comment", value="hm").json()
    assert later["label"]["verdict"] == "needs_human_review"


def test_signals_of_tools(http: httpx2.Client) -> None:
    trace = ask(http, "Signals").json()["id"]
    good = http.post("/v1/signals", json={"inference_id": trace, "compile": True, "tests_passed": 3, "tests_total": 4})
    assert good.status_code == 200, good.text
    assert good.json()["label"]["reward"] == pytest.approx((1 + 0.75) / 2)
    for bad in ({"tests_passed": 5, "tests_total": 4}, {"lint_errors": -1}, {"coverage": 101}, {}):
        assert http.post("/v1/signals", json={"inference_id": trace, **bad}).status_code == 400
    assert http.post("/v1/signals", json={"inference_id": "x", "compile": True}).status_code == 404


def test_a_run_made_elsewhere(http: httpx2.Client) -> None:
    body = {"task_slug": "fix-login", "model_name": "other", "prompt": "fix it", "output": "done", "role": "fixer"}
    made = http.post("/v1/runs", json={**body, "compile_pass": True, "prompt_tokens": 5, "cost_usd": 0.01})
    assert made.status_code == 200, made.text
    assert http.get(f"/v1/chat/completions/{made.json()['run_id']}").json()["model"] == "other"
    assert http.post("/v1/runs", json={**body, "unknown": 1}).status_code == 400
    assert http.post("/v1/runs", json={**body, "cost_usd": -1}).status_code == 400
