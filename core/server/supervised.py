"""The server of this home, as a program with a window sees it: started, watched, restarted, or somebody else's.

No Qt here. One task decides: a server that runs already is used and followed; else one is started as a child,
whose every ending has a name. Its states come as lines on its stdout, so nothing is polled.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import msgspec

from core.errors import ConfigError, ModelUnavailable, NightschoolError
from core.lock import HomeLock
from core.paths import Home
from core.process import WORDS, Backoff, Ending, name_ending
from core.records import Record
from core.server import presence
from core.server.presence import Presence
from core.server.reach import ServerClient, key_of
from core.server.spawn import Died, Spawned

log = logging.getLogger(__name__)
ServerState = Literal["starting", "loading", "ready", "restarting", "failed", "stopped"]
Retrieval = Literal["hybrid", "lexical", "off", "unknown"]
ARGUMENTS = ("--ready-json", "--stop-with-stdin", "--tell-states")
GRACE_S = 5.0
HEALTH_EVERY_S = 5.0
ALIVE_EVERY_S = 1.0
SOON_S = 0.3
PATIENCE_S = 60.0
"""How long another server of this home may take to start or to end, before the person is told."""


class ServerStatus(Record, frozen=True):
    """How the server stands. problem: what a person may read; ending: how it, or its engine, ended last.

    own: False for a server of this home that somebody else started. restart_in_s: while `restarting` waits.
    """

    state: ServerState
    url: str | None = None
    model: str | None = None
    problem: str | None = None
    ending: Ending | None = None
    own: bool = True
    retrieval: Retrieval = "unknown"
    restart_in_s: float | None = None


STARTING = ServerStatus(state="starting")


class ServerChild:
    """Keeps a server within reach from `start` to `stop`. All methods belong to one event loop."""

    def __init__(
        self,
        home: Home,
        *,
        on_change: Callable[[ServerStatus], None],
        backoff: Backoff | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        """arguments: further ones for `serve` (`--model`). on_change hears each status that differs from the last."""
        self.status = ServerStatus(state="stopped")
        self._home = home
        self._on_change = on_change
        self._backoff = backoff or Backoff()
        self._arguments = (*ARGUMENTS, *arguments)
        self._task: asyncio.Task[None] | None = None
        self._spawned: Spawned | None = None
        self._other: Presence | None = None
        self._client: ServerClient | None = None
        self._ready_at: float | None = None
        self._told: dict[str, Any] = {}
        self._turn = asyncio.Lock()
        self._waiters: set[asyncio.Future[None]] = set()

    @property
    def pid(self) -> int | None:
        """The server's process, whoever started it."""
        if self._spawned is not None and self._spawned.pid is not None:
            return self._spawned.pid
        return self._other.pid if self._other is not None else None

    # ---- for the program --------------------------------------------------------------------------------

    async def start(self) -> None:
        """Returns at once; the rest is told to on_change. Does nothing while it is started already."""
        async with self._turn:
            self._begin()

    async def stop(self) -> None:
        """End our own server, and leave somebody else's alone. No orphan is left."""
        async with self._turn:
            await self._end()
            self._set(ServerStatus(state="stopped", ending="stopped"))

    async def restart(self) -> None:
        """For settings that want a restart, a new model, or another try after `failed`. Returns at once after the end.

        Raises ConfigError for a server that somebody else started.
        """
        async with self._turn:
            if self._other is not None:
                raise ConfigError(
                    f"The server of this home (process {self._other.pid}) was started elsewhere.",
                    hint="Stop it where it was started; then this program starts its own.",
                )
            await self._end()
            self._begin()

    async def wait_ready(self, timeout_s: float = 120.0) -> None:
        """Return when answers can be had. Raises ModelUnavailable when it failed, was stopped, or takes too long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self.status.state not in ("ready", "failed", "stopped"):
                    await self._change()
        if self.status.state != "ready":
            raise self._unavailable()

    def client(self) -> ServerClient:
        """The client of the server that runs now; it is closed here. Raises ModelUnavailable with what to read."""
        if self._client is None:
            raise self._unavailable()
        return self._client

    def _unavailable(self) -> ModelUnavailable:
        words: dict[ServerState, str] = {
            "failed": "The server could not be started.",
            "stopped": "The server is not running.",
            "restarting": "The server is being restarted.",
        }
        problem = self.status.problem if self.status.state == "failed" else None
        message = problem or words.get(self.status.state, "The student is still loading.")
        return ModelUnavailable(message, hint="" if problem else "Try again in a moment.")

    # ---- life -------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self._task is None:
            self._set(STARTING)
            self._task = asyncio.get_running_loop().create_task(self._supervise(), name="supervise server")
            self._task.add_done_callback(self._ended)

    async def _end(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._disconnect()  # our own answers end now: only others' are waited for
        spawned, self._spawned = self._spawned, None
        if spawned is not None:
            await spawned.stop(GRACE_S)

    async def _supervise(self) -> None:
        attempt = 0
        while True:
            if await self._use_other():
                attempt = 0
                continue
            died = await self._run_own()
            if presence.ALREADY in died.words:
                continue  # another was quicker
            if self._was_healthy():
                attempt = 0
            ending = self._name(died)
            if ending == "failed_to_start" or attempt >= self._backoff.tries:
                self._set(ServerStatus(state="failed", ending=ending, problem=given_up(ending, died.words)))
                await self._wait_for_other()
                attempt = 0
                continue
            delay = self._backoff.delay(attempt)
            problem = f"The server {WORDS[ending]}."
            self._set(ServerStatus(state="restarting", ending=ending, problem=problem, restart_in_s=delay))
            await asyncio.sleep(delay)
            attempt += 1

    def _was_healthy(self) -> bool:
        now = asyncio.get_running_loop().time()
        return self._ready_at is not None and now - self._ready_at > self._backoff.healthy_after

    def _name(self, died: Died) -> Ending:
        """One that says why it does not start (a newer database, a broken setting) would say the same again."""
        if died.returncode is None or (died.returncode > 0 and self._ready_at is None):
            return "failed_to_start"
        return name_ending(died.returncode, asked=False)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A bug ended the watching: it must not look as if all were well."""
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("the server is no longer watched", exc_info=bug)
            problem = f"Something went wrong inside Nightschool ({type(bug).__name__})."
            self._set(ServerStatus(state="failed", problem=problem))

    # ---- our own ----------------------------------------------------------------------------------------

    async def _run_own(self) -> Died:
        """From the start of a child to its end. Raises ConfigError when its key cannot be read."""
        heard: asyncio.Queue[bytes | Died] = asyncio.Queue()
        self._ready_at, self._told = None, {}
        again = self.status.state == "restarting"
        self._set(ServerStatus(state="restarting", ending=self.status.ending) if again else STARTING)
        self._spawned = Spawned(self._home, self._arguments, on_line=heard.put_nowait, on_end=heard.put_nowait)
        while not isinstance(item := await heard.get(), Died):
            await self._heard(item)
        self._spawned = None
        await self._disconnect()
        return item

    async def _heard(self, line: bytes) -> None:
        try:
            told = msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError:
            return
        if "url" in told:
            key = await asyncio.to_thread(key_of, str(told["token_file"]))
            self._client = ServerClient(str(told["url"]), key)
            self._ready_at = asyncio.get_running_loop().time()
        elif told.get("state") in get_args(ServerState):
            self._told = told
        self._set(self._own_status(self._told))

    def _own_status(self, told: dict[str, Any]) -> ServerStatus:
        """Ready is told when it can be reached, too."""
        state = told.get("state", "loading")
        return ServerStatus(
            state="loading" if state == "ready" and self._client is None else state,
            url=self._client.url if self._client is not None else None,
            model=told.get("model"),
            problem=told.get("problem"),
            ending=told.get("ending"),
            retrieval=told.get("retrieval", "unknown"),
        )

    # ---- somebody else's --------------------------------------------------------------------------------

    async def _use_other(self) -> bool:
        """Use a server that runs, starts or stops, as long as it does. False when there is none."""
        waited = 0.0
        used = False
        while True:
            found = await asyncio.to_thread(presence.find, self._home)
            if found is not None:
                await self._follow(found)
                used, waited = True, 0.0
            elif await asyncio.to_thread(free, self._home):
                return used
            else:
                self._set(self._awaiting(waited))
                await asyncio.sleep(SOON_S)
                waited += SOON_S
                used = True

    def _awaiting(self, waited: float) -> ServerStatus:
        if waited < PATIENCE_S:
            return ServerStatus(state="starting", own=False)
        holder = HomeLock(self._home.lock("server")).holder() or "unknown"
        problem = f"Another server of this home (process {holder}) has neither started nor ended. Stop it, or wait."
        return ServerStatus(state="failed", own=False, problem=problem)

    async def _follow(self, other: Presence) -> None:
        """Until it is gone."""
        self._other = other
        try:
            client = self._client = ServerClient(other.url, await asyncio.to_thread(key_of, other.token_file))
            loop, asked_at = asyncio.get_running_loop(), -HEALTH_EVERY_S
            while await asyncio.to_thread(presence.find, self._home) == other:
                settled = self.status.state == "ready" and self.status.url == other.url
                if loop.time() - asked_at >= (HEALTH_EVERY_S if settled else SOON_S):
                    self._set(await asked(client))
                    asked_at = loop.time()
                await asyncio.sleep(ALIVE_EVERY_S if settled else SOON_S)
        except ConfigError as error:
            self._set(ServerStatus(state="failed", own=False, problem=str(error)))
            await asyncio.sleep(HEALTH_EVERY_S)
        finally:
            self._other = None
            await self._disconnect()

    async def _wait_for_other(self) -> None:
        """Ours was given up: only somebody else's, or the person's word (`restart`), changes that."""
        while await asyncio.to_thread(presence.find, self._home) is None:  # noqa: ASYNC110 - another's process
            await asyncio.sleep(HEALTH_EVERY_S)

    # ---- telling ----------------------------------------------------------------------------------------

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _set(self, status: ServerStatus) -> None:
        if status == self.status:
            return
        self.status = status
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._on_change(status)

    async def _change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)


def free(home: Home) -> bool:
    """Whether no server holds this home: none runs, starts or stops."""
    lock = HomeLock(home.lock("server"))
    if lock.acquire():
        lock.release()
        return True
    return False


def given_up(ending: Ending, words: str) -> str:
    """What the person reads: that it does not work, and the server's own last words."""
    return f"The server {WORDS[ending]}. {' '.join(words.splitlines())}".strip()


async def asked(client: ServerClient) -> ServerStatus:
    """The status of a server that tells us nothing by itself."""
    try:
        told = await client.health()
    except ModelUnavailable as error:  # it lives, but does not answer now
        return ServerStatus(state="restarting", own=False, problem=str(error))
    except NightschoolError as error:
        return ServerStatus(state="failed", own=False, problem=str(error))
    states: dict[Any, ServerState] = {"ok": "ready", "failed": "failed"}
    coming: ServerState = "restarting" if told.get("engine") == "restarting" else "loading"
    replay = told.get("replay") or {}
    return ServerStatus(
        state=states.get(told.get("status"), coming),
        url=client.url,
        model=told.get("model"),
        problem=told.get("problem"),
        own=False,
        retrieval=replay.get("mode", "unknown"),
    )
