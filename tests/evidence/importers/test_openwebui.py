"""Open WebUI: the database with what is in its log, feedback, exports; nothing that retrieval or thinking put in."""

from __future__ import annotations

import json
from pathlib import Path

import apsw
import pytest

from core.evidence.importers.files import ImportProblem
from tests.evidence.importers.making import (
    BEGAN,
    document,
    items,
    said,
    skipped,
    turns,
    webui_chat,
    webui_database,
    webui_feedback,
    webui_message,
    webui_two_turns,
)


def test_chats_and_feedback_of_the_database(tmp_path: Path) -> None:
    path = webui_database(
        tmp_path / "webui.db", {"c1": webui_two_turns(system="Be short.")}, [webui_feedback(-1, "c1", "a1")]
    )
    first, second = turns(items("openwebui", path, tmp_path / "s"))
    assert said(first) == [("system", "Be short."), ("user", "Where is Zorbia?"), ("answer", "North.")]
    assert [role for role, _ in said(second)] == ["system", "user", "assistant", "user", "answer"]
    assert (first.conversation, first.model, first.at) == ("c1", "llama3", "2025-01-01T10:00:01.000000Z")
    (thumb,) = first.said
    assert (thumb.value, thumb.comment, thumb.at) == (False, "helpful: well said", "2025-01-01T10:01:00.000000Z")
    assert second.said == ()


def test_the_feedback_stands_above_the_older_annotation(tmp_path: Path) -> None:
    chat = webui_two_turns()
    chat["history"]["messages"]["a1"]["annotation"] = {"rating": 1, "tags": []}
    chat["history"]["messages"]["a2"]["annotation"] = {"rating": 1, "details": {"rating": 9}}
    path = webui_database(tmp_path / "webui.db", {"c1": chat}, [webui_feedback(-1, "c1", "a1")])
    first, second = turns(items("openwebui", path, tmp_path / "s"))
    assert [one.value for one in first.said] == [False]
    assert [(one.value, one.tags) for one in second.said] == [(True, {"rating of 10": "9"})]


def test_what_is_only_in_the_log_is_read_and_their_files_stay_as_they_are(tmp_path: Path) -> None:
    path = webui_database(tmp_path / "webui.db", {"c1": webui_two_turns()})
    theirs = apsw.Connection(str(path))
    theirs.execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0").fetchall()
    theirs.execute(
        "INSERT INTO chat (id, user_id, created_at, chat) VALUES ('c2', 'u', ?, ?)",
        (BEGAN, json.dumps(webui_two_turns())),
    )
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file() and "shm" not in file.name}
    assert len(before["webui.db-wal"]) > 0
    found = turns(items("openwebui", path, tmp_path / "s"))
    assert {turn.conversation for turn in found} == {"c1", "c2"}
    after = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file() and "shm" not in file.name}
    assert after == before
    theirs.close()


def test_thinking_tools_and_marks_of_citations_are_no_answer(tmp_path: Path) -> None:
    text = (
        '<details type="reasoning" done="true" duration="3">\n<summary>Thought</summary>\n> secret plan\n</details>\n'
        '<details type="tool_calls" done="true" result="page">\n<summary>Tool</summary>\n</details>\n'
        "<think>more plans</think>It is north [1][2] of [Quuxia](map) [3, 4]."
    )
    sources = [{"source": {"name": "atlas.pdf"}, "document": ["Zorbia lies north."], "metadata": []}]
    chat = webui_chat(
        [
            webui_message("q", None, "user", "Where is Zorbia?", files=[{"type": "collection"}]),
            webui_message("a", "q", "assistant", text, sources=sources),
            webui_message("q2", "a", "user", "What is a[0]?"),
            webui_message("a2", "q2", "assistant", "The first: a[0], see [1]."),
        ],
        "a2",
    )
    path = webui_database(tmp_path / "webui.db", {"c1": chat})
    first, second = turns(items("openwebui", path, tmp_path / "s"))
    assert first.response == "It is north of [Quuxia](map)."
    assert second.response == "The first: a[0], see [1].", "without sources nothing is a citation"
    assert "atlas" not in str(first) and "lies north" not in str(first)


def test_a_rated_answer_beside_the_shown_branch_and_one_of_a_deleted_chat(tmp_path: Path) -> None:
    chat = webui_two_turns()
    other = webui_message("a1b", "q1", "assistant", "South.", timestamp=BEGAN + 2)
    chat["history"]["messages"]["a1b"] = other
    snapshot = {"chat": {"id": "gone", "created_at": BEGAN, "chat": webui_two_turns()}}
    feedback = [webui_feedback(-1, "c1", "a1b"), webui_feedback(1, "gone", "a1", snapshot=snapshot)]
    found = items("openwebui", webui_database(tmp_path / "webui.db", {"c1": chat}, feedback), tmp_path / "s")
    rated = {(turn.conversation, turn.response): [one.value for one in turn.said] for turn in turns(found)}
    assert rated == {
        ("c1", "North."): [],
        ("c1", "Nowhere."): [],
        ("c1", "South."): [False],
        ("gone", "North."): [True],
    }


def test_newer_databases_keep_messages_in_rows(tmp_path: Path) -> None:
    rows = [
        ("c1-q1", "c1", "user", None, json.dumps("Where is Zorbia?"), None, BEGAN + 1),
        ("c1-a1", "c1", "assistant", "q1", json.dumps([{"type": "text", "text": "North."}]), "llama4", BEGAN + 2),
    ]
    chat = webui_chat([], "a1")
    path = webui_database(tmp_path / "webui.db", {"c1": chat}, [webui_feedback(1, "c1", "a1")], rows)
    (turn,) = turns(items("openwebui", path, tmp_path / "s"))
    assert said(turn) == [("user", "Where is Zorbia?"), ("answer", "North.")]
    assert (turn.model, [one.value for one in turn.said]) == ("llama4", [True])


def test_an_export_of_chats_is_the_same_chats(tmp_path: Path) -> None:
    database = webui_database(tmp_path / "webui.db", {"c1": webui_two_turns()})
    row = {"id": "c1", "user_id": "u", "title": "Islands", "chat": webui_two_turns(), "created_at": BEGAN}
    export = document(tmp_path / "chat-export.json", [row])
    single = document(tmp_path / "one.json", {"id": "c1", **webui_two_turns()})
    from_database = [said(turn) for turn in turns(items("openwebui", database, tmp_path / "s"))]
    assert [said(turn) for turn in turns(items("openwebui", export, tmp_path / "s"))] == from_database
    assert [said(turn) for turn in turns(items("openwebui", single, tmp_path / "s"))] == from_database
    assert {turn.conversation for turn in turns(items("openwebui", export, tmp_path / "s"))} == {"c1"}


def test_an_export_of_feedback_brings_the_answers_it_is_about(tmp_path: Path) -> None:
    snapshot = {"chat": {"id": "c1", "created_at": BEGAN, "chat": webui_two_turns()}}
    rows = [webui_feedback(1, "c1", "a2", snapshot=snapshot), webui_feedback(1, "c2", "a", snapshot={})]
    found = items("openwebui", document(tmp_path / "feedback.json", rows), tmp_path / "s")
    assert [turn.response for turn in turns(found) if turn.said] == ["Nowhere."]
    assert skipped(found) == ["missing_field"]


def test_failed_and_unfinished_answers(tmp_path: Path) -> None:
    chat = webui_chat(
        [
            webui_message("q", None, "user", "One?"),
            webui_message("a", "q", "assistant", "", error={"content": "no such model"}),
            webui_message("q2", "a", "user", "Two?"),
            webui_message("a2", "q2", "assistant", "Tw", done=False),
            webui_message("q3", "a2", "user", "Three?"),
            webui_message("a3", "q3", "assistant", "Begun, then"),
            webui_message("a3b", "a3", "assistant", "", error={"content": "gone"}),
        ],
        "a3b",
    )
    found = items("openwebui", webui_database(tmp_path / "webui.db", {"c1": chat}), tmp_path / "s")
    assert skipped(found) == ["failed_answer", "failed_answer"]
    assert [(turn.response, turn.finish_reason) for turn in turns(found)] == [("Tw", "interrupted")]


@pytest.mark.parametrize("sql", ["DROP TABLE chat", "ALTER TABLE chat DROP COLUMN chat"])
def test_another_database_is_refused_in_words(tmp_path: Path, sql: str) -> None:
    path = webui_database(tmp_path / "webui.db", {})
    other = apsw.Connection(str(path))
    other.execute(sql)
    other.close()
    with pytest.raises(ImportProblem, match="tables that are expected"):
        items("openwebui", path, tmp_path / "s")


def test_a_damaged_database_is_refused_in_words(tmp_path: Path) -> None:
    path = webui_database(tmp_path / "webui.db", {"c1": webui_two_turns()})
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xa5" * 3996
    path.write_bytes(data)
    with pytest.raises(ImportProblem, match="damaged"):
        items("openwebui", path, tmp_path / "s")
