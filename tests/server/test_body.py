"""Bodies: what is wrong is said with its place, and nothing hostile takes long."""

from __future__ import annotations

import json
import time

import pytest

from core.errors import BadRequest
from core.server.body import MAX_DEPTH, decode
from core.server.schemas import ChatBody

MESSAGES = [{"role": "user", "content": "hi"}]


def chat(**fields: object) -> bytes:
    return json.dumps({"model": "m", "messages": MESSAGES, **fields}).encode()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" * 5000, "0x10", "1_0"])
def test_numbers_that_are_none_are_refused(number: str) -> None:
    raw = b'{"messages": [{"role": "user", "content": "hi"}], "temperature": ' + number.encode() + b"}"
    with pytest.raises(BadRequest):
        decode(raw, ChatBody)
    if number != "1" * 5000:  # a whole number, if a long one: only a field's range refuses it
        with pytest.raises(BadRequest, match="not valid JSON"):
            decode(b'{"value": [' + number.encode() + b"]}", dict[str, object])


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deep_json_is_refused_in_bounded_time(opening: bytes) -> None:
    started = time.perf_counter()
    with pytest.raises(BadRequest):
        decode(opening * 2_000_000, ChatBody)
    assert time.perf_counter() - started < 2


def test_json_nested_to_the_limit_passes_and_one_more_does_not() -> None:
    def nested(levels: int) -> bytes:
        schema: object = "x"
        for _ in range(levels):
            schema = {"a": schema}
        return json.dumps(schema).encode()

    assert decode(nested(MAX_DEPTH - 1), dict)
    with pytest.raises(BadRequest, match="levels"):
        decode(nested(MAX_DEPTH), dict)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", -1),
        ("temperature", 3),
        ("temperature", "hot"),
        ("top_p", 1.5),
        ("max_tokens", -1),
        ("max_tokens", 2**40),
        ("n", 0),
        ("n", 1000),
        ("top_logprobs", 21),
        ("seed", 2**80),
        ("frequency_penalty", 5),
        ("stop", ["x"] * 100),
        ("logit_bias", {"1": 500}),
        ("metadata", {"k": "v" * 513}),
        ("metadata", {str(n): "v" for n in range(17)}),
        ("metadata", {"k": 1}),
        ("messages", []),
        ("messages", [{"role": "god", "content": "hi"}]),
        ("stream", "yes"),
    ],
)
def test_a_value_out_of_range_names_its_field(field: str, value: object) -> None:
    with pytest.raises(BadRequest) as refusal:
        decode(chat(**{field: value}), ChatBody)
    assert str(refusal.value.param).startswith(field)


def test_fields_that_a_text_server_has_no_use_for_are_ignored() -> None:
    body = decode(chat(audio={"voice": "alloy"}, prediction={"type": "content"}, service_tier="auto"), ChatBody)
    assert body.messages[0].content == "hi"


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"messages": "\\ud800"}'])
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        decode(raw, ChatBody)
