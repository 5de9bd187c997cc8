"""ChatGPT's export: the branch that is shown, thumbs, and nothing that the person never saw."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from core.evidence.importers import files
from core.evidence.importers.files import ImportProblem
from tests.evidence.importers.making import (
    BEGAN,
    chatgpt_branching,
    chatgpt_conversation,
    chatgpt_zip,
    document,
    items,
    node,
    said,
    skipped,
    turns,
)


def test_the_branch_that_is_shown(tmp_path: Path) -> None:
    found = turns(items("chatgpt", chatgpt_zip(tmp_path / "c.zip", [chatgpt_branching()]), tmp_path / "s"))
    assert [said(turn) for turn in found] == [
        [("user", "Where is Zorbia?"), ("answer", "North of Quuxia.")],
        [
            ("user", "Where is Zorbia?"),
            ("assistant", "North of Quuxia."),
            ("user", "And Fnord?"),
            ("answer", "Nowhere."),
        ],
    ]
    assert [turn.at for turn in found] == ["2025-01-01T10:00:01.000000Z", "2025-01-01T10:00:04.000000Z"]
    assert {(turn.model, turn.conversation) for turn in found} == {("gpt-4o", "conv-1")}
    assert [turn.position for turn in found] == [0, 1]


def test_a_thumb_on_an_answer_that_was_regenerated_brings_its_branch(tmp_path: Path) -> None:
    thumbs = [
        {
            "message_id": "a1",
            "conversation_id": "conv-1",
            "user_id": "u",
            "rating": "thumbsDown",
            "content": json.dumps({"text": "It is north.", "tags": ["not-true"]}),
            "create_time": "2025-01-01T10:05:00",
        },
        {"id": "a2", "conversation_id": "conv-1", "rating": "thumbs_up", "content": "{}"},
        {"id": "gone", "conversation_id": "conv-9", "rating": "thumbs_up", "content": "{}"},
        {"id": "a2", "rating": "sideways"},
    ]
    found = items("chatgpt", chatgpt_zip(tmp_path / "c.zip", [chatgpt_branching()], thumbs), tmp_path / "s")
    rated = {turn.response: turn.said for turn in turns(found)}
    assert set(rated) == {"North of Quuxia.", "Nowhere.", "South."}
    (down,) = rated["South."]
    assert (down.value, down.comment, down.tags) == (False, "It is north.", {"tags": "not-true"})
    assert down.at == "2025-01-01T10:05:00.000000Z"
    assert [one.value for one in rated["Nowhere."]] == [True]
    assert rated["North of Quuxia."] == ()
    assert skipped(found) == ["missing_field", "no_answer"]


def test_what_the_person_never_saw_is_left_out(tmp_path: Path) -> None:
    tool = {"content_type": "code", "language": "python", "text": "print(1)"}
    hidden = {"is_visually_hidden_from_conversation": True}
    conversation = chatgpt_conversation(
        [
            node("system", None, "system", "You are ChatGPT."),
            node("about", "system", "user", "I live in Quuxia.", metadata={"is_user_system_message": True}),
            node("q", "about", "user", "Look it up."),
            node("hidden", "q", "user", "Original custom instructions", metadata=hidden),
            node("thoughts", "hidden", "assistant", content={"content_type": "thoughts", "thoughts": []}),
            node("search", "thoughts", "assistant", "search('x')", recipient="web", content=tool),
            node("asked", "search", "assistant", "search for Zorbia", recipient="web"),
            node("found", "asked", "tool", "A page about Zorbia."),
            node("comment", "found", "assistant", "Searching…", channel="commentary"),
            node("a", "comment", "assistant", "It is north【4†source】. \ue200cite\ue202turn0search1\ue201"),
            node("weightless", "a", "assistant", "ghost", weight=0.0),
        ],
        "weightless",
    )
    (turn,) = turns(items("chatgpt", chatgpt_zip(tmp_path / "c.zip", [conversation]), tmp_path / "s"))
    assert said(turn) == [("user", "Look it up."), ("answer", "It is north.")]
    assert turn.at == "2025-01-01T10:00:00.250000Z", "messages without a time have the conversation's"


def test_parts_that_are_no_text_are_left_out(tmp_path: Path) -> None:
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"}
    asked = {"content_type": "multimodal_text", "parts": [picture, "What is this?"]}
    conversation = chatgpt_conversation(
        [node("q", None, "user", content=asked), node("a", "q", "assistant", "A boat.")], "a"
    )
    (turn,) = turns(items("chatgpt", chatgpt_zip(tmp_path / "c.zip", [conversation]), tmp_path / "s"))
    assert said(turn) == [("user", "What is this?"), ("answer", "A boat.")]


def test_errors_and_open_ends_are_counted(tmp_path: Path) -> None:
    broken = {"content_type": "system_error", "name": "x", "text": "Something went wrong"}
    conversation = chatgpt_conversation(
        [
            node("q", None, "user", "One?"),
            node("a", "q", "assistant", content=broken),
            node("q2", "a", "user", "Two?"),
            node("a2", "q2", "assistant", "  "),
            node("q3", "a2", "user", "Three?"),
        ],
        "q3",
    )
    rows = [conversation, {"title": "no tree"}, "no object"]
    found = items("chatgpt", chatgpt_zip(tmp_path / "c.zip", rows), tmp_path / "s")
    assert turns(found) == []
    assert skipped(found) == ["empty_answer", "failed_answer", "missing_field", "no_answer", "not_an_object"]


def test_an_answer_that_was_cut_short_says_so(tmp_path: Path) -> None:
    cut = {"model_slug": "gpt-4o", "finish_details": {"type": "max_tokens"}}
    conversation = chatgpt_conversation(
        [node("q", None, "user", "One?"), node("a", "q", "assistant", "On", metadata=cut)], "a"
    )
    (turn,) = turns(items("chatgpt", chatgpt_zip(tmp_path / "c.zip", [conversation]), tmp_path / "s"))
    assert turn.finish_reason == "length"


def test_circles_and_missing_nodes_end_a_branch(tmp_path: Path) -> None:
    conversation = chatgpt_conversation(
        [node("q", "a", "user", "One?"), node("a", "q", "assistant", "Two."), node("b", "nowhere", "user", "?")], "gone"
    )
    found = items("chatgpt", chatgpt_zip(tmp_path / "c.zip", [conversation]), tmp_path / "s")
    assert len(found) <= 2


def test_the_unpacked_folder_and_its_file_give_the_same(tmp_path: Path) -> None:
    thumbs = [{"id": "a2", "conversation_id": "conv-1", "rating": "thumbs_up", "content": "{}"}]
    zipped = turns(items("chatgpt", chatgpt_zip(tmp_path / "c.zip", [chatgpt_branching()], thumbs), tmp_path / "s"))
    document(tmp_path / "folder" / "conversations-000.json", [chatgpt_branching()])
    document(tmp_path / "folder" / "message_feedback.json", thumbs)
    folder = turns(items("chatgpt", tmp_path / "folder", tmp_path / "s"))
    file = turns(items("chatgpt", tmp_path / "folder" / "conversations-000.json", tmp_path / "s"))
    assert (
        [(said(t), t.said) for t in zipped] == [(said(t), t.said) for t in folder] == [(said(t), t.said) for t in file]
    )
    assert {turn.member for turn in zipped} == {"conversations.json"}


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", b"[" + b" " * (8 << 20) + b"]")
    with pytest.raises(ImportProblem, match="fold"):
        items("chatgpt", tmp_path / "bomb.zip", tmp_path / "s")


def test_more_than_fits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_DOCUMENT", 100)
    with pytest.raises(ImportProblem, match="GiB of chats"):
        items("chatgpt", chatgpt_zip(tmp_path / "c.zip", [chatgpt_branching()]), tmp_path / "s")


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    whole = chatgpt_zip(tmp_path / "c.zip", [chatgpt_branching()]).read_bytes()
    (tmp_path / "d.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImportProblem, match="damaged"):
        items("chatgpt", tmp_path / "d.zip", tmp_path / "s")
    hurt = bytearray(whole)
    hurt[60:80] = b"\xff" * 20
    (tmp_path / "e.zip").write_bytes(hurt)
    with pytest.raises(ImportProblem, match="damaged"):
        items("chatgpt", tmp_path / "e.zip", tmp_path / "s")


def test_times_of_every_kind() -> None:
    from core.evidence.importers.turns import moment

    stamp = "2025-01-01T10:00:00.000000Z"
    for given in (BEGAN, BEGAN * 1000, BEGAN * 10**9, float(BEGAN), str(BEGAN), "2025-01-01T10:00:00Z",
                  "2025-01-01T11:00:00+01:00", "2025-01-01 10:00:00"):  # fmt: skip
        assert moment(given) == stamp, given
    for given in (None, True, "soon", "", -5, 0, float("nan"), float("inf"), 10**30, [], "20250101"):
        assert moment(given) is None or given == "20250101", given
