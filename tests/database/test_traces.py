"""Traces: begun, appended to, finished once, listed, searched."""

from __future__ import annotations

import msgspec
import pytest

from core.database import Database
from core.errors import NotFound
from core.records import Message, Retrieved, Usage, Validation
from tests.database.making import opened, thumb, trace


def test_a_finished_trace_comes_back_whole(database: Database) -> None:
    whole = trace(
        "t1",
        conversation_id="c1",
        retrieved=[Retrieved(trace_id="t0", kind="accepted", distance=0.1, injected=True)],
        validation=Validation(status="failed", reasons=("ungrounded",), grounded=0.5, ungrounded=("42",)),
        usage=Usage(prompt_tokens=3, completion_tokens=4),
        metadata={"role": "coder", "quote": 'it\'s "so"'},
        tool_calls=[{"id": "x", "function": {"name": "f", "arguments": "{}"}}],
    )
    database.traces.add(whole)
    assert database.traces.get("t1") == whole


def test_an_open_trace_is_there_before_its_first_token_and_final_after(database: Database) -> None:
    database.traces.begin(opened("t1"))
    assert database.traces.get("t1").finish_reason is None
    assert database.traces.list() == []
    assert [t.id for t in database.traces.list(include_open=True)] == ["t1"]
    database.traces.append("t1", "North ")
    final = msgspec.structs.replace(database.traces.get("t1"), response="North of it.", finish_reason="stop")
    assert database.traces.finish(final) is True
    assert database.traces.get("t1") == final
    assert database.traces.list() == [final]
    assert database.counts().traces == 1


def test_the_first_finish_wins(database: Database) -> None:
    database.traces.begin(opened("t1"))
    first = trace("t1", answer="first")
    database.traces.finish(first)
    database.traces.finish(trace("t1", answer="second"))
    assert database.traces.get("t1") == first
    assert [t.id for t in database.traces.search("second")] == []
    assert len(database.changes_since(0)) == 1


def test_an_append_after_the_finish_is_without_effect(database: Database) -> None:
    database.traces.begin(opened("t1"))
    database.traces.finish(trace("t1"))
    database.traces.append("t1", "late")
    assert database.traces.recover(lambda owner: True) == 0


def test_store_false_is_refused_by_the_store_too(database: Database) -> None:
    with pytest.raises(ValueError, match="records nothing"):
        database.traces.begin(opened("t1", stored=False))
    with pytest.raises(NotFound):
        database.traces.get("t1")


def test_text_that_utf8_cannot_hold_is_kept_as_far_as_it_can_be(database: Database) -> None:
    broken = trace("t1", question="half an emoji \ud83d and a NUL \0 end", answer="\udc00ok")
    database.traces.add(broken)
    assert database.traces.get("t1").messages[0].content == "half an emoji ? and a NUL \0 end"
    assert database.traces.get("t1").response == "?ok"
    database.traces.begin(opened("t2"))
    database.traces.append("t2", "\ud83d")
    assert database.integrity_check() == []


def test_pages_follow_each_other_in_both_directions(database: Database) -> None:
    ids = [f"t{n}" for n in range(7)]
    same_moment = "2026-11-21T00:00:00.000000Z"
    for trace_id in ids:
        database.traces.add(trace(trace_id, created_at=same_moment))

    def page(**how: object) -> list[str]:
        return [t.id for t in database.traces.list(**how)]  # type: ignore[arg-type]

    assert page(limit=3) == ["t6", "t5", "t4"]
    assert page(limit=3, after="t4") == ["t3", "t2", "t1"]
    assert page(limit=3, after="t1") == ["t0"]
    assert page(limit=2, before="t3") == ["t5", "t4"]
    assert page(limit=3, order="asc", after="t2") == ["t3", "t4", "t5"]
    assert page(limit=2, order="asc", before="t3") == ["t1", "t2"]
    assert page(after="t5", before="t1") == ["t4", "t3", "t2"]
    assert page(limit=-1) == []
    with pytest.raises(NotFound):
        database.traces.list(after="nothing")


def test_lists_are_filtered(database: Database) -> None:
    database.traces.add(trace("a", client="cli", model="m1", conversation_id="c1", metadata={"k": "1"}))
    database.traces.add(trace("b", client="web", model="m2", conversation_id="c2", metadata={"k": "2", "j": "1"}))
    database.traces.add(trace("c", client="web", model="m1", origin="benchmark"))
    for how, expected in (
        ({"client": "web"}, ["c", "b"]),
        ({"model": "m1"}, ["c", "a"]),
        ({"conversation_id": "c2"}, ["b"]),
        ({"origin": "benchmark"}, ["c"]),
        ({"metadata": {"k": "2"}}, ["b"]),
        ({"metadata": {"k": "2", "j": "2"}}, []),
        ({"metadata": {'"; DROP TABLE traces; --': "1"}}, []),
    ):
        assert [t.id for t in database.traces.list(**how)] == expected  # type: ignore[arg-type]


def test_last_is_the_newest_that_somebody_asked_for(database: Database) -> None:
    with pytest.raises(NotFound):
        database.traces.last()
    database.traces.add(trace("a", client="cli"))
    database.traces.add(trace("b", client="web"))
    database.traces.add(trace("c", client="cli", origin="benchmark"))
    database.traces.begin(opened("d", client="cli"))
    assert database.traces.last().id == "b"
    assert database.traces.last("cli").id == "a"


def test_search_finds_words_of_question_and_answer_and_survives_any_text(database: Database) -> None:
    database.traces.add(trace("a", question="How do I configure the flux capacitor?", answer="Set gain to 88."))
    database.traces.add(trace("b", question="東京の天気は", answer="晴れ"))
    found = {
        "capacitor": ["a"],
        "configure gain": ["a"],
        "capaci": ["a"],
        "pacitor": ["a"],
        "FLUX": ["a"],
        "天気": ["b"],
        "nothing here": [],
        "": [],
    }
    for text, expected in found.items():
        assert [t.id for t in database.traces.search(text)] == expected, text
    for hostile in ('"', "a AND", "NEAR(", "asked:*", "*", "-", "^x", "'; --", "\0", "\ud800", "(" * 500, "x" * 10_000):
        database.traces.search(hostile)


def test_an_open_trace_is_not_searched_until_finished(database: Database) -> None:
    database.traces.begin(opened("a", question="platypus"))
    assert database.traces.search("platypus") == []
    database.traces.finish(trace("a", question="platypus"))
    assert [t.id for t in database.traces.search("platypus")] == ["a"]


def test_metadata_is_replaced_without_touching_the_trace(database: Database) -> None:
    database.traces.add(trace("a", metadata={"k": "old"}))
    before = database._connections.value("SELECT record FROM traces")
    assert database.traces.update_metadata("a", {"k": "new"}).metadata == {"k": "new"}
    assert database.traces.get("a").metadata == {"k": "new"}
    assert [t.id for t in database.traces.list(metadata={"k": "new"})] == ["a"]
    assert database.traces.list(metadata={"k": "old"}) == []
    assert database._connections.value("SELECT record FROM traces") == before
    with pytest.raises(NotFound):
        database.traces.update_metadata("b", {})


def test_a_conversation_without_any_message_is_kept(database: Database) -> None:
    database.traces.add(trace("a", messages=[], answer="from a raw prompt"))
    database.traces.add(trace("b", messages=[Message(role="user", content=None)]))
    assert [t.id for t in database.traces.search("raw")] == ["a"]
    assert database.integrity_check() == []


def test_a_long_conversation_is_searched_by_its_newest_turns(database: Database) -> None:
    turns = [Message(role="user", content=f"turn{number} " + "and so on " * 100) for number in range(1000)]
    database.traces.add(trace("a", messages=turns))
    database.feedback.add(thumb("f", "a", True))
    assert [e.task[:7] for e in database.exemplars.all()] == ["turn999"]
    assert [t.id for t in database.traces.search("turn999")] == ["a"]
    assert database.traces.search("turn5") == []
    assert len(database.traces.get("a").messages) == 1000
