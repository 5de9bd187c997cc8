"""The built-in tools that a student may use on this side; all of them only read.

Whatever a tool says is bounded in size and goes back as a `tool` message: data, never instructions. A wrong argument is
told to the student, who may try again; it never fails the request.
"""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from core.agent.calculator import CannotCalculate, calculate
from core.clock import Clock
from core.database import Database
from core.records import Exemplar, Record, Retrieved
from core.replay.bundle import neutralise
from core.replay.replay import Replay

SEARCH = "search_past_work"
MAX_RESULT = 2_000
MAX_QUERY = 1_000
FOUND = 3
"""Pieces of past work that a search gives."""


class ToolResult(Record, frozen=True):
    """What a tool said, and the past work it showed."""

    text: str
    retrieved: tuple[Retrieved, ...] = ()


class BuiltInTools:
    """The implementations, by the names that agent files use."""

    def __init__(self, database: Database, replay: Replay | None, clock: Clock) -> None:
        self._database = database
        self._replay = replay
        self._clock = clock
        self._tools: dict[str, Callable[[str], Awaitable[ToolResult]]] = {
            "calculator": self._calculate,
            "current_time": self._time,
        }

    @property
    def names(self) -> frozenset[str]:
        return frozenset({SEARCH, *self._tools})

    async def use(self, name: str, arguments: str, *, benchmark: bool = False) -> ToolResult:
        """Run one call. `arguments` is the JSON text that the student wrote, with one string argument.

        benchmark: past work that is sealed is hidden.
        """
        value = only_argument(arguments)
        if value is None:
            return ToolResult(text='Error: the arguments must be {"argument": "value"}.')
        if name == SEARCH:
            result = await self._search(value, benchmark)
        else:
            result = await self._tools[name](value)
        return result if len(result.text) <= MAX_RESULT else ToolResult(text=f"{result.text[: MAX_RESULT - 1]}…")

    async def _calculate(self, expression: str) -> ToolResult:
        try:
            return ToolResult(text=calculate(expression))
        except CannotCalculate as refused:
            return ToolResult(text=f"Error: {refused}.")

    async def _time(self, zone: str) -> ToolResult:
        found = await asyncio.to_thread(find_zone, zone)
        if found is None:
            return ToolResult(text="Error: that zone is unknown; name one such as Europe/Berlin or UTC.")
        return ToolResult(text=told_time(self._clock(), found))

    async def _search(self, query: str, benchmark: bool) -> ToolResult:
        if self._replay is None:
            return ToolResult(text="Error: past work cannot be searched now.")
        found = await self._past_work(self._replay, query[:MAX_QUERY], benchmark)
        if not found:
            return ToolResult(text="Nothing found.")
        text, shown = "", list[Retrieved]()
        for exemplar in found:
            piece = f"Q: {neutralise(exemplar.task)}\nA: {neutralise(exemplar.answer)}\n"
            if len(text) + len(piece) > MAX_RESULT and shown:
                break
            text += piece
            shown.append(Retrieved(trace_id=exemplar.trace_id, kind=exemplar.kind, injected=True))
        return ToolResult(text=text.rstrip()[:MAX_RESULT], retrieved=tuple(shown))

    async def _past_work(self, replay: Replay, query: str, benchmark: bool) -> list[Exemplar]:
        """Accepted work that replay would inject, else what shares words with the query (which knows no seals)."""
        bundle = await replay.bundle(query, benchmark=benchmark)
        if bundle.exemplars or benchmark:
            return list(bundle.exemplars[:FOUND])
        return await asyncio.to_thread(self._by_words, query)

    def _by_words(self, query: str) -> list[Exemplar]:
        rows = [row for row, _ in self._database.exemplars.search(query, FOUND * 2)]
        exemplars = self._database.exemplars.get(rows)
        return [exemplars[row] for row in rows if row in exemplars and exemplars[row].kind == "accepted"][:FOUND]


def read_call(call: dict[str, Any]) -> tuple[str, str, str]:
    """(id, name, arguments as JSON text) of a call in OpenAI's shape."""
    return str(call["id"]), str(call["function"]["name"]), str(call["function"]["arguments"])


def only_argument(arguments: str) -> str | None:
    """The value of the one argument, whatever the student called it; None when there is not exactly one."""
    try:
        given: Any = json.loads(arguments)
    except (ValueError, RecursionError):
        return None
    values = list(given.values()) if isinstance(given, dict) else []
    if len(values) != 1 or isinstance(values[0], (dict, list)) or values[0] is None:
        return None
    return str(values[0])


@functools.cache
def _zones() -> dict[str, str]:
    """Names and cities, casefolded, to zone names; read once (it lists a folder tree, 0.15 s)."""
    zones = {zone.casefold(): zone for zone in sorted(available_timezones())}
    cities = {zone.rpartition("/")[2]: full for zone, full in zones.items() if "/" in zone}
    return {**cities, **zones}


def find_zone(name: str) -> ZoneInfo | None:
    """A time zone by its name in the zone database, or by its city alone; None when there is none."""
    found = _zones().get(name.strip().replace(" ", "_").casefold())
    return ZoneInfo(found) if found else None


def told_time(moment: datetime, zone: ZoneInfo) -> str:
    """`14:05 on Saturday 2026-11-21 in Europe/Berlin (UTC+01:00)`."""
    local = moment.astimezone(zone)
    offset = local.isoformat()[-6:]
    day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[local.weekday()]
    return f"{local:%H:%M} on {day} {local:%Y-%m-%d} in {zone.key} (UTC{offset})"
