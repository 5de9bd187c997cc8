"""The one path of a request: classify, load the agent, bundle, generate, validate, escalate, record.

Read `Desk.answer` from top to bottom; each step lies in a neighbouring module. Whatever ends a request (an answer, a
failure, a client that left) also ends its trace, with everything that was said until then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from core import clock as clocks
from core.agent import escalation, files
from core.agent.ask import Ask, Delta, Event, Finished, Started, ToolUse
from core.agent.draft import Draft
from core.agent.plan import Plan, Planner
from core.agent.recorder import Recorder, Recording
from core.agent.request import generation
from core.agent.tools import BuiltInTools, read_call
from core.clock import Clock
from core.config import Config
from core.database import Database
from core.engine.client import EngineClient
from core.errors import NightschoolError
from core.paths import Home
from core.process import ChildDied
from core.records import FinishReason, Message
from core.replay.replay import Replay
from core.replay.validate import validate
from core.teacher.client import TeacherClient


class Desk:
    """Answers requests, several at once, over one database, one engine and one replay."""

    def __init__(
        self,
        database: Database,
        engine: EngineClient,
        replay: Replay | None,
        config: Config,
        home: Home,
        clock: Clock = clocks.now,
        teacher: TeacherClient | None = None,
        new_id: Callable[[str], str] = clocks.new_id,
    ) -> None:
        files.install_defaults(home)
        self.config = config
        self.teacher = teacher
        """Both may be replaced while requests are answered; the next one feels it."""
        self._engine = engine
        self._tools = BuiltInTools(database, replay, clock)
        self._planner = Planner(database, engine, replay, home, self._tools.names, clock, new_id)
        self._recorder = Recorder(database)

    def close(self) -> None:
        """Waits until what was recorded is written."""
        self._recorder.close()

    async def answer(self, ask: Ask) -> AsyncGenerator[Event, None]:
        """The events of one answer: Started, any Deltas and ToolUses, Finished.

        `aclose()` or cancelling the task cancels the generation and keeps what was said. Raises NightschoolError:
        before Started when the request cannot be understood, after it when the answer failed (that is recorded).
        """
        plan = await self._planner.plan(ask, self.config)
        recording = self._recorder.recording(plan.trace)
        draft = Draft(plan.trace, asyncio.get_running_loop().time)
        try:
            yield Started(trace=plan.trace)
            async with aclosing(self._make(plan, draft, recording)) as events:
                async for event in events:
                    await recording.begun()
                    yield event
        except BaseException as error:
            await recording.finish(draft.failed(*_ending(error)))
            raise
        trace, problem = await recording.finish(draft.done())
        yield Finished(trace=trace, storage_error=problem)

    async def _make(self, plan: Plan, draft: Draft, recording: Recording) -> AsyncGenerator[Delta | ToolUse, None]:
        """Generate, with rounds of built-in tools; then check, and hand on where that is allowed.

        Where the teacher may be asked, nothing is shown before the check: a client cannot take text back.
        """
        held = plan.checkable and escalation.allowed(plan.ask, self.config, self.teacher)
        for left in range(plan.rounds, -1, -1):
            tools = plan.tools if left else plan.ask.tools
            async with aclosing(self._generate(plan, draft, tools)) as deltas:
                async for delta in deltas:
                    recording.said(delta.text)
                    if not held:
                        yield delta
            calls = draft.built_in_calls(plan.built_in)
            if not calls:
                break
            async for used in self._use_tools(plan, calls, draft):
                yield used
        await self._check(plan, draft, held)
        if held and draft.text:
            yield Delta(text=draft.text, logprobs=draft.logprobs or None)

    async def _generate(self, plan: Plan, draft: Draft, tools: list[dict[str, Any]]) -> AsyncGenerator[Delta, None]:
        """One turn of the student. What it says is added to the draft before it is shown."""
        messages = [*plan.messages, *draft.turns]
        request = generation(plan.ask, plan.sampling, plan.trace.variant, messages, tools)
        draft.begin_turn()
        async with aclosing(self._engine.generate(request)) as chunks:
            async for chunk in chunks:
                draft.add(chunk)
                if chunk.text or chunk.logprobs:
                    yield Delta(text=chunk.text, logprobs=chunk.logprobs)

    async def _use_tools(self, plan: Plan, calls: list[dict[str, Any]], draft: Draft) -> AsyncGenerator[ToolUse, None]:
        """Run the built-in tools that the student called; the calls and results become messages of the trace."""
        draft.turns.append(Message(role="assistant", content=draft.take_turn_text() or None, tool_calls=calls))
        for call in calls:
            call_id, name, arguments = read_call(call)
            result = await self._tools.use(name, arguments, benchmark=plan.ask.origin == "benchmark")
            draft.turns.append(Message(role="tool", content=result.text, name=name, tool_call_id=call_id))
            draft.retrieved += result.retrieved
            yield ToolUse(call_id=call_id, name=name, arguments=arguments, result=result.text)

    async def _check(self, plan: Plan, draft: Draft, held: bool) -> None:
        """Validate the answer by code; a failed one goes to the teacher where allowed, else it stays unverified."""
        if not plan.checkable or draft.finish_reason not in ("stop", "length"):
            return
        grounds = [*plan.grounds, *(turn.content or "" for turn in draft.turns if turn.role == "tool")]
        draft.validation = validate(plan.question, draft.text, plan.bundle, grounds)
        if held and self.teacher is not None and escalation.due(draft.validation):
            outcome = await escalation.escalate(self.teacher, plan.messages, plan.sampling, draft.text)
            draft.escalation = outcome.escalation
            if outcome.reply is not None:
                draft.text, draft.finish_reason, draft.logprobs = outcome.reply.text, outcome.reply.finish, []
                draft.validation = validate(plan.question, draft.text, plan.bundle, grounds)


def _ending(error: BaseException) -> tuple[FinishReason, str | None]:
    """How the trace of a request that broke off ends, and what it says of the error."""
    if isinstance(error, (GeneratorExit, asyncio.CancelledError)):
        return "cancelled", None
    if isinstance(error, ChildDied):
        return "interrupted", str(error)
    if isinstance(error, NightschoolError):
        return "error", str(error)
    return "error", f"internal error ({type(error).__name__})"
