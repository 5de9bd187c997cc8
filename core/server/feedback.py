"""POST /v1/feedback and /v1/signals: what a person or a test run says of a trace, in TensorZero's or LangSmith's shape.

When this answers, the statement is durable and replay knows it: an accepted or corrected answer can be retrieved by
the very next request.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from core.clock import stamp
from core.errors import BadRequest
from core.records import Feedback, Signals
from core.server.body import convert
from core.server.errors import Json
from core.server.parts import Parts
from core.server.reading import read
from core.server.schemas import Metadata, Name

log = logging.getLogger(__name__)
CATCH_UP_S = 5.0
Text = Annotated[str, Meta(max_length=200_000)]
Metric = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+\Z")]
HUMAN_KEYS = {"thumb", "thumbs", "thumbs_up", "user_score", "user-score", "user_feedback", "score", "rating"}
"""LangSmith keys under which a person's own verdict comes; an evaluator's key stays what it is and is no verdict."""
CORRECTION_KEYS = ("desired", "output", "answer", "content", "text")


class TensorZeroBody(msgspec.Struct, frozen=True, kw_only=True):
    """`inference_id` is the trace's id. `demonstration`: the better answer."""

    inference_id: Name
    metric_name: Metric | None = None
    value: bool | float | Text | None = None
    tags: Metadata = msgspec.field(default_factory=dict)
    comment: Text | None = None
    demonstration: Text | None = None
    source: Literal["user", "test", "simulated"] = "user"
    dryrun: bool = False


class LangSmithBody(msgspec.Struct, frozen=True, kw_only=True):
    run_id: Name
    key: Metric = "score"
    score: bool | float | None = None
    value: bool | float | Text | dict[str, Any] | None = None
    comment: Text | None = None
    correction: Text | dict[str, Any] | None = None
    source: Literal["user", "test", "simulated"] = "user"


async def give(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    plain = await read(request, dict[str, Any])
    moment, new_id = stamp(parts.clock()), parts.make_id("fb-")
    if "run_id" in plain:
        feedback, dry = from_langsmith(convert(plain, LangSmithBody), new_id, moment), False
    else:
        body = convert(plain, TensorZeroBody)
        feedback, dry = from_tensorzero(body, new_id, moment), body.dryrun
    parts.feedback_limit.take("all", "Too many statements in a short time.")
    await asyncio.to_thread(parts.database.traces.get, feedback.trace_id)
    parts.trace_limit.take(feedback.trace_id, "Too many statements about one answer in a short time.")
    if dry:
        return Json({"feedback_id": feedback.id, "inference_id": feedback.trace_id, "dryrun": True})
    label = await asyncio.to_thread(parts.database.feedback.add, feedback)
    parts.meters.feedback.labels(feedback.metric if feedback.metric in HUMAN_KEYS else "other").inc()
    retrievable = await caught_up(parts)
    return Json(
        {
            "id": feedback.id,
            "feedback_id": feedback.id,
            "inference_id": feedback.trace_id,
            "label": msgspec.to_builtins(label),
            "retrieval_updated": retrievable,
        }
    )


async def caught_up(parts: Parts) -> bool:
    """Bring the index up to the database. False: it is behind (rebuilding) and follows by itself."""
    try:
        async with asyncio.timeout(CATCH_UP_S):
            await parts.replay.catch_up()
    except TimeoutError:
        log.warning("the index did not catch up within %s s; it goes on by itself", CATCH_UP_S)
        return False
    return True


def from_tensorzero(body: TensorZeroBody, new_id: str, moment: str) -> Feedback:
    metric, value = body.metric_name, body.value
    if metric is None:
        if body.comment is None and body.demonstration is None:
            raise BadRequest("Say something: metric_name and value, a comment or a demonstration.", param="metric_name")
        metric = "demonstration" if body.demonstration is not None else "comment"
    correction, comment = body.demonstration, body.comment
    if metric == "demonstration" and correction is None:
        correction = text_value(value, "demonstration")
    if metric == "comment" and comment is None:
        comment = text_value(value, "comment")
    return Feedback(
        id=new_id,
        trace_id=body.inference_id,
        created_at=moment,
        source=body.source,
        metric=metric,
        value=None if metric in ("demonstration", "comment") else checked(metric, value),
        comment=comment,
        correction=correction or None,
        tags=body.tags,
    )


def from_langsmith(body: LangSmithBody, new_id: str, moment: str) -> Feedback:
    score = body.score if body.score is not None else body.value
    if isinstance(score, dict):
        raise BadRequest("value is a number, a boolean or text.", param="value")
    metric: str = body.key
    if body.key in HUMAN_KEYS:
        if not isinstance(score, bool) and score in (0, 1):
            score = bool(score)
        metric = "thumb" if isinstance(score, bool) else "score"
    correction = correction_of(body.correction)
    if score is None and (correction is not None or body.comment is not None):
        metric = "demonstration" if correction is not None else "comment"
    return Feedback(
        id=new_id,
        trace_id=body.run_id,
        created_at=moment,
        source=body.source,
        metric=metric,
        value=None if metric in ("demonstration", "comment") else checked(metric, score, field="score"),
        comment=body.comment,
        correction=correction,
    )


def correction_of(given: str | dict[str, Any] | None) -> str | None:
    """LangSmith sends a dictionary whose keys are the application's own: one text, or one under a usual name."""
    if not isinstance(given, dict):
        return given or None
    texts = [value for value in given.values() if isinstance(value, str)]
    named = [given[key] for key in CORRECTION_KEYS if isinstance(given.get(key), str)]
    if named or len(texts) == 1:
        return str((named or texts)[0]) or None
    raise BadRequest("The correction names no answer.", param="correction", hint=f"Use {CORRECTION_KEYS[0]!r}.")


def text_value(value: Any, what: str) -> str | None:
    """None takes an earlier one back."""
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    raise BadRequest(f"A {what} is text.", param="value")


def checked(metric: str, value: Any, field: str = "value") -> bool | float | str | None:
    """A thumb is a boolean, a score in [0, 1]; None takes it back. Other metrics are the client's own."""
    if metric == "thumb" and not isinstance(value, bool | None):
        raise BadRequest("A thumb is true or false.", param=field)
    if metric == "score" and value is not None and (isinstance(value, bool | str) or not 0 <= value <= 1):
        raise BadRequest("A score is a number from 0 to 1.", param=field)
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value  # type: ignore[no-any-return]


class SignalsBody(msgspec.Struct, frozen=True, kw_only=True):
    """What tools found. The trace is named by `inference_id` (or LangSmith's `run_id`)."""

    inference_id: Name | None = None
    run_id: Name | None = None
    compile: bool | None = None
    compile_pass: bool | None = None
    tests_passed: int | None = None
    tests_total: int | None = None
    lint_errors: int | None = None
    type_errors: int | None = None
    schema_errors: int | None = None
    boundary_errors: int | None = None
    coverage: float | None = None
    coverage_pct: float | None = None


async def signal(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    body = await read(request, SignalsBody)
    trace_id = body.inference_id or body.run_id
    if trace_id is None:
        raise BadRequest("inference_id names the trace.", param="inference_id")
    signals = signals_of(body, trace_id, stamp(parts.clock()))
    parts.feedback_limit.take("all", "Too many statements in a short time.")
    label = await asyncio.to_thread(parts.database.signals.add, signals)
    await caught_up(parts)
    return Json({"inference_id": trace_id, "label": msgspec.to_builtins(label)})


def signals_of(body: SignalsBody, trace_id: str, moment: str) -> Signals:
    """Validated by the record's own ranges."""
    fields = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not None}
    for gone in ("inference_id", "run_id"):
        fields.pop(gone, None)
    for short, full in (("compile", "compile_pass"), ("coverage", "coverage_pct")):
        if short in fields:
            fields.setdefault(full, fields.pop(short))
    if not fields:
        raise BadRequest("No signal is given.")
    signals = convert({**fields, "trace_id": trace_id, "created_at": moment}, Signals)
    if (signals.tests_passed or 0) > (signals.tests_total if signals.tests_total is not None else 2**63):
        raise BadRequest("More tests passed than there are.", param="tests_passed")
    return signals
