"""Claude Code, `llm` and OpenTelemetry: what programs write while they work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import apsw
import pytest

from core.evidence.importers.files import ImportProblem
from tests.evidence.importers.making import (
    attributes,
    document,
    entry,
    event,
    items,
    jsonl,
    llm_database,
    logs,
    otlp,
    result,
    said,
    skipped,
    span,
    spans,
    turns,
    use,
    words,
)

ASKED = [("user", "Where is Zorbia?"), ("answer", "North.")]


# ---- Claude Code ------------------------------------------------------------------------------------


def session() -> list[dict[str, Any]]:
    """A question that took two tools, of which one failed, and a second question."""
    return [
        {"type": "summary", "summary": "Fixing", "leafUuid": "a4"},
        entry("u1", None, "user", "Fix it.<system-reminder>be nice</system-reminder>", 1),
        entry("a1", "u1", "assistant", words("I look."), 2, message={"id": "m1"}),
        entry("a2", "a1", "assistant", use("Read"), 3, message={"id": "m1"}),
        entry("r1", "a2", "user", result("No such file", failed=True), 4),
        entry("a3", "r1", "assistant", use("Edit"), 5),
        entry("r2", "a3", "user", result("done"), 6),
        entry("a4", "r2", "assistant", [{"type": "thinking", "thinking": "hm"}, *words("Fixed it.")], 7),
        entry("s1", "a4", "system", "turn took long", 8),
        entry("u2", "s1", "user", words("Thanks?"), 9),
        entry("a5", "u2", "assistant", words("Gladly."), 10),
    ]


def test_a_transcript(tmp_path: Path) -> None:
    found = items("claude-code", jsonl(tmp_path / "session-1.jsonl", session()), tmp_path / "s")
    first, second = turns(found)
    assert said(first) == [("user", "Fix it."), ("answer", "Fixed it.")]
    assert said(second) == [("user", "Fix it."), ("assistant", "Fixed it."), ("user", "Thanks?"), ("answer", "Gladly.")]
    assert first.tools == ("Read", "Edit") and second.tools == ()
    assert (first.conversation, first.role, first.model) == ("session-1", "coder", "claude-opus-4-5")
    assert (first.at, first.duration_ms) == ("2025-01-01T10:00:01.000000Z", 6000.0)
    assert (first.usage.prompt_tokens, first.usage.completion_tokens, first.usage.cached_tokens) == (45, 12, 15), (
        "lines of one message count once"
    )
    assert skipped(found) == ["other_event", "other_event", "tool_error"]
    assert "secret.py" not in str(found)


def test_a_rewound_question_is_not_the_one_that_counts(tmp_path: Path) -> None:
    rows = [
        entry("u1", None, "user", "One?", 1),
        entry("a1", "u1", "assistant", words("Wrong."), 2),
        entry("u1b", None, "user", "Another session?", 3, sessionId="session-2"),
        entry("a1b", "u1b", "assistant", words("Yes."), 4, sessionId="session-2"),
        entry("a2", "u1", "assistant", words("Right."), 5),
    ]
    found = turns(items("claude-code", jsonl(tmp_path / "x.jsonl", rows), tmp_path / "s"))
    assert [(turn.conversation, turn.response) for turn in found] == [("session-1", "Right."), ("session-2", "Yes.")]


def test_what_no_person_said_is_left_out(tmp_path: Path) -> None:
    rows = [
        entry("m", None, "user", "Caveat", isMeta=True),
        entry("c", "m", "user", "<command-name>/clear</command-name>"),
        entry("k", "c", "user", "This session is being continued", isCompactSummary=True),
        entry("side", None, "user", "Explore the code", isSidechain=True),
        entry("sidea", "side", "assistant", words("Explored."), isSidechain=True),
        entry("u", "k", "user", "Hello?"),
        entry("e", "u", "assistant", words("API Error: 529"), isApiErrorMessage=True, message={"model": "<synthetic>"}),
        entry("u2", "e", "user", "Again?"),
        entry("a2", "u2", "assistant", use("Bash")),
        entry("i", "a2", "user", "[Request interrupted by user]"),
        {"type": "user", "message": {"content": "no id"}},
    ]
    path = jsonl(tmp_path / "x.jsonl", rows)
    with path.open("a") as file:
        file.write('{"type": "assistant", "uuid": "half')
    found = items("claude-code", path, tmp_path / "s")
    assert turns(found) == []
    assert skipped(found) == sorted(
        ["other_event", "other_event", "failed_answer", "empty_answer", "missing_field", "unfinished_line"]
    )


def test_a_folder_of_transcripts(tmp_path: Path) -> None:
    jsonl(tmp_path / "projects" / "a" / "one.jsonl", session())
    jsonl(tmp_path / "projects" / "b" / "two.jsonl", session())
    found = turns(items("claude-code", tmp_path / "projects", tmp_path / "s"))
    assert [turn.member for turn in found] == ["a/one.jsonl"] * 2 + ["b/two.jsonl"] * 2
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImportProblem, match="nothing in"):
        items("claude-code", tmp_path / "empty", tmp_path / "s")


# ---- llm --------------------------------------------------------------------------------------------


def test_llm_conversations(tmp_path: Path) -> None:
    path = llm_database(
        tmp_path / "logs.db",
        [
            {"system": "Be short."},
            {
                "prompt": "And Fnord?",
                "response": "Nowhere.",
                "system": "Be short.",
                "resolved_model": "gpt-4o-mini-2024",
            },
            {"prompt": "Alone?", "response": "Yes.", "conversation_id": None},
            {"prompt": "Broken?", "response": "", "conversation_id": "c9"},
        ],
    )
    found = items("llm", path, tmp_path / "s")
    by_answer = {turn.response: turn for turn in turns(found)}
    assert said(by_answer["North."]) == [("system", "Be short."), *ASKED]
    assert said(by_answer["Nowhere."])[-3:] == [("assistant", "North."), ("user", "And Fnord?"), ("answer", "Nowhere.")]
    assert [r for r, _ in said(by_answer["Nowhere."])].count("system") == 1
    assert by_answer["Nowhere."].model == "gpt-4o-mini-2024" and by_answer["North."].model == "gpt-4o-mini"
    assert by_answer["Yes."].conversation == "r2"
    assert by_answer["North."].at == "2025-01-01T10:00:00.123456Z"
    assert (by_answer["North."].duration_ms, by_answer["North."].usage.prompt_tokens) == (900.0, 7)
    assert skipped(found) == ["empty_answer"]


def test_llm_fragments_stand_before_the_prompt_and_tools_end_in_one_answer(tmp_path: Path) -> None:
    path = llm_database(
        tmp_path / "logs.db",
        [{}, {"prompt": "Use a tool", "response": "", "conversation_id": "t"},
         {"prompt": "", "response": "Used.", "conversation_id": "t"}],
    )  # fmt: skip
    database = apsw.Connection(str(path))
    database.execute(
        "INSERT INTO fragments (id, content) VALUES (1, 'second'), (2, 'first'), (3, 'rules');"
        "INSERT INTO prompt_fragments VALUES ('r0', 1, 1), ('r0', 2, 0);"
        "INSERT INTO system_fragments VALUES ('r0', 3, 0);"
    ).fetchall()
    database.close()
    first, second = turns(items("llm", path, tmp_path / "s"))
    assert said(first) == [("system", "rules"), ("user", "first\nsecond\nWhere is Zorbia?"), ("answer", "North.")]
    assert said(second) == [("user", "Use a tool"), ("answer", "Used.")]


def test_llm_before_there_were_conversations(tmp_path: Path) -> None:
    database = apsw.Connection(str(tmp_path / "logs.db"))
    database.execute(
        "CREATE TABLE logs (id INTEGER PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT,"
        " options_json TEXT, response TEXT, response_json TEXT, reply_to_id INTEGER, chat_id INTEGER,"
        " duration_ms INTEGER, datetime_utc TEXT);"
        "INSERT INTO logs (id, model, prompt, response, chat_id, datetime_utc) VALUES"
        " (1, 'gpt-3.5', 'Where is Zorbia?', 'North.', NULL, '2023-06-01T10:00:00'),"
        " (2, 'gpt-3.5', 'And Fnord?', 'Nowhere.', 1, '2023-06-01T10:01:00')"
    ).fetchall()
    database.close()
    first, second = turns(items("llm", tmp_path / "logs.db", tmp_path / "s"))
    assert said(first) == ASKED and len(second.messages) == 3
    assert first.conversation == second.conversation == "1"


def test_llm_another_database_is_refused_in_words(tmp_path: Path) -> None:
    apsw.Connection(str(tmp_path / "x.db")).execute("CREATE TABLE theirs (x)")
    with pytest.raises(ImportProblem, match="responses"):
        items("llm", tmp_path / "x.db", tmp_path / "s")


# ---- OpenTelemetry ----------------------------------------------------------------------------------

IN = [
    {"role": "system", "parts": [{"type": "text", "content": "Be short."}]},
    {"role": "user", "parts": [{"type": "text", "content": "Where is Zorbia?"}]},
]
OUT = [{"role": "assistant", "parts": [{"type": "text", "content": "North."}], "finish_reason": "stop"}]
FORMS: dict[str, dict[str, Any]] = {
    "messages as text": span({"gen_ai.input.messages": json.dumps(IN), "gen_ai.output.messages": json.dumps(OUT)}),
    "messages as values": span({"gen_ai.input.messages": IN, "gen_ai.output.messages": OUT}),
    "instructions apart": span(
        {
            "gen_ai.system_instructions": json.dumps(IN[0]["parts"]),
            "gen_ai.input.messages": json.dumps(IN[1:]),
            "gen_ai.output.messages": json.dumps(OUT),
        }
    ),
    "details as an event": span(
        {},
        events=[
            event(
                "gen_ai.client.inference.operation.details",
                {"gen_ai.input.messages": IN, "gen_ai.output.messages": OUT},
            )
        ],
    ),
    "an event a message": span(
        {},
        events=[
            event("gen_ai.system.message", {"content": "Be short."}),
            event("gen_ai.user.message", {"content": "Where is Zorbia?"}),
            event("gen_ai.choice", {"index": 0, "finish_reason": "stop", "message": json.dumps({"content": "North."})}),
        ],
    ),
    "content events": span(
        {},
        events=[
            event("gen_ai.content.prompt", {"gen_ai.prompt": json.dumps([
                {"role": "system", "content": "Be short."}, {"role": "user", "content": "Where is Zorbia?"}])}),
            event("gen_ai.content.completion", {"gen_ai.completion": json.dumps([
                {"role": "assistant", "content": "North."}])}),
        ],
    ),
    "numbered attributes": span(
        {
            "gen_ai.prompt.0.role": "system",
            "gen_ai.prompt.0.content": "Be short.",
            "gen_ai.prompt.1.role": "user",
            "gen_ai.prompt.1.content": "Where is Zorbia?",
            "gen_ai.completion.0.role": "assistant",
            "gen_ai.completion.0.content": "North.",
            "gen_ai.completion.0.finish_reason": "stop",
        }
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_conventions_says_the_same(tmp_path: Path, form: str) -> None:
    (turn,) = turns(items("otel", jsonl(tmp_path / "t.jsonl", [spans(FORMS[form])]), tmp_path / "s"))
    assert said(turn) == [("system", "Be short."), *ASKED]
    assert (turn.at, turn.duration_ms, turn.model) == ("2025-01-01T10:00:00.000000Z", 1500.0, "gpt-4o")


def test_plain_texts_of_the_oldest_form(tmp_path: Path) -> None:
    one = span({"gen_ai.prompt": "Where is Zorbia?", "gen_ai.completion": "North."})
    (turn,) = turns(items("otel", document(tmp_path / "t.json", spans(one)), tmp_path / "s"))
    assert said(turn) == ASKED


def test_messages_in_log_records_find_their_span_wherever_it_stands(tmp_path: Path) -> None:
    ids = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174"}
    asked = {"eventName": "gen_ai.user.message", "body": otlp({"content": "Where is Zorbia?"}), **ids}
    answered = {
        "attributes": attributes({"event.name": "gen_ai.choice"}),
        "body": otlp({"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "North."}}),
        **ids,
    }
    jsonl(tmp_path / "t" / "traces.jsonl", [spans(span({}))])
    jsonl(tmp_path / "t" / "znow.jsonl", [logs(asked, answered)])
    (turn,) = turns(items("otel", tmp_path / "t", tmp_path / "s"))
    assert said(turn) == ASKED


def test_what_is_known_of_a_span(tmp_path: Path) -> None:
    judged = event(
        "gen_ai.evaluation.result",
        {"gen_ai.evaluation.name": "thumb", "gen_ai.evaluation.score.value": 0.0, "gen_ai.evaluation.explanation": "!"},
    )
    call = {"role": "assistant", "parts": [{"type": "tool_call", "name": "map", "id": "1", "arguments": {}}]}
    found = {"role": "tool", "parts": [{"type": "tool_call_response", "id": "1", "response": "a page"}]}
    one = span(
        {
            "gen_ai.input.messages": json.dumps([*IN, call, found]),
            "gen_ai.output.messages": json.dumps(OUT),
            "gen_ai.response.model": "gpt-4o-2024",
            "gen_ai.conversation.id": "c1",
            "gen_ai.usage.input_tokens": 9,
            "gen_ai.usage.output_tokens": 2,
            "gen_ai.response.finish_reasons": ["length"],
        },
        events=[judged],
    )
    (turn,) = turns(items("otel", document(tmp_path / "t.json", spans(one)), tmp_path / "s"))
    assert said(turn) == [("system", "Be short."), *ASKED], "what a tool gave back is left out"
    assert (turn.model, turn.conversation, turn.finish_reason) == ("gpt-4o-2024", "c1", "length")
    assert (turn.usage.prompt_tokens, turn.usage.completion_tokens) == (9, 2)
    (verdict,) = turn.said
    assert (verdict.source, verdict.metric, verdict.value) == ("test", "evaluation: thumb", 0.0), "no person's word"


def test_spans_that_are_no_answer_are_counted(tmp_path: Path) -> None:
    call = [{"role": "assistant", "parts": [{"type": "tool_call", "name": "map"}], "finish_reason": "tool_call"}]
    found = items(
        "otel",
        document(
            tmp_path / "t.json",
            spans(
                span({"gen_ai.operation.name": "execute_tool"}, status={"code": 2}),
                span({"gen_ai.operation.name": "embeddings"}),
                {"traceId": "1", "spanId": "2", "name": "GET /", "attributes": []},
                span({"gen_ai.input.messages": json.dumps(IN)}, status={"code": "STATUS_CODE_ERROR"}),
                span({"gen_ai.input.messages": json.dumps(IN), "gen_ai.output.messages": json.dumps(call)}),
                span({"gen_ai.input.messages": json.dumps(IN[:1]), "gen_ai.output.messages": json.dumps(OUT)}),
                span({}),
            ),
        ),
        tmp_path / "s",
    )
    assert turns(found) == []
    assert skipped(found) == sorted(
        ["tool_error", "other_event", "other_event", "failed_answer", "tool_step", "no_question", "missing_field"]
    )


def test_a_text_that_is_itself_json_stays_a_text(tmp_path: Path) -> None:
    asked = [{"role": "user", "content": "[1, 2] is what?"}, {"role": "user", "content": "[1, 2]"}]
    one = span({"gen_ai.prompt": json.dumps(asked), "gen_ai.completion": '{"answer": 3}'})
    found = items("otel", document(tmp_path / "t.json", spans(one)), tmp_path / "s")
    assert [said(turn)[:2] for turn in turns(found)] == [[("user", "[1, 2] is what?"), ("user", "[1, 2]")]]
    assert turns(found)[0].response == '{"answer": 3}'
