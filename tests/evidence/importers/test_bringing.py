"""Bringing chats in: once, in order, whatever order the file has; what was deleted stays away; one review for all."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.database import Database
from core.database.approval import approve
from core.errors import BadRequest
from core.evidence.importers import bringing
from core.evidence.importers.bringing import Described, Wanted, bring_in
from core.evidence.importers.files import ImportProblem
from core.evidence.importers.formats import FORMATS, looks_like
from core.lock import HomeLock
from core.paths import Home
from tests.evidence.conftest import Elsewhere
from tests.evidence.importers.making import (
    BEGAN,
    RECORDED,
    all_traces,
    brought,
    chatgpt_branching,
    chatgpt_zip,
    document,
    entry,
    jsonl,
    llm_database,
    span,
    spans,
    webui_database,
    webui_feedback,
    webui_two_turns,
    words,
)
from tests.evidence.importers.test_lines import interaction, shared
from tests.evidence.making import moment


def line(number: int, answer: str = "", **more: Any) -> dict[str, Any]:
    asked = {"role": "user", "content": f"How far is island {number}?"}
    answered = {"role": "assistant", "content": answer or f"{number} miles."}
    return {"messages": [asked, answered], "created": BEGAN + number, **more}


def lines(count: int) -> list[dict[str, Any]]:
    """Every third has a thumb up, every fifth a thumb down."""
    rows = []
    for number in range(count):
        thumb = {"feedback": "bad"} if number % 5 == 0 else {"feedback": "good"} if number % 3 == 0 else {}
        rows.append(line(number, **thumb))
    return rows


def dump(database: Database) -> list[Any]:
    """Every row that an import writes, but for the hash of the file and places in it."""
    tables = ("SELECT * FROM feedback ORDER BY row", "SELECT * FROM labels ORDER BY trace_id",
              "SELECT row, trace_id, record FROM traces ORDER BY row", "SELECT * FROM exemplars ORDER BY row",
              "SELECT trace_id, sig_hash FROM trace_sources ORDER BY trace_id")  # fmt: skip
    return [database._connections.rows(sql) for sql in tables]


def test_answers_become_traces_that_wait_for_one_review(home: Home, database: Database, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "chats.jsonl", [*lines(6), {"no": "chat"}, line(1)])
    done = brought(home, database, "openai-jsonl", path)
    assert done.counts == {
        "read": 7, "repeated": 1, "new": 6, "feedback": 3, "unlabelled": 3, "skipped:missing_field": 1,
        "known": 0, "forgotten": 0, "undated": 0,
    }  # fmt: skip
    first = all_traces(database)[0]
    assert (first.origin, first.client, first.finish_reason) == ("import", "import", "stop")
    assert first.created_at == "2025-01-01T10:00:00.000000Z"
    assert first.conversation_id is not None and first.conversation_id.startswith("openai-jsonl:")
    assert database.exemplars.count() == 0
    assert [database.feedback.label(trace.id).verdict for trace in all_traces(database)] == [
        "rejected", "needs_human_review", "needs_human_review", "accepted", "needs_human_review", "rejected",
    ]  # fmt: skip
    (review,) = database.reviews.all(state="pending", kind="import")
    assert review.id == done.review_id and review.title == "6 answers from openai-jsonl: chats.jsonl"
    assert review.body["counts"] == done.counts and review.body["source_file"] == "chats.jsonl"
    kept = database.imports.get(done.import_id)
    assert kept.recorded_at == RECORDED and kept.counts == done.counts
    source = database.imports.sources_of([first.id])[first.id]
    assert (source.source_file, source.line_offset) == ("chats.jsonl", 0)
    assert first.id == f"imp_{source.sig_hash[:24]}"
    assert database.integrity_check() == []


def test_approving_it_lets_what_was_found_good_be_learned_from(home: Home, database: Database, tmp_path: Path) -> None:
    done = brought(home, database, "openai-jsonl", jsonl(tmp_path / "chats.jsonl", lines(6)))
    assert done.review_id is not None
    approve(database, done.review_id, now=datetime(2026, 5, 2, tzinfo=UTC))
    assert [one.task for one in database.exemplars.all()] == ["How far is island 3?"]
    assert database.integrity_check() == []


def test_a_second_import_of_the_same_file_writes_nothing(home: Home, database: Database, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "chats.jsonl", lines(20))
    first = brought(home, database, "openai-jsonl", path)
    before = dump(database), database.last_change(), database.imports.all()
    again = brought(home, database, "openai-jsonl", path, recorded_at=moment(5))
    assert (dump(database), database.last_change(), database.imports.all()) == before
    assert again.counts["known"] == 20 and "new" not in again.counts
    assert again.review_id == first.review_id


def test_a_later_export_brings_only_what_is_new_also_of_thumbs(home: Home, database: Database, tmp_path: Path) -> None:
    first = brought(home, database, "openai-jsonl", jsonl(tmp_path / "a.jsonl", lines(6)))
    later = [line(1, feedback="good"), *lines(6)[2:], line(7)]
    second = brought(home, database, "openai-jsonl", jsonl(tmp_path / "b.jsonl", later))
    assert (second.counts["new"], second.counts["known"], second.counts["feedback"]) == (1, 5, 1)
    assert second.review_id != first.review_id
    (thumbed,) = [trace for trace in all_traces(database) if trace.response == "1 miles."]
    assert database.feedback.label(thumbed.id).verdict == "accepted"
    assert database.imports.trace_ids(second.import_id) == [all_traces(database)[-1].id]


def test_a_file_that_brings_nothing_new_leaves_no_review(home: Home, database: Database, tmp_path: Path) -> None:
    brought(home, database, "openai-jsonl", jsonl(tmp_path / "a.jsonl", lines(6)))
    part = brought(home, database, "openai-jsonl", jsonl(tmp_path / "b.jsonl", lines(3)))
    assert part.review_id is None
    assert len(database.imports.all()) == 1 and database.reviews.count("pending") == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_lines_does_not_matter(elsewhere: Elsewhere, tmp_path: Path, seed: int) -> None:
    rows = [*lines(30), *[{**row, "created": None} for row in lines(10)], line(3, feedback="bad")]
    shuffled = random.Random(seed).sample(rows, len(rows))
    here, there = elsewhere("here"), elsewhere("there")
    brought(*here, "openai-jsonl", jsonl(tmp_path / "a.jsonl", rows))
    brought(*there, "openai-jsonl", jsonl(tmp_path / "b.jsonl", shuffled))
    assert dump(here[1]) == dump(there[1])


def test_what_is_said_twice_keeps_all_that_was_thought_of_it(home: Home, database: Database, tmp_path: Path) -> None:
    rows = [line(1, feedback="good"), line(1), line(1, feedback="bad"), line(1, feedback="good")]
    done = brought(home, database, "openai-jsonl", jsonl(tmp_path / "a.jsonl", rows))
    assert (done.counts["new"], done.counts["repeated"], done.counts["feedback"]) == (1, 3, 2)
    (trace,) = all_traces(database)
    assert {one.value for one in database.feedback.for_trace(trace.id)} == {True, False}


def test_what_was_deleted_does_not_come_back(home: Home, database: Database, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "chats.jsonl", lines(4))
    brought(home, database, "openai-jsonl", path)
    gone = all_traces(database)[2]
    database.traces.delete(gone.id)
    for file in (path, jsonl(tmp_path / "other.jsonl", [*lines(4), line(9)])):
        done = brought(home, database, "openai-jsonl", file)
        assert done.counts["forgotten"] == 1
    assert gone.id not in [trace.id for trace in all_traces(database)]
    assert len(all_traces(database)) == 4
    assert database.integrity_check() == []


def test_a_dry_run_writes_nothing_and_says_the_same(home: Home, database: Database, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "chats.jsonl", lines(6))
    tried = brought(home, database, "openai-jsonl", path, dry_run=True)
    assert database.last_change() == 0 and database.imports.all() == [] and tried.review_id is None
    done = brought(home, database, "openai-jsonl", path)
    assert tried.counts == done.counts


def test_stopped_in_the_middle_it_goes_on_where_it_was(
    home: Home, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: Elsewhere
) -> None:
    monkeypatch.setattr(bringing, "BATCH", 7)
    path = jsonl(tmp_path / "chats.jsonl", lines(30))
    wanted = Wanted(format="openai-jsonl", path=path, source_file="chats.jsonl", recorded_at=RECORDED)
    seen: list[int] = []

    def progress(about: str, done: int, total: int) -> None:
        if about == "writing":
            seen.append(done)

    stopped = bring_in(home, database, wanted, progress=progress, cancelled=lambda: len(seen) == 2)
    assert stopped.cancelled and len(all_traces(database)) == 14
    assert stopped.review_id is not None, "what is in can be decided about"
    assert database.imports.get(stopped.import_id).counts["new"] == 14
    whole = bring_in(home, database, wanted)
    assert not whole.cancelled and whole.counts["new"] == 16 and whole.review_id == stopped.review_id
    assert database.imports.get(whole.import_id).counts["new"] == 30
    other = elsewhere("whole")
    bring_in(*other, wanted)
    assert dump(other[1]) == dump(database)


def test_stopped_while_it_reads_nothing_is_written(home: Home, database: Database, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "chats.jsonl", lines(30))
    wanted = Wanted(format="openai-jsonl", path=path, source_file="chats.jsonl", recorded_at=RECORDED)
    stopped = bring_in(home, database, wanted, cancelled=lambda: True)
    assert stopped.cancelled and database.last_change() == 0
    assert not home.importing.exists()


def test_what_a_killed_import_left_behind_is_swept(home: Home, database: Database, tmp_path: Path) -> None:
    home.importing.mkdir()
    (home.importing / "copy.db").write_bytes(b"somebody's chats")
    seen: list[list[str]] = []

    def progress(about: str, done: int, total: int) -> None:
        seen.append([file.name for file in home.importing.iterdir()])

    path = webui_database(tmp_path / "webui.db", {"c1": webui_two_turns()})
    wanted = Wanted(format="openwebui", path=path, source_file="webui.db", recorded_at=RECORDED)
    bring_in(home, database, wanted, progress=progress)
    assert seen[0] == ["copy.db"] and seen[-1] == [], "only while it is read, and the turns in a file without a name"
    assert not home.importing.exists()


def test_one_import_at_a_time(home: Home, database: Database, tmp_path: Path) -> None:
    lock = HomeLock(home.lock("import"))
    assert lock.acquire()
    with pytest.raises(BadRequest, match="Another import"):
        brought(home, database, "openai-jsonl", jsonl(tmp_path / "a.jsonl", lines(1)))
    lock.release()


def test_answers_without_a_time_have_that_of_the_import(home: Home, database: Database, tmp_path: Path) -> None:
    rows = [shared(("human", "One?"), ("gpt", "Two."), ("human", "Three?"), ("gpt", "Four."), id="c")]
    done = brought(home, database, "sharegpt", document(tmp_path / "s.json", rows))
    assert done.counts["undated"] == 2
    first, second = all_traces(database)
    assert {first.created_at, second.created_at} == {RECORDED}
    assert (first.response, second.response) == ("Two.", "Four."), "in the order of the conversation all the same"
    turns = database.conversations.turns("sharegpt:c")
    assert [(turn.text, turn.trace_id) for turn in turns if turn.role == "assistant"] == [
        ("Two.", first.id),
        ("Four.", second.id),
    ]


def test_what_is_told_of_a_task_is_kept(home: Home, database: Database, tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "x.jsonl", [entry("u", None, "user", "Hi?"), entry("a", "u", "assistant", words("Yes."), 5)]
    )
    wanted = Wanted(format="claude-code", path=path, source_file="x.jsonl", recorded_at=RECORDED)
    described = Described(query_class="code", complexity="hard", task_hash="h")
    bring_in(home, database, wanted, describe=lambda messages: described)
    (trace,) = all_traces(database)
    assert (trace.query_class, trace.complexity, trace.task_hash, trace.role) == ("code", "hard", "h", "coder")
    assert trace.metadata == {"imported_from": "claude-code"} and trace.tool_calls is None


def samples(folder: Path) -> dict[str, Path]:
    """A file of each format."""
    return {
        "openai-jsonl": jsonl(folder / "o.jsonl", lines(1)),
        "openwebui": webui_database(folder / "webui.db", {"c": webui_two_turns()}, [webui_feedback(1, "c", "a1")]),
        "chatgpt": chatgpt_zip(folder / "c.zip", [chatgpt_branching()]),
        "continue": jsonl(folder / "i.jsonl", [interaction()]),
        "sharegpt": document(folder / "s.json", [shared(("human", "a"), ("gpt", "b"))]),
        "otel": document(folder / "t.json", spans(span({"gen_ai.prompt": "a", "gen_ai.completion": "b"}))),
        "claude-code": jsonl(
            folder / "x.jsonl", [entry("u", None, "user", "a"), entry("a", "u", "assistant", words("b"))]
        ),
        "llm": llm_database(folder / "logs.db", [{}]),
    }


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_known_by_its_looks_and_another_is_named(
    home: Home, database: Database, tmp_path: Path, name: str
) -> None:
    path = samples(tmp_path)[name]
    assert looks_like(path) == name
    other = "sharegpt" if name != "sharegpt" else "llm"
    with pytest.raises(ImportProblem, match=f"is no {other} file") as problem:
        brought(home, database, other, path)
    assert f"nightschool import {name}" in problem.value.hint
    done = brought(home, database, name, path)
    assert done.counts["new"] >= 1
    assert all(str(trace.conversation_id).startswith(f"{name}:") for trace in all_traces(database))
    assert database.integrity_check() == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "No answer was found"),
        (b"\xff\xfe\x00binary" * 40, "No answer was found"),
        (b"SQLite format 3\0" + b"\xa5" * 5000, "No answer was found|damaged"),
        (b"PK\x03\x04 broken", "damaged"),
        (b'{"messages": [{"role": "user", "content": "alone"}]}\n', "no answer: 1"),
    ],
)
@pytest.mark.parametrize("name", ["openai-jsonl", "chatgpt", "openwebui", "otel", "claude-code", "continue"])
def test_what_cannot_be_read_is_told_in_words(
    home: Home, database: Database, tmp_path: Path, content: bytes, told: str, name: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(ImportProblem) as problem:
        brought(home, database, name, path)
    assert problem.value.hint
    if name == "openai-jsonl":
        assert re.search(told, problem.value.message)
    assert database.last_change() == 0


def test_a_missing_file_is_named(home: Home, database: Database, tmp_path: Path) -> None:
    for path in (tmp_path / "gone.jsonl", tmp_path / "gone" / "deeper"):
        with pytest.raises(ImportProblem, match="gone"):
            brought(home, database, "openai-jsonl", path)
