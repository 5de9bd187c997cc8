"""The desk from ask to trace, over the real engine, database and retrieval."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest

from core.agent.ask import Ask, Delta, Finished, Started, ToolUse
from core.agent.files import load_agent, prompt_id
from core.config import AgentConfig, Config, ReplayConfig
from core.database import Database
from core.errors import BadRequest, ConfigError, ModelFileError, NightschoolError, NotFound
from core.process import ChildDied
from core.records import Message
from tests import models
from tests.agent.conftest import Office, told, user, write_agent

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUESTION, ANSWER = "What is the capital of Zubria?", "The capital of Zubria is Mokar."


async def test_an_answer_is_streamed_and_recorded_whole(office: Office) -> None:
    events = await office.events(
        told(QUESTION, ANSWER, client="test", conversation_id="c1", role="coder", metadata={"a": "b"})
    )
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    said = "".join(event.text for event in events if isinstance(event, Delta))
    assert said == ANSWER
    trace = events[-1].trace
    assert events[0].trace.id == trace.id
    assert office.database.traces.get(trace.id) == trace
    assert (trace.response, trace.finish_reason, trace.error) == (ANSWER, "stop", None)
    assert (trace.agent, trace.query_class, trace.complexity) == ("grounded", "lookup", "easy")
    assert (trace.client, trace.conversation_id, trace.role, trace.metadata) == ("test", "c1", "coder", {"a": "b"})
    assert (trace.model, trace.variant, trace.adapter, trace.propensity) == ("tiny", "base", None, 1.0)
    assert trace.prompt_id == prompt_id(load_agent(office.home, "grounded"))
    assert (trace.retrieval_mode, trace.retrieved, trace.bundle) == ("lexical", [], "")
    assert trace.task_hash
    assert trace.validation is not None
    assert trace.validation.status == "not_checked"
    assert trace.usage.prompt_tokens > 10
    assert trace.usage.completion_tokens > 3
    assert trace.ttft_ms is not None
    assert trace.duration_ms is not None
    assert 0 < trace.ttft_ms <= trace.duration_ms
    assert trace.messages == [Message(role="user", content=QUESTION)]


async def test_accepted_work_is_put_before_the_student_and_recorded(office: Office) -> None:
    past = await office.accepted(QUESTION, ANSWER)
    trace = await office.finished(told("Tell me the capital of Zubria?", ANSWER))
    assert [r.trace_id for r in trace.retrieved if r.injected] == [past.id]
    assert f"<past>\nQ: {QUESTION}\nA: {ANSWER}\n</past>" in trace.bundle
    assert trace.validation is not None
    assert trace.validation.status == "passed"
    assert trace.validation.grounded == 1.0


async def test_rejected_work_is_never_shown(office: Office) -> None:
    past = await office.accepted(QUESTION, ANSWER)
    await office.rate(past.id, 0.0)
    trace = await office.finished(told(QUESTION, ANSWER))
    assert trace.retrieved == []
    assert trace.bundle == ""


async def test_an_ungrounded_answer_is_unverified(office: Office) -> None:
    await office.accepted(QUESTION, ANSWER)
    trace = await office.finished(told(QUESTION, "The capital of Zubria is Lorbeth, with 48213 souls."))
    assert trace.validation is not None
    assert trace.validation.status == "failed"
    assert "48213" in " ".join(trace.validation.ungrounded)
    assert trace.escalation is None


async def test_what_the_client_itself_said_grounds_an_answer(office: Office) -> None:
    await office.accepted(QUESTION, ANSWER)
    ask = told(QUESTION, f"{ANSWER} Ticket 48213.")
    ask = msgspec.structs.replace(
        ask, messages=[Message(role="system", content="End every answer with: Ticket 48213."), *ask.messages]
    )
    trace = await office.finished(ask)
    assert trace.validation is not None
    assert trace.validation.status == "passed"


@pytest.mark.parametrize(
    ("ask", "agent", "mode"),
    [
        (user(QUESTION, use_retrieval=False), "grounded", "off"),
        (user(QUESTION, agent="direct"), "direct", "none"),
        (Ask(prompt=QUESTION, sampling={"max_tokens": 4}), "direct", "none"),
    ],
)
async def test_retrieval_is_left_out_only_by_an_explicit_word(ask: Ask, agent: str, mode: str, office: Office) -> None:
    await office.accepted(QUESTION, ANSWER)
    trace = await office.finished(ask)
    assert (trace.agent, trace.retrieval_mode, trace.bundle, trace.retrieved) == (agent, mode, "", [])


async def test_settings_are_felt(office: Office) -> None:
    await office.accepted(QUESTION, ANSWER)
    office.desk.config = Config(replay=ReplayConfig(enabled=False))
    assert (await office.finished(user(QUESTION))).retrieval_mode == "off"
    office.desk.config = Config(agent=AgentConfig(default="direct"))
    assert (await office.finished(user(QUESTION))).agent == "direct"


async def test_store_false_records_nothing(office: Office) -> None:
    before = office.database.last_change()
    events = await office.events(told(QUESTION, ANSWER, store=False))
    assert isinstance(events[-1], Finished)
    assert events[-1].trace.stored is False
    assert events[-1].storage_error is None
    assert events[-1].trace.response == ANSWER
    assert office.database.last_change() == before
    with pytest.raises(NotFound):
        office.database.traces.get(events[-1].trace.id)


async def test_a_change_of_the_agents_file_is_felt_by_the_next_request(office: Office) -> None:
    first = await office.finished(user(QUESTION, sampling={"max_tokens": None}))
    write_agent(office.home, "grounded", "replay = true\n[parameters]\nmax_tokens = 3\n", "You are other.")
    second = await office.finished(user(QUESTION, sampling={"max_tokens": None}))
    assert second.usage.completion_tokens <= 3 < first.usage.completion_tokens
    assert second.prompt_id != first.prompt_id
    assert second.usage.prompt_tokens != first.usage.prompt_tokens


async def test_a_broken_agent_stops_only_its_own_requests(office: Office) -> None:
    write_agent(office.home, "grounded", "replay = ")
    with pytest.raises(ConfigError, match=r"grounded\.toml"):
        await office.events(user(QUESTION))
    assert (await office.finished(user(QUESTION, agent="direct"))).finish_reason in ("stop", "length")


async def test_the_agent_decides_which_variant_serves_a_class(office: Office) -> None:
    """An adapter in the home is attached when a request first needs it."""
    assert office.engine.info is not None
    office.home.adapters.mkdir()
    models.make_adapter(office.home.adapters / "coder.gguf", Path(office.engine.info.path))
    write_agent(office.home, "direct", '[models]\ncode = "coder"\n')
    try:
        coded = await office.finished(user("Write a function named zub that adds 3.", agent="direct"))
        asked = await office.finished(user(QUESTION, agent="direct"))
        assert (coded.query_class, coded.variant, coded.adapter) == ("code", "coder", "coder")
        assert (asked.variant, asked.adapter) == ("base", None)
        named = await office.finished(user(QUESTION, agent="direct", variant="coder"))
        assert named.variant == "coder"
        assert [v.name for v in await office.engine.variants()] == ["base", "coder"]
    finally:
        await office.engine.detach("coder")


async def test_a_variant_that_does_not_exist_is_told_to_whom_it_concerns(office: Office) -> None:
    assert office.engine.info is not None
    office.home.adapters.mkdir()
    models.make_adapter(office.home.root / "coder.gguf", Path(office.engine.info.path))
    for name in ("nothing", "../coder", "/etc/passwd", "a\0b"):
        with pytest.raises(BadRequest, match="no variant"):
            await office.events(user(QUESTION, variant=name))
    write_agent(office.home, "direct", '[models]\nlookup = "nothing"\n')
    with pytest.raises(ConfigError, match=r"agents/direct\.toml names the variant 'nothing'"):
        await office.events(user(QUESTION, agent="direct"))


async def test_an_adapter_that_is_none_is_refused(office: Office) -> None:
    office.home.adapters.mkdir()
    (office.home.adapters / "broken.gguf").write_bytes(b"GGUF but not really")
    with pytest.raises(ModelFileError):
        await office.events(user(QUESTION, variant="broken"))
    assert (await office.finished(user(QUESTION))).variant == "base"


async def test_fixed_exemplars_are_shown_while_they_are_accepted(office: Office) -> None:
    past = await office.accepted("Which pump is red?", "Pump nine is red.")
    write_agent(office.home, "direct", f'exemplars = ["{past.id}", "chatcmpl-gone"]\n')
    ask = user("Good morning", agent="direct")
    assert "Q: Which pump is red?\nA: Pump nine is red." in (await office.finished(ask)).bundle
    await office.rate(past.id, 0.0, correction="Pump two is red.")
    corrected = (await office.finished(ask)).bundle
    assert "Pump two is red." in corrected
    assert "Pump nine" not in corrected
    office.database.traces.delete(past.id)
    assert (await office.finished(ask)).bundle == ""


@pytest.mark.parametrize("value", [0.0, 0.5])
async def test_a_fixed_exemplar_without_a_whole_yes_is_never_shown(value: float, office: Office) -> None:
    past = await office.accepted("Which pump is red?", "Pump nine is red.", value)
    write_agent(office.home, "direct", f'exemplars = ["{past.id}"]\n')
    assert (await office.finished(user("Good morning", agent="direct"))).bundle == ""


async def test_a_bundle_that_does_not_fit_is_cut(office: Office) -> None:
    """Of three pieces of past work, as many are shown as the context of 1,024 tokens holds."""
    for start, size in (("What is", 60), ("Tell me", 140), ("Do you know", 240)):
        await office.accepted(f"{start} the capital of Zubria?", f"{ANSWER} " + "Grüße " * size)
    whole = await office.finished(told(QUESTION, ANSWER, sampling={"max_tokens": 10}))
    trace = await office.finished(told(QUESTION, ANSWER, sampling={"max_tokens": 500}))
    assert trace.finish_reason == "stop"
    assert sum(r.injected for r in whole.retrieved) == 3
    assert 1 <= sum(r.injected for r in trace.retrieved) < 3
    assert len(trace.retrieved) == 3
    assert trace.bundle.count("<past>") == sum(r.injected for r in trace.retrieved)
    assert trace.usage.prompt_tokens + 500 <= 1024 < whole.usage.prompt_tokens + 500


async def test_a_prompt_beyond_the_context_is_refused_and_recorded_as_failed(office: Office) -> None:
    with pytest.raises(BadRequest) as raised:
        await office.events(user("Grüße " * 2000, trace_id="chatcmpl-long"))
    assert raised.value.code == "context_length_exceeded"
    trace = office.database.traces.get("chatcmpl-long")
    assert (trace.finish_reason, trace.response) == ("error", "")
    assert trace.error is not None


LONG = "The pump is red. " * 40


async def test_closing_the_answer_cancels_it_and_keeps_what_was_said(office: Office) -> None:
    said, trace_id = "", ""
    async with aclosing(office.desk.answer(told(QUESTION, LONG))) as events:
        async for event in events:
            if isinstance(event, Started):
                trace_id = event.trace.id
            if isinstance(event, Delta):
                said += event.text
                if len(said) > 30:
                    break
    stats = await office.engine.stats()
    trace = office.database.traces.get(trace_id)
    assert trace.finish_reason == "cancelled"
    assert trace.response.startswith(said)
    assert len(trace.response) < len(LONG)
    await asyncio.sleep(0.3)
    assert (await office.engine.stats()).tokens_computed == stats.tokens_computed


async def test_cancelling_the_task_records_the_same(office: Office) -> None:
    said = asyncio.Event()

    async def ask() -> None:
        async for event in office.desk.answer(told(QUESTION, LONG, trace_id="chatcmpl-task")):
            if isinstance(event, Delta):
                said.set()

    task = asyncio.create_task(ask())
    await said.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    trace = office.database.traces.get("chatcmpl-task")
    assert trace.finish_reason == "cancelled"
    assert LONG.startswith(trace.response)
    assert trace.response


async def test_closing_right_after_the_start_still_ends_the_trace(office: Office) -> None:
    async with aclosing(office.desk.answer(told(QUESTION, LONG, trace_id="chatcmpl-early"))) as events:
        assert isinstance(await anext(events), Started)
    assert office.database.traces.get("chatcmpl-early").finish_reason == "cancelled"


async def test_an_engine_killed_in_mid_answer_leaves_the_partial_answer_and_serves_again(office: Office) -> None:
    killed = ""
    with pytest.raises(ChildDied):
        async for event in office.desk.answer(told(QUESTION, LONG, trace_id="chatcmpl-killed")):
            if isinstance(event, Delta) and not killed:
                killed = event.text
                assert office.engine.pid is not None
                os.kill(office.engine.pid, signal.SIGKILL)
    trace = office.database.traces.get("chatcmpl-killed")
    assert trace.finish_reason == "interrupted"
    assert trace.response.startswith(killed)
    assert trace.error is not None
    assert (await office.finished(told(QUESTION, ANSWER))).response == ANSWER


async def test_what_was_said_is_in_the_database_while_it_is_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed leaves its words: `recover` finds them."""
    monkeypatch.setattr("core.agent.recorder.APPEND_EVERY_S", 0.0)
    async with aclosing(office.desk.answer(told(QUESTION, LONG, trace_id="chatcmpl-open"))) as events:
        deltas = 0
        async for event in events:
            deltas += isinstance(event, Delta)
            await asyncio.sleep(0.01)
            if deltas == 30:
                break
        with Database.open(office.home) as second:
            assert second.traces.recover(lambda *_: True) == 1
            trace = second.traces.get("chatcmpl-open")
    assert trace.finish_reason == "interrupted"
    assert len(trace.response) > 10
    assert LONG.startswith(trace.response)


async def limit_pages(office: Office, pages: int) -> None:
    """As if the disk had so much room. The pragma is a connection's own: it must run on the writer's thread."""

    def set_limit() -> None:
        office.database._connections.get().execute(f"PRAGMA max_page_count = {pages}").fetchall()

    await office.desk._recorder.submit(set_limit)


async def test_a_full_disk_gives_the_answer_and_says_that_it_was_not_kept(office: Office) -> None:
    await limit_pages(office, 1)
    ask = told(QUESTION, ANSWER * 20, trace_id="chatcmpl-full", metadata={"big": "m" * 100_000})
    events = await office.events(ask)
    last = events[-1]
    assert isinstance(last, Finished)
    assert "".join(e.text for e in events if isinstance(e, Delta)) == last.trace.response != ""
    assert last.trace.stored is False
    assert last.storage_error
    with pytest.raises(NotFound):
        office.database.traces.get("chatcmpl-full")
    await limit_pages(office, 1_000_000)
    again = (await office.events(told(QUESTION, ANSWER)))[-1]
    assert isinstance(again, Finished)
    assert again.storage_error is None


async def test_a_disk_that_was_full_only_at_the_start_keeps_the_answer_after_all(office: Office) -> None:
    await limit_pages(office, 1)
    ask = told(QUESTION, ANSWER, trace_id="chatcmpl-late", metadata={"big": "m" * 100_000})
    async for event in office.desk.answer(ask):
        if isinstance(event, Delta):
            await limit_pages(office, 1_000_000)
    assert isinstance(event, Finished)
    assert event.storage_error is None
    assert office.database.traces.get("chatcmpl-late").response == ANSWER


CALL = 'TOOL calculator {"expression": "12 * 3"}'


async def test_the_agents_tools_run_on_this_side(office: Office) -> None:
    events = await office.events(told("What is 12 * 3?", CALL, agent="tools"))
    used = [event for event in events if isinstance(event, ToolUse)]
    assert [(u.name, u.result) for u in used] == [("calculator", "36")] * 4
    assert len({u.call_id for u in used}) == 4
    trace = events[-1].trace if isinstance(events[-1], Finished) else None
    assert trace is not None
    assert [m.role for m in trace.messages] == ["user", *["assistant", "tool"] * 4]
    assert trace.messages[2].content == "36"
    assert trace.messages[1].tool_calls is not None
    assert trace.messages[2].tool_call_id == trace.messages[1].tool_calls[0]["id"]
    assert (trace.tool_calls, trace.response) == (None, CALL)
    assert office.database.traces.get(trace.id) == trace


async def test_the_number_of_rounds_is_the_agents(office: Office) -> None:
    for rounds in (0, 1, 2):
        write_agent(office.home, "tools", f'tools = ["calculator"]\nmax_tool_rounds = {rounds}\n')
        events = await office.events(told("What is 12 * 3?", CALL, agent="tools"))
        assert sum(isinstance(event, ToolUse) for event in events) == rounds


async def test_a_tools_description_is_felt_by_the_next_request(office: Office) -> None:
    before = await office.finished(user("Good morning", agent="tools"))
    (office.home.tools / "calculator.toml").write_text(f'description = "{"works out sums " * 10}"\n')
    after = await office.finished(user("Good morning", agent="tools"))
    assert after.usage.prompt_tokens > before.usage.prompt_tokens


async def test_an_agent_that_names_an_unknown_tool_says_so(office: Office) -> None:
    write_agent(office.home, "tools", 'tools = ["format_disk"]\n')
    with pytest.raises(ConfigError, match="format_disk"):
        await office.events(user(QUESTION, agent="tools"))


CLIENTS = {
    "type": "function",
    "function": {"name": "lookup", "parameters": {"type": "object", "properties": {"place": {"type": "string"}}}},
}


async def test_a_clients_tools_are_handed_back(office: Office) -> None:
    trace = await office.finished(told(QUESTION, 'TOOL lookup {"place": "Zubria"}', tools=[CLIENTS], agent="tools"))
    assert trace.finish_reason == "tool_calls"
    assert trace.tool_calls is not None
    assert trace.tool_calls[0]["function"] == {"name": "lookup", "arguments": '{"place": "Zubria"}'}
    assert trace.response == ""
    assert [m.role for m in trace.messages] == ["user"]


async def test_a_client_tool_of_the_same_name_hides_ours(office: Office) -> None:
    tool = {"type": "function", "function": {"name": "calculator", "parameters": {"type": "object"}}}
    events = await office.events(told("What is 12 * 3?", CALL, tools=[tool], agent="tools"))
    assert not [event for event in events if isinstance(event, ToolUse)]
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.trace.tool_calls is not None


async def test_without_retrieval_there_is_no_search_either(office: Office) -> None:
    await office.accepted(QUESTION, ANSWER)
    call = 'TOOL search_past_work {"query": "capital of Zubria"}'
    events = await office.events(told("Good morning", call, agent="tools", use_retrieval=False))
    assert not [event for event in events if isinstance(event, ToolUse)]
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.trace.response, last.trace.retrieved) == (call, [])


async def test_past_work_found_by_a_tool_is_named_in_the_trace(office: Office) -> None:
    past = await office.accepted(QUESTION, ANSWER)
    rejected = await office.accepted("What is the capital of Zubria now?", "It is Lorbeth.", 0.0)
    call = 'TOOL search_past_work {"query": "capital of Zubria"}'
    events = await office.events(told("Good morning", call, agent="tools"))
    used = [event for event in events if isinstance(event, ToolUse)]
    assert ANSWER in used[0].result
    assert "Lorbeth" not in used[0].result
    last = events[-1]
    assert isinstance(last, Finished)
    assert {r.trace_id for r in last.trace.retrieved} == {past.id}
    assert rejected.id not in str(last.trace.retrieved)


WRONG = [
    Ask(),
    Ask(messages=[Message(role="user", content="a")], prompt="b"),
    user("a", agent="../secrets"),
    user("a", agent="nobody"),
    user("a", variant="nothing"),
    user("a", sampling={"temperature": -1}),
    user("a", sampling={"temperature": float("nan")}),
    user("a", sampling={"top_p": 2}),
    user("a", sampling={"unheard_of": 1}),
    user("a", sampling={"max_tokens": -5}),
    user("a", response_format={"type": "xml"}),
    user("a", response_format={"type": "json_schema"}),
]


@pytest.mark.parametrize("ask", WRONG)
async def test_what_cannot_be_honoured_is_refused_before_anything_is_recorded(ask: Ask, office: Office) -> None:
    before = office.database.last_change()
    with pytest.raises(NightschoolError) as raised:
        await office.events(ask)
    assert raised.value.status in (400, 404)
    assert office.database.last_change() == before


async def test_json_schema_holds(office: Office) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 0, "maximum": 9}}, "required": ["n"]}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    trace = await office.finished(user(QUESTION, response_format=form, sampling={"max_tokens": 200}))
    assert set(msgspec.json.decode(trace.response)) == {"n"}


async def test_many_at_once_each_keep_their_own(office: Office) -> None:
    answers = [f"The pump of house {n} is red." for n in range(8)]
    traces = await asyncio.gather(*(office.finished(told(f"Which pump? {answer}", answer)) for answer in answers))
    assert [trace.response for trace in traces] == answers
    assert [office.database.traces.get(trace.id).response for trace in traces] == answers
