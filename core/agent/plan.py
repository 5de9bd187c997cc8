"""How a request will be answered, decided before the first token: class, agent, bundle, prompt, sampling, trace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec

from core.agent import files, prompt, request
from core.agent.ask import Ask
from core.agent.tools import SEARCH
from core.agent.variants import Variants
from core.clock import Clock, stamp
from core.config import Config
from core.database import Database
from core.engine.client import EngineClient
from core.engine.records import BASE, Sampling
from core.engine.tools import describe
from core.errors import BadRequest, ConfigError
from core.paths import Home
from core.policy import classify
from core.records import Agent, Exemplar, Message, Tool, Trace
from core.replay.bundle import Bundle, block
from core.replay.replay import Replay
from core.replay.task import task_hash

log = logging.getLogger(__name__)
RAW = Agent(name="direct", description="A raw completion: no agent file is read.")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is fixed before the student speaks."""

    ask: Ask
    trace: Trace
    """As it is begun: no answer yet."""
    bundle: Bundle
    messages: list[Message]
    """As the student sees them."""
    sampling: Sampling
    tools: list[dict[str, Any]]
    built_in: frozenset[str]
    """Names of the tools that run on this side."""
    rounds: int
    """How often the student may use these before it must answer."""
    question: str
    grounds: tuple[str, ...] = ()
    """Further text that an answer may rest on: what the client and the agent said, never what the student did."""

    @property
    def checkable(self) -> bool:
        """Only what had a bundle can be validated."""
        return not self.bundle.empty


class Planner:
    """Makes plans; reads the agent's files anew for each."""

    def __init__(
        self,
        database: Database,
        engine: EngineClient,
        replay: Replay | None,
        home: Home,
        tool_names: frozenset[str],
        clock: Clock,
        new_id: Callable[[str], str],
    ) -> None:
        self._database, self._engine, self._replay, self._home = database, engine, replay, home
        self._variants = Variants(engine, home)
        self._tool_names, self._clock, self._new_id = tool_names, clock, new_id

    async def plan(self, ask: Ask, config: Config) -> Plan:
        """Raises BadRequest, NotFound or ConfigError for what cannot be honoured; nothing has happened then."""
        arrived = stamp(self._clock())
        said = asked_messages(ask)
        agent = RAW if ask.prompt is not None else files.load_agent(self._home, ask.agent or config.agent.default)
        tools, built_in = request.offered(ask, self._built_in(ask, agent, config))
        sampling = request.sampling(ask, agent, config.engine.max_tokens)
        request.answer_format(ask.response_format)
        await self._awake()
        bundle, messages = Bundle(), list[Message]()
        if ask.prompt is None:
            bundle = await self._bundle(ask, agent, said, config)
            bundle = await self._fitted(said, agent, bundle, tools, sampling)
            messages = prompt.assemble(said, agent, bundle)
        return Plan(
            ask=ask,
            trace=await self._trace(ask, agent, said, bundle, arrived),
            bundle=bundle,
            messages=messages,
            sampling=sampling,
            tools=tools,
            built_in=built_in,
            rounds=agent.max_tool_rounds if built_in else 0,
            question=classify.last_user_text(said),
            grounds=(agent.system_prompt, *(m.content or "" for m in said if m.role != "assistant")),
        )

    async def _awake(self) -> None:
        """A model that was unloaded for idleness is known again only once it is back. Raises ModelUnavailable."""
        if self._engine.info is None:
            await self._engine.count_tokens("")

    async def _trace(self, ask: Ask, agent: Agent, said: list[Message], bundle: Bundle, arrived: str) -> Trace:
        """The trace as it is begun."""
        query_class, complexity = classify.classify(said, ask.tools)
        variant = ask.variant or agent.models.get(query_class, BASE)
        adapter = await self._variants.adapter(variant, chosen_by=None if ask.variant else agent.name)
        info = self._engine.info
        return Trace(
            id=ask.trace_id or self._new_id("chatcmpl-"),
            created_at=arrived,
            client=ask.client,
            conversation_id=ask.conversation_id,
            role=ask.role,
            agent=agent.name,
            query_class=query_class,
            complexity=complexity,
            messages=said,
            model=info.name if info else "",
            adapter=adapter,
            variant=variant,
            prompt_id=files.prompt_id(agent),
            retrieved=bundle.retrieved,
            retrieval_mode=bundle.mode,
            task_hash=bundle.task_hash or task_hash(classify.task_text(said)),
            bundle=block(bundle),
            origin=ask.origin,
            metadata=ask.metadata,
            stored=ask.store,
        )

    def _built_in(self, ask: Ask, agent: Agent, config: Config) -> list[Tool]:
        """The agent's tools as their files say. Raises ConfigError for one that has no implementation here.

        Without retrieval there is no search either: the baseline would not be one.
        """
        unknown = [name for name in agent.tools if name not in self._tool_names]
        if unknown:
            raise ConfigError(
                f"The agent {agent.name!r} names a tool that does not exist: {unknown[0]!r}.",
                hint=f"There are: {', '.join(sorted(self._tool_names))}.",
            )
        searching = ask.use_retrieval and config.replay.enabled
        return files.load_tools(self._home, [name for name in agent.tools if searching or name != SEARCH])

    async def _bundle(self, ask: Ask, agent: Agent, said: list[Message], config: Config) -> Bundle:
        """What replay finds, after the agent's own exemplars. Only an explicit flag switches retrieval off."""
        if not agent.replay or self._replay is None:
            found = Bundle(mode="none")
        elif not (ask.use_retrieval and config.replay.enabled):
            found = Bundle(mode="off")
        else:
            task = classify.task_text(said)
            benchmark = ask.origin == "benchmark"
            found = await self._replay.bundle(task, conversation_id=ask.conversation_id, benchmark=benchmark)
        fixed = await asyncio.to_thread(self._fixed, agent) if agent.exemplars else []
        return prompt.with_fixed(found, fixed)

    def _fixed(self, agent: Agent) -> list[Exemplar]:
        """The agent's few-shot exemplars that are still accepted: a later "no", or deletion, takes one out at once."""
        known = self._database.exemplars.of_traces(agent.exemplars)
        for trace_id in agent.exemplars:
            if trace_id not in known:
                log.warning("agent %s: its exemplar %s is not accepted work, and is not shown", agent.name, trace_id)
        return [known[i] for i in agent.exemplars if i in known and known[i].kind == "accepted"]

    async def _fitted(
        self, said: list[Message], agent: Agent, bundle: Bundle, tools: list[dict[str, Any]], sampling: Sampling
    ) -> Bundle:
        """The bundle cut so that prompt and answer fit the context; half of it is the most an answer may claim."""
        info = self._engine.info
        if info is None or bundle.empty:
            return bundle
        room = info.n_ctx - min(sampling.max_tokens or 0, info.n_ctx // 2)
        block_of_tools = [Message(role="system", content=describe(tools))] if tools else []
        return await prompt.fit([*block_of_tools, *said], agent, bundle, room, self._engine.count_tokens)


def asked_messages(ask: Ask) -> list[Message]:
    """What the client sent, as the trace keeps it. Raises BadRequest for nothing at all, or for both forms."""
    if (ask.prompt is None) == (not ask.messages):
        raise BadRequest("A request has either messages or a prompt.", param="messages")
    return list(ask.messages) if ask.prompt is None else [Message(role="user", content=ask.prompt)]
