"""Text from tokens' bytes: characters and stop strings that are spread over tokens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

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


@given(st.text("ab<>ü😀 "), st.lists(st.integers(0, 4)), STOPS)
def test_however_it_is_cut_the_text_is_the_same(text: str, sizes: list[int], stop: list[str]) -> None:
    shown, stopped = run(cut(text.encode(), sizes), stop)
    ends = [text.find(word) for word in stop if word in text]
    assert "".join(shown) == (text[: min(ends)] if ends else text)
    assert stopped == bool(ends)


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


def test_the_earliest_stop_string_wins() -> None:
    assert run([b"a STOP b END c"], ["END", "STOP"])[0] == ["a "]
