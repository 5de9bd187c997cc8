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
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from socket import socket
from types import FrameType

import msgspec
import uvicorn

from core import clock as clocks
from core import config as configuration
from core.agent.desk import Desk
from core.config import Config
from core.database import Database
from core.engine.client import EngineClient
from core.errors import ConfigError, NightschoolError
from core.paths import Home
from core.process import ChildDied
from core.records import settle_types
from core.replay.embedder import Embedder
from core.replay.replay import Replay
from core.server import presence, settings, sockets
from core.server import token as tokens
from core.server.app import create_app
from core.server.limiter import Limiter
from core.server.parts import Parts
from core.server.protocol import MAX_HEAD_BYTES, protocol_class
from core.server.student import chosen_model

log = logging.getLogger(__name__)
CATCH_UP_EVERY_S = 2.0
GRACE_S = 5
LAST_ANSWERS_S = 10.0
"""How long a server that lost its parent finishes the answers of others, before it ends."""
PER_TRACE_A_MINUTE = 10


class Ready(msgspec.Struct, frozen=True):
    """The one line that scripts read."""

    url: str
    token_file: str
    pid: int


def run(
    home: Home,
    *,
    host: str | None = None,
    port: int | None = None,
    model: str | None = None,
    stop_with_stdin: bool = False,
    on_ready: Callable[[Ready], None] = lambda ready: None,
) -> None:
    """Serve until SIGTERM or SIGINT. Raises NightschoolError when it cannot start.

    on_ready is called once, when requests can be answered (or when it is known that no model can be loaded).
    model: a student other than the chosen one, for this run.
    """
    settle_types()
    sockets.raise_descriptor_limit()
    asyncio.run(serve(home, host=host, port=port, model=model, stop_with_stdin=stop_with_stdin, on_ready=on_ready))


async def serve(
    home: Home,
    *,
    host: str | None,
    port: int | None,
    model: str | None,
    stop_with_stdin: bool,
    on_ready: Callable[[Ready], None],
) -> None:
    config = configuration.load(home)
    lock = presence.take_lock(home)
    try:
        token_file = key_file(home, config)
        token = tokens.read(token_file) if config.server.api_key_file else tokens.load_or_create(token_file)
        listener = sockets.bind(
            host or config.server.host,
            config.server.port if port is None else port,
            config.server,
            own_key=bool(config.server.api_key_file),
        )
        with contextlib.closing(listener):
            async with built(home, config, listener) as parts:
                await answer_until_stopped(parts, listener, token, token_file, model, stop_with_stdin, on_ready)
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
        engine = EngineClient(config.engine)
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
            port=listener.getsockname()[1],
            feedback_limit=Limiter(
                config.server.feedback_per_minute, config.server.feedback_per_minute, time.monotonic
            ),
            trace_limit=Limiter(PER_TRACE_A_MINUTE, PER_TRACE_A_MINUTE, time.monotonic),
        )


async def answer_until_stopped(
    parts: Parts,
    listener: socket,
    token: str,
    token_file: Path,
    model: str | None,
    stop_with_stdin: bool,
    on_ready: Callable[[Ready], None],
) -> None:
    server = Quiet(uvicorn_config(parts, token))
    stop = asyncio.Event()
    handle_signals(stop)
    web = asyncio.create_task(server.serve(sockets=[listener]), name="web")
    background = [
        asyncio.create_task(start_retrieval(parts), name="retrieval"),
        asyncio.create_task(follow_database(parts), name="database"),
        asyncio.create_task(settings.follow(parts), name="settings"),
    ]
    for task in background:
        task.add_done_callback(tell_of_bug)
    if stop_with_stdin:
        ended = asyncio.Event()
        set_at_end_of_stdin(ended)
        background.append(asyncio.create_task(stop_when_unused(parts, ended, stop), name="parent"))
    waiting = asyncio.create_task(stop.wait())
    try:
        loading = asyncio.create_task(start_engine(parts, model), name="engine")
        background.append(loading)
        await asyncio.wait({loading, web, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if loading.done() and not stop.is_set():
            loading.result()
            presence.announce(parts.home, sockets.url_of(listener), token_file)
            on_ready(Ready(sockets.url_of(listener), str(token_file), presence.own_pid()))
            await asyncio.wait({web, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        await shut_down(parts, server, web, background)


async def shut_down(
    parts: Parts, server: uvicorn.Server, web: asyncio.Task[None], background: list[asyncio.Task[None]]
) -> None:
    """Engine first, so that answers under way end as interrupted; then the web; then the rest."""
    parts.stopping.set()
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
    """What other processes wrote (the CLI, the night) becomes retrievable too."""
    while True:
        await asyncio.sleep(CATCH_UP_EVERY_S)
        try:
            await parts.replay.catch_up()
        except NightschoolError as error:
            log.error("the index is behind the database: %s", error)


def tell_of_bug(task: asyncio.Task[None]) -> None:
    """A background task that dies must not do so unseen."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("the %s task of the server died", task.get_name(), exc_info=error)


async def stop_when_unused(parts: Parts, ended: asyncio.Event, stop: asyncio.Event) -> None:
    """The parent's own requests ended with it; another command that found this server meanwhile gets its answer."""
    await ended.wait()
    presence.withdraw(parts.home)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LAST_ANSWERS_S):
            while parts.engine.busy:  # noqa: ASYNC110 - asked once in a server's life; no event is worth that
                await asyncio.sleep(0.05)
    stop.set()


def set_at_end_of_stdin(ended: asyncio.Event) -> None:
    """For a parent that wants no orphan: its end closes our stdin.

    A daemon thread, since nothing can interrupt a blocked read; on the bare descriptor, since Python aborts at exit
    when a daemon thread holds the lock of sys.stdin.
    """
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop was closed by a signal before
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read, name="stdin", daemon=True).start()


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
