"""OpenAI chat JSONL, ShareGPT and Continue: formats of one row a conversation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.evidence.importers import files
from tests.evidence.importers.making import BEGAN, document, items, jsonl, said, skipped, turns

QUESTION = {"role": "user", "content": "Where is Zorbia?"}
ANSWER = {"role": "assistant", "content": "North."}
ASKED = [("user", "Where is Zorbia?"), ("answer", "North.")]


# ---- OpenAI chat JSONL ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [QUESTION, ANSWER]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Where is Zorbia?"}]}, ANSWER]},
        {"messages": [QUESTION], "choices": [{"index": 0, "message": ANSWER}]},
        {"request": {"messages": [QUESTION]}, "choices": [{"message": ANSWER}]},
        {"custom_id": "1", "body": {"messages": [QUESTION]}, "response": {"body": {"choices": [{"message": ANSWER}]}}},
        {"prompt": "Where is Zorbia?", "completion": "North."},
        {"input": {"messages": [QUESTION]}, "preferred_output": [ANSWER], "non_preferred_output": [{"content": "x"}]},
    ],
)
def test_each_form_of_openai(tmp_path: Path, row: dict[str, Any]) -> None:
    (turn,) = turns(items("openai-jsonl", jsonl(tmp_path / "a.jsonl", [row]), tmp_path / "s"))
    assert said(turn) == ASKED
    assert turn.at is None, "the form has no time of its own"


def test_what_is_known_of_an_openai_line(tmp_path: Path) -> None:
    tool = {"role": "tool", "tool_call_id": "x", "content": "a page"}
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": "x"}]}
    row = {
        "messages": [{"role": "developer", "content": "Be short."}, QUESTION, call, tool, ANSWER],
        "created": BEGAN,
        "model": "gpt-4o",
        "conversation_id": "c1",
        "usage": {"prompt_tokens": 9, "completion_tokens": 2},
        "feedback": "thumbs_down",
        "comment": "It is south.",
        "score": 0.25,
        "correction": "South.",
    }
    (turn,) = turns(items("openai-jsonl", jsonl(tmp_path / "a.jsonl", [row]), tmp_path / "s"))
    assert said(turn) == [("system", "Be short."), *ASKED], "what tools said is left out"
    assert (turn.at, turn.model, turn.conversation) == ("2025-01-01T10:00:00.000000Z", "gpt-4o", "c1")
    assert (turn.usage.prompt_tokens, turn.usage.completion_tokens) == (9, 2)
    assert [(one.metric, one.value) for one in turn.said] == [
        ("thumb", False),
        ("score", 0.25),
        ("demonstration", "South."),
    ]


@pytest.mark.parametrize("rating", [1, 0, 5, "5 stars", None, 0.5])
def test_a_rating_that_may_mean_anything_is_no_thumb(tmp_path: Path, rating: Any) -> None:
    row = {"messages": [QUESTION, ANSWER], "rating": rating}
    (turn,) = turns(items("openai-jsonl", jsonl(tmp_path / "a.jsonl", [row]), tmp_path / "s"))
    assert turn.said == ()


def test_a_conversation_without_an_id_is_held_together_also_when_it_grows(tmp_path: Path) -> None:
    more = [{"role": "user", "content": "And Fnord?"}, {"role": "assistant", "content": "Nowhere."}]
    other = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello."}]
    rows = [{"messages": m} for m in ([QUESTION, ANSWER], [QUESTION, ANSWER, *more], other)]
    found = turns(items("openai-jsonl", jsonl(tmp_path / "a.jsonl", rows), tmp_path / "s"))
    one, same, next_one, another = (turn.conversation for turn in found)
    assert one == same == next_one != another
    assert [turn.position for turn in found] == [0, 0, 1, 0]


def test_bad_lines_are_counted_with_their_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_LINE", 1000)
    good = json.dumps({"messages": [QUESTION, ANSWER]}).encode()
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf" + good + b"\n\n"
        b"nonsense\n"
        b"[1, 2]\n"
        b'{"messages": "none"}\n'
        b'{"messages": [{"role": "martian", "content": "?"}]}\n'
        b'{"other": 1}\n'
        b'{"messages": [{"role": "user", "content": "\xff\xfe"}]}\n' + b"x" * 3000 + b"\n" + b"\0" * 64 + good + b"\n"
        b'{"messages": [{"role": "user", "cont'
    )
    found = items("openai-jsonl", path, tmp_path / "s")
    assert len(turns(found)) == 2
    expected = "missing_field no_answer not_an_object not_json not_utf8 too_large unfinished_line wrong_type"
    assert skipped(found) == expected.split()
    assert turns(found)[1].offset == path.read_bytes().index(b"\0" * 64)


def test_half_an_emoji_does_not_end_the_import(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"messages": [{"role":"user","content":"\\ud83d?"},{"role":"assistant","content":"yes \\ud83d"}]}\n'
    )
    (turn,) = turns(items("openai-jsonl", path, tmp_path / "s"))
    assert turn.response == "yes ?"


# ---- ShareGPT ---------------------------------------------------------------------------------------


def shared(*said: tuple[str, Any], **more: Any) -> dict[str, Any]:
    return {"conversations": [{"from": who, "value": what} for who, what in said], **more}


def test_sharegpt_as_an_array_and_as_lines(tmp_path: Path) -> None:
    rows = [
        shared(("system", "Be short."), ("human", "Where is Zorbia?"), ("gpt", "North."), ("human", "?"), id="a"),
        shared(
            ("human", "Hello"), ("function_call", "{}"), ("observation", "page"), ("gpt", "Hello."), ("gpt", "You!")
        ),
        shared(("martian", "?")),
        {"items": []},
    ]
    array = items("sharegpt", document(tmp_path / "a.json", rows), tmp_path / "s")
    lines = items("sharegpt", jsonl(tmp_path / "a.jsonl", rows), tmp_path / "s")
    for found in (array, lines):
        first, second = turns(found)
        assert said(first) == [("system", "Be short."), *ASKED]
        assert said(second) == [("user", "Hello"), ("answer", "Hello.\n\nYou!")]
        assert first.conversation == "a" and first.at is None
        assert skipped(found) == ["missing_field", "no_answer", "wrong_type"]


def test_an_array_that_ends_in_the_middle_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([shared(("human", "x"), ("gpt", "y"))] * 3)[:-20])
    assert skipped(items("sharegpt", path, tmp_path / "s")) == ["not_json"]


# ---- Continue ---------------------------------------------------------------------------------------

PROMPT = "<system>\nYou code.\n\n<user>\nWhere is Zorbia?\n\n"


def interaction(prompt: str = PROMPT, completion: str = "North.", **more: Any) -> dict[str, Any]:
    return {
        "timestamp": "2025-01-01T10:00:00.000Z",
        "userId": "u",
        "userAgent": "vscode",
        "selectedProfileId": "local",
        "eventName": "chatInteraction",
        "schema": "0.2.0",
        "prompt": prompt,
        "completion": completion,
        "modelProvider": "ollama",
        "modelName": "qwen2.5-coder",
        "modelTitle": "Qwen",
        "sessionId": "7b0a",
        **more,
    }


def chat_feedback(value: Any, **more: Any) -> dict[str, Any]:
    return {**interaction(timestamp="2025-01-01T10:01:00.000Z"), "eventName": "chatFeedback", "feedback": value, **more}


def test_continue_interactions_with_their_thumbs(tmp_path: Path) -> None:
    longer = PROMPT + "<assistant>\nNorth.\n\n<tool>\na page\n\n<user>\nAnd Fnord?\n\n"
    jsonl(tmp_path / "0.2.0" / "chatInteraction.jsonl", [interaction(), interaction(longer, "Nowhere.")])
    jsonl(tmp_path / "0.2.0" / "chatFeedback.jsonl", [chat_feedback(False), chat_feedback(True, completion="Alone.")])
    jsonl(tmp_path / "0.2.0" / "autocomplete.jsonl", [{"eventName": "autocomplete"}])
    for path in (tmp_path / "0.2.0", tmp_path / "0.2.0" / "chatInteraction.jsonl"):
        found = {turn.response: turn for turn in turns(items("continue", path, tmp_path / "s"))}
        assert set(found) == {"North.", "Nowhere.", "Alone."}
        assert said(found["North."]) == [("system", "You code."), *ASKED]
        assert said(found["Nowhere."])[2:] == [("assistant", "North."), ("user", "And Fnord?"), ("answer", "Nowhere.")]
        assert [one.value for one in found["North."].said] == [False]
        assert [one.value for one in found["Alone."].said] == [True]
        assert found["Nowhere."].said == ()
        assert (found["Nowhere."].position, found["Nowhere."].role) == (1, "coder")
        assert {(t.conversation, t.model) for t in found.values()} == {("7b0a", "qwen2.5-coder")}


def test_continue_rows_that_are_no_chat(tmp_path: Path) -> None:
    rows = [
        interaction("Bare question?"),
        interaction("<system>\nonly this\n\n"),
        interaction(completion=" "),
        interaction(completion="", tools=["edit"]),
        interaction(completion=None),  # type: ignore[arg-type]
        {"eventName": "tokensGenerated", "schema": "0.2.0"},
        chat_feedback(None),
    ]
    found = items("continue", jsonl(tmp_path / "mixed.jsonl", rows), tmp_path / "s")
    assert [said(turn) for turn in turns(found)] == [[("user", "Bare question?"), ("answer", "North.")]]
    assert skipped(found) == sorted(
        ["no_question", "empty_answer", "tool_step", "missing_field", "other_event", "missing_field"]
    )


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ('{"messages": [{"role": "user", "content": "cut', "not_json"),
        ('"text"', "not_an_object"),
        ("[1]", "not_an_object"),
        ('{"messages": "' + "a" * 1000 + '"}', "too_large"),
    ],
)
def test_a_first_line_that_is_damaged_loses_itself_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, reason: str
) -> None:
    monkeypatch.setattr(files, "MAX_LINE", 500)
    path = tmp_path / "a.jsonl"
    path.write_text(f"{first}\n{json.dumps({'messages': [QUESTION, ANSWER]})}\n")
    found = items("openai-jsonl", path, tmp_path / "s")
    assert skipped(found) == [reason]
    assert [said(turn) for turn in turns(found)] == [ASKED]


def test_one_document_over_several_lines_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    said_there = '{"from": "human", "value": "Where is Zorbia?"},\n{"from": "gpt", "value": "North."}'
    path.write_text(f'{{\n"conversations": [\n{said_there}\n]\n}}\n')
    (turn,) = turns(items("sharegpt", path, tmp_path / "s"))
    assert said(turn) == ASKED
