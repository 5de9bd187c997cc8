"""Text from tokens' bytes: characters and stop strings that are spread over tokens."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine.answer import Answer, CallLines
from core.engine.text import TextStream

STOPS = st.lists(st.text("ab<>", min_size=1, max_size=4), max_size=3)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(data[at : at + size])
        at += size
    return [*pieces, data[at:]]


def run(pieces: list[bytes], stop: list[str]) -> tuple[list[str], bool]:
    stream = TextStream(stop)
    shown = []
    for piece in pieces:
        shown.append(stream.push(piece))
        if stream.stopped:
            return shown, True
    return [*shown, stream.finish()], stream.stopped


@settings(deadline=None, max_examples=400)
@given(st.text("ab<>ü😀 "), st.lists(st.integers(0, 4)), STOPS)
def test_however_it_is_cut_the_text_is_the_same(text: str, sizes: list[int], stop: list[str]) -> None:
    shown, stopped = run(cut(text.encode(), sizes), stop)
    ends = [(text.find(word) + len(word), text.find(word)) for word in stop if word in text]
    assert "".join(shown) == (text[: min(ends)[1]] if ends else text)
    assert stopped == bool(ends)


@settings(deadline=None)
@given(st.binary(max_size=40), st.lists(st.integers(0, 4)))
def test_bytes_that_are_no_text_are_replaced_as_in_one_piece(data: bytes, sizes: list[int]) -> None:
    shown, _ = run(cut(data, sizes), [])
    assert "".join(shown) == data.decode("utf-8", "replace")


def test_half_a_character_waits_and_then_comes_whole() -> None:
    stream = TextStream()
    euro = "€".encode()
    assert [stream.push(euro[:1]), stream.push(euro[1:2]), stream.push(euro[2:])] == ["", "", "€"]
    stream.push(euro[:2])
    assert stream.finish() == "\ufffd"


def test_only_what_may_be_a_stop_string_is_held_back() -> None:
    stream = TextStream(["\n\nQ:"])
    assert stream.push(b"one two") == "one two"
    assert stream.push(b"\n") == ""
    assert stream.push(b"\nA") == "\n\nA"
    assert stream.push(b"\n\nQ") == "" and not stream.stopped
    assert stream.push(b": next") == "" and stream.stopped
    assert stream.finish() == ""


def test_the_stop_string_that_is_complete_first_wins() -> None:
    assert run([b"a STOP b END c"], ["END", "STOP"])[0] == ["a "]
    assert run([b"<b", b"<"], ["b", "<b<"])[0] == run([b"<b<"], ["b", "<b<"])[0] == ["<"]


TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["TOOL ", "TO", "OL", "\n", " ", "a", "TOOLS", "\t"]), max_size=12))
def test_no_line_that_begins_as_a_call_is_shown(parts: list[str]) -> None:
    lines = CallLines()
    shown = "".join(lines.push(part) for part in parts)
    held = lines.finish()
    assert shown + held == "".join(parts)
    assert not any(line.lstrip(" \t").startswith("TOOL ") for line in shown.split("\n"))
    if held:  # and no more than that is held: either a call, or what may become one
        first = held.split("\n")[0].lstrip(" \t")
        assert first.startswith("TOOL ") or ("TOOL ".startswith(first) and "\n" not in held)


def push_all(answer: Answer, text: str) -> tuple[str, list[dict[str, object]]]:
    chunks = [chunk for letter in text for chunk in [answer.push(letter.encode(), None)] if chunk]
    chunks += answer.finish()
    return "".join(chunk.text for chunk in chunks), [call for chunk in chunks for call in chunk.tool_calls or ()]


def test_a_call_after_some_text_is_a_call() -> None:
    text, calls = push_all(Answer((), TOOLS), 'Let me see.\nTOOL f {"x": 1}')
    assert text == "Let me see.\n" and len(calls) == 1


def test_what_looks_like_a_call_but_is_none_is_shown_at_the_end() -> None:
    for said in ('TOOL g {"x": 1}', "TOOL f {half", "TOOL kit", "TOOLS are\nTOO"):
        assert push_all(Answer((), TOOLS), said) == (said, [])
