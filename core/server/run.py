"""Runs one server for a home: builds its parts, says when it can answer, and ends so that nothing is lost.

The order matters. The lock comes first (one server a home), then the database with the traces that a killed server
left open, then the port; the models load behind it, so that /health can say `loading`. At the end the engine stops
first: answers under way end as `interrupted` with what was said, their clients get a clean end, and only then are
the sockets closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from types import FrameType

import uvicorn

from core import clock as clocks
from core import config as configuration
from core.agent.desk import Desk
from core.config import Config
from core.database import Database
from core.engine.client import EngineClient
from core.errors import ConfigError, NightschoolError
from core.forget.deleted import behind, clean_deleted
from core.forget.intents import Intents
from core.paths import Home
from core.process import ChildDied
from core.records import settle_types
from core.replay.embedder import Embedder
from core.replay.replay import Replay
from core.server import presence, settings, sockets, states
from core.server import token as tokens
from core.server.app import create_app
from core.server.limiter import Limiter
from core.server.parent import Parent
from core.server.parts import Parts
from core.server.protocol import MAX_HEAD_BYTES, protocol_class
from core.server.states import Ready, State
from core.server.student import chosen_model

log = logging.getLogger(__name__)
CATCH_UP_EVERY_S = 0.5
FOLLOW_EVERY_S = 1.0
GRACE_S = 5
PER_TRACE_A_MINUTE = 10


@dataclass(frozen=True)
class Launch:
    """What one run differs in from the settings.

    model: a student other than the chosen one. parent: the server ends with it. on_ready is called once, when
    requests can be answered (or when it is known that no model can be loaded); on_state with the first state of
    engine and retrieval, and with each change.
    """

    host: str | None = None
    port: int | None = None
    model: str | None = None
    parent: Parent | None = None
    on_ready: Callable[[Ready], None] = lambda ready: None
    on_state: Callable[[State], None] | None = None


def run(home: Home, launch: Launch) -> None:
    """Serve until SIGTERM or SIGINT. Raises NightschoolError when it cannot start."""
    settle_types()
    sockets.raise_descriptor_limit()
    asyncio.run(serve(home, launch))


async def serve(home: Home, launch: Launch) -> None:
    parent_gone = launch.parent.attach() if launch.parent is not None else None
    config = configuration.load(home)
    lock = presence.take_lock(home)
    try:
        token_file = key_file(home, config)
        token = tokens.read(token_file) if config.server.api_key_file else tokens.load_or_create(token_file)
        listener = sockets.bind(
            launch.host or config.server.host,
            config.server.port if launch.port is None else launch.port,
            config.server,
            own_key=bool(config.server.api_key_file),
        )
        with contextlib.closing(listener):
            async with built(home, config, listener) as parts:
                ready = Ready(sockets.url_of(listener), str(token_file), presence.own_pid())
                await answer_until_stopped(parts, listener, token, ready, launch, parent_gone)
    finally:
        presence.withdraw(home)
        lock.release()


def key_file(home: Home, config: Config) -> Path:
    if not config.server.api_key_file:
        return home.token_file
    path = Path(config.server.api_key_file).expanduser()
    if not path.is_file():
        raise ConfigError(f"server.api_key_file names {path}, which is not there.")
    return path


@asynccontextmanager
async def built(home: Home, config: Config, listener: socket) -> AsyncIterator[Parts]:
    """The parts over an open database; what a killed server left open is closed first."""
    database = await asyncio.to_thread(Database.open, home)
    with contextlib.ExitStack() as closing:
        closing.callback(database.close)
        recovered = await asyncio.to_thread(database.traces.recover)
        if recovered:
            log.warning("%d answers were cut off when the server ended; they are kept as interrupted", recovered)
        changed = asyncio.Event()
        engine = EngineClient(config.engine, on_state=lambda _: changed.set())
        embedder = Embedder(config.replay, egress_log=home.egress_log)
        replay = Replay(database, embedder, config.replay, home)
        desk = Desk(database, engine, replay, config, home, clocks.now, settings.teacher_of(home, config))
        closing.callback(desk.close)
        yield Parts(
            home=home,
            config=config,
            database=database,
            engine=engine,
            embedder=embedder,
            replay=replay,
            desk=desk,
            clock=clocks.now,
            make_id=clocks.new_id,
            changed=changed,
            port=listener.getsockname()[1],
            feedback_limit=Limiter(
                config.server.feedback_per_minute, config.server.feedback_per_minute, time.monotonic
            ),
            trace_limit=Limiter(PER_TRACE_A_MINUTE, PER_TRACE_A_MINUTE, time.monotonic),
        )


async def answer_until_stopped(
    parts: Parts, listener: socket, token: str, ready: Ready, launch: Launch, parent_gone: asyncio.Event | None
) -> None:
    server = Quiet(uvicorn_config(parts, token))
    stop = asyncio.Event()
    handle_signals(stop)
    web = asyncio.create_task(server.serve(sockets=[listener]), name="web")
    background = begin_background(parts, launch)
    if launch.parent is not None and parent_gone is not None:
        unused = stop_when_unused(parts, launch.parent, parent_gone, stop)
        background.append(asyncio.create_task(unused, name="parent"))
    waiting = asyncio.create_task(stop.wait())
    try:
        loading = asyncio.create_task(start_engine(parts, launch.model), name="engine")
        background.append(loading)
        await asyncio.wait({loading, web, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if loading.done() and not stop.is_set():
            loading.result()
            presence.announce(parts.home, ready.url, Path(ready.token_file))
            launch.on_ready(ready)
            await asyncio.wait({web, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        await shut_down(parts, server, web, background)


def begin_background(parts: Parts, launch: Launch) -> list[asyncio.Task[None]]:
    """What goes on beside the answers."""
    tasks = [
        asyncio.create_task(start_retrieval(parts), name="retrieval"),
        asyncio.create_task(follow_database(parts), name="database"),
        asyncio.create_task(settings.follow(parts), name="settings"),
        asyncio.create_task(finish_forgetting(parts), name="forgetting"),
        asyncio.create_task(follow_deletions(parts), name="deletions"),
    ]
    if launch.on_state is not None:
        tasks.append(asyncio.create_task(states.tell(parts, launch.on_state), name="states"))
    for task in tasks:
        task.add_done_callback(tell_of_bug)
    return tasks


async def shut_down(
    parts: Parts, server: uvicorn.Server, web: asyncio.Task[None], background: list[asyncio.Task[None]]
) -> None:
    """Engine first, so that answers under way end as interrupted; then the web; then the rest."""
    parts.stopping.set()
    parts.changed.set()
    await parts.engine.stop()
    server.should_exit = True
    await asyncio.gather(web, return_exceptions=True)
    for task in background:
        task.cancel()
    await asyncio.gather(*background, return_exceptions=True)
    await parts.replay.stop()
    await parts.embedder.stop()
    if web.done() and not web.cancelled() and web.exception() is not None:
        raise web.exception()  # type: ignore[misc]


async def start_engine(parts: Parts, model: str | None) -> None:
    """Load the student. One that cannot be loaded is told in /health and the log; the rest of the server works."""
    try:
        path = chosen_model(parts.home, parts.config, model)
        await parts.engine.start(parts.engine.spec(path))
    except NightschoolError as error:
        parts.problem = error
        if parts.engine.problem is None and not isinstance(error, ChildDied):
            parts.engine.problem = error  # so that every request is told it, too
        parts.changed.set()
        if not parts.stopping.is_set():
            log.error("no model is loaded: %s", error)


async def start_retrieval(parts: Parts) -> None:
    """The embedder takes seconds to import; until it is there, retrieval is by words."""
    try:
        await parts.embedder.start()
    except NightschoolError as error:
        log.error("retrieval stays lexical: %s", error)
    await parts.replay.start()


async def follow_database(parts: Parts) -> None:
    """What other processes wrote (the desktop, the CLI, the night) becomes retrievable too, nearly at once."""
    seen, told = -1, ""
    while True:
        await asyncio.sleep(CATCH_UP_EVERY_S)
        try:
            parts.database.check_file()
            # In the loop: it takes some microseconds, and the way through a thread a hundred times that.
            last = parts.database.last_change()
            if last != seen:
                await parts.replay.catch_up()
                seen = last
            told = ""
        except NightschoolError as error:
            if str(error) != told:
                told = str(error)
                log.error("the index is behind the database: %s", error)


async def finish_forgetting(parts: Parts) -> None:
    """What was begun to be forgotten and was interrupted is taken up; it waits for this server's own index."""
    intents = Intents(parts.home)
    if intents.wait():
        from core.forget.forget import Forgetting

        finish = Forgetting(parts.home, parts.database).finish
        try:
            receipts = await asyncio.to_thread(finish, now=parts.clock())
        except NightschoolError as error:
            log.error("what was begun to be forgotten could not be finished: %s", error)
        else:
            log.warning("%d interrupted forgettings were finished", len(receipts))
    for path in intents.unreadable():
        log.error("a forgetting was begun that cannot be read; forget the same again: %s", path.name)


async def follow_deletions(parts: Parts) -> None:
    """Out of made files goes what a killed deletion left there, and what had to wait until an evidence run ended."""
    while True:
        parts.deleted.clear()
        try:
            await asyncio.to_thread(clean_deleted, parts.home, parts.database)
            waits = await asyncio.to_thread(behind, parts.database)
        except NightschoolError as error:
            log.error("what was deleted still stands in files: %s", error)
            waits = False
        if waits:
            await asyncio.sleep(FOLLOW_EVERY_S)
        else:
            await parts.deleted.wait()


def tell_of_bug(task: asyncio.Task[None]) -> None:
    """A background task that dies must not do so unseen."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("the %s task of the server died", task.get_name(), exc_info=error)


async def stop_when_unused(parts: Parts, parent: Parent, gone: asyncio.Event, stop: asyncio.Event) -> None:
    """The parent's own requests ended with it; another command that found this server meanwhile gets its answer."""
    await gone.wait()
    presence.withdraw(parts.home)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(parent.grace_s):
            while parts.engine.busy:  # noqa: ASYNC110 - asked once in a server's life; no event is worth that
                await asyncio.sleep(0.05)
    stop.set()


def handle_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def asked(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    numbers = [signal.SIGTERM, signal.SIGINT]
    if sys.platform == "win32":
        numbers.append(signal.SIGBREAK)
    for number in numbers:
        signal.signal(number, asked)


class Quiet(uvicorn.Server):
    """uvicorn without its own signal handlers: ours end the engine first."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


def uvicorn_config(parts: Parts, token: str) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(parts, token=token),
        http=protocol_class(lambda: parts.config.server.read_timeout_s),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
    )
