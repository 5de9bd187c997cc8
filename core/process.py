"""Child processes whose every ending has a name, and the calls made to them.

Native code (llama.cpp, torch) runs in children so that it can crash without taking anything along. Frames are
length-prefixed msgpack: on the child's stdin `{id, call, args}` or `{id, cancel}`, on its stdout `{id, item}`,
`{id, done}` or `{id, error}`, and one `{ready}` at first. The child ends when its stdin closes, and on Linux also
by PR_SET_PDEATHSIG, so none outlives its parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from core import errors
from core.errors import NightschoolError

ChildState = Literal["stopped", "starting", "ready", "restarting", "failed"]
Ending = Literal["exited", "crashed", "killed", "failed_to_start", "stopped"]
CRASH_SIGNALS = {signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGFPE} | (
    {signal.SIGBUS} if hasattr(signal, "SIGBUS") else set()
)
WORDS: dict[Ending, str] = {
    "exited": "ended by itself",
    "crashed": "crashed",
    "killed": "was killed",
    "failed_to_start": "could not be started",
    "stopped": "was stopped",
}
MAX_FRAME = 256 * 1024 * 1024
HEADER = 4
LAST_WORDS_S = 2.0
"""How long a child that closed its pipe, or sent what is no frame, may take to end by itself."""


class ChildDied(NightschoolError):
    """A child ended while a call was under way, or could not be started."""

    code, status, title = "child_died", 503, "A helper process stopped"

    def __init__(self, name: str, ending: Ending, detail: str = "") -> None:
        super().__init__(
            f"The {name} process {WORDS[ending]}{f' ({detail})' if detail else ''}.",
            hint="It is restarted by itself; try again.",
        )
        self.ending: Ending = ending


class Backoff(msgspec.Struct, frozen=True):
    """Seconds to wait before the n-th restart: first * factor**n, at most `longest`; gives up after `tries`.

    A child that stayed ready for `healthy_after` seconds starts counting anew.
    """

    first: float = 0.2
    factor: float = 2.0
    longest: float = 30.0
    tries: int = 8
    healthy_after: float = 10.0

    def delay(self, attempt: int) -> float:
        return float(min(self.longest, self.first * self.factor**attempt))


def name_ending(returncode: int, asked: bool) -> Ending:
    """The name of a process's end from its return code (negative: the signal, as in subprocess)."""
    if asked:
        return "stopped"
    if returncode == 0:
        return "exited"
    if returncode < 0 and -returncode not in CRASH_SIGNALS:
        return "killed"
    return "crashed"


class Child:
    """A supervised child process: started, called, restarted with backoff, stopped.

    on_state hears every change; on_ready runs after each (re)start, before callers see `ready`.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        backoff: Backoff | None = None,
        on_state: Callable[[ChildState, Ending | None], None] | None = None,
        on_ready: Callable[[], Awaitable[None]] | None = None,
        start_timeout: float = 60.0,
    ) -> None:
        self.name = name
        self.argv = list(argv)
        self.env = dict(env or {})
        self.backoff = backoff or Backoff()
        self.state: ChildState = "stopped"
        self.ending: Ending | None = None
        self.restarts = 0
        self._on_state = on_state
        self._on_ready = on_ready
        self._start_timeout = start_timeout
        self._process: asyncio.subprocess.Process | None = None
        self._pending: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self._ids = itertools.count(1)
        self._asked_to_stop = False
        self._watcher: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Return when the child is ready. Raises ChildDied when it does not get there."""
        self._asked_to_stop = False
        try:
            ready_at = await self._launch()
        except BaseException:
            await self._reap()
            self._set("failed", self.ending or "failed_to_start")
            raise
        self._watcher = asyncio.create_task(self._supervise(ready_at), name=f"supervise {self.name}")

    async def stop(self, grace: float = 5.0) -> None:
        """Close the child's stdin, wait, kill if it must be. No orphan is left."""
        self._asked_to_stop = True
        process = self._process
        if process is not None and process.returncode is None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), grace)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
            self._watcher = None
        self._fail_pending("stopped")
        self._set("stopped", "stopped")

    async def call(self, method: str, args: Any = None) -> Any:
        """One call, one answer. Raises what the child raised (NightschoolError) or ChildDied."""
        stream = self._frames(method, args)
        async with contextlib.aclosing(stream):
            async for frame in stream:
                if "done" in frame:
                    return frame["done"]
        raise ChildDied(self.name, self.ending or "exited")

    async def stream(self, method: str, args: Any = None) -> AsyncGenerator[Any, None]:
        """Items until the child is done; closing the iterator cancels the work in the child."""
        frames = self._frames(method, args)
        async with contextlib.aclosing(frames):
            async for frame in frames:
                if "item" in frame:
                    yield frame["item"]

    async def _frames(self, method: str, args: Any) -> AsyncGenerator[dict[str, Any], None]:
        if self.pid is None or self.state == "stopped":
            raise ChildDied(self.name, self.ending or "stopped")
        call_id = next(self._ids)
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._pending[call_id] = queue
        finished = False
        try:
            await self._send({"id": call_id, "call": method, "args": args})
            while not finished:
                frame = await queue.get()
                finished = "item" not in frame
                if "error" in frame:
                    raise rebuild_error(frame["error"])
                if "died" in frame:
                    raise ChildDied(self.name, frame["died"])
                yield frame
        finally:
            self._pending.pop(call_id, None)
            if not finished and self.pid is not None:
                with contextlib.suppress(ChildDied):
                    await self._send({"id": call_id, "cancel": True})

    async def _send(self, frame: dict[str, Any]) -> None:
        process = self._process
        if process is None or process.stdin is None or process.returncode is not None:
            raise ChildDied(self.name, self.ending or "exited")
        try:
            process.stdin.write(pack(frame))
            await process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError, RuntimeError) as error:
            raise ChildDied(self.name, self.ending or "exited") from error

    async def _launch(self) -> float:
        self._set("starting" if self.state in ("stopped", "failed") else "restarting", self.ending)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**python_environment(), **self.env, "NIGHTSCHOOL_PARENT": str(os.getpid())},
                limit=16 * 1024 * 1024,
            )
        except OSError as error:
            self.ending = "failed_to_start"
            raise ChildDied(self.name, "failed_to_start", error.strerror or "") from error
        assert self._process.stdout is not None
        try:
            frame = await asyncio.wait_for(read_frame(self._process.stdout), self._start_timeout)
        except TimeoutError as error:
            raise ChildDied(self.name, "failed_to_start", "it did not get ready in time") from error
        if frame is None or "ready" not in frame:
            with contextlib.suppress(TimeoutError):  # one that printed something else lives on, until it is reaped
                await asyncio.wait_for(self._process.wait(), LAST_WORDS_S)
            self.ending = "failed_to_start"
            code = self._process.returncode
            raise ChildDied(self.name, "failed_to_start", "no answer" if code is None else f"exit status {code}")
        self._reader = asyncio.create_task(self._read(self._process.stdout), name=f"read {self.name}")
        if self._on_ready is not None:
            await self._on_ready()
        self._set("ready", None)
        return asyncio.get_running_loop().time()

    async def _supervise(self, ready_at: float) -> None:
        """Wait for the end; name it; fail what was pending; restart with backoff."""
        loop, attempt = asyncio.get_running_loop(), 0
        while True:
            assert self._process is not None and self._reader is not None
            code = await self._process.wait()
            await asyncio.gather(self._reader, return_exceptions=True)
            self.ending = name_ending(code, self._asked_to_stop)
            self._fail_pending(self.ending)
            if self._asked_to_stop:
                return
            if loop.time() - ready_at > self.backoff.healthy_after:
                attempt = 0
            started = False
            while not started:
                if attempt >= self.backoff.tries:
                    self._set("failed", self.ending)
                    return
                self._set("restarting", self.ending)
                await asyncio.sleep(self.backoff.delay(attempt))
                attempt += 1
                self.restarts += 1
                try:
                    ready_at = await self._launch()
                    started = True
                except NightschoolError:
                    await self._reap()

    async def _reap(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
        self._fail_pending(self.ending or "failed_to_start")

    async def _read(self, stdout: asyncio.StreamReader) -> None:
        while (frame := await read_frame(stdout)) is not None:
            queue = self._pending.get(frame.get("id", 0))
            if queue is not None:
                queue.put_nowait(frame)

    def _fail_pending(self, ending: Ending) -> None:
        for queue in self._pending.values():
            queue.put_nowait({"died": ending})

    def _set(self, state: ChildState, ending: Ending | None) -> None:
        self.state = state
        if ending is not None:
            self.ending = ending
        if self._on_state is not None:
            self._on_state(state, ending)


def pack(frame: dict[str, Any]) -> bytes:
    body = msgspec.msgpack.encode(frame)
    return len(body).to_bytes(HEADER, "big") + body


async def read_frame(stdout: asyncio.StreamReader) -> dict[str, Any] | None:
    """The next frame, or None when the other side is gone (or sent what is no frame)."""
    try:
        size = int.from_bytes(await stdout.readexactly(HEADER), "big")
        if size > MAX_FRAME:
            return None
        frame = msgspec.msgpack.decode(await stdout.readexactly(size))
    except (asyncio.IncompleteReadError, ConnectionResetError, msgspec.DecodeError):
        return None
    return frame if isinstance(frame, dict) else None


def rebuild_error(error: dict[str, Any]) -> NightschoolError:
    """The child's NightschoolError as the same class here; a bug in the child as a plain one."""
    kind = getattr(errors, error.get("kind", ""), None)
    if not (isinstance(kind, type) and issubclass(kind, NightschoolError)):
        kind = NightschoolError
    rebuilt: NightschoolError = kind(error["message"], hint=error.get("hint", ""))
    rebuilt.code = error.get("code", rebuilt.code)
    return rebuilt


def describe_error(error: NightschoolError) -> dict[str, Any]:
    return {
        "kind": type(error).__name__,
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
    }


def python_child(module: str) -> list[str]:
    """argv of `python -m module`. -P: a folder named `core` where the person stands is not ours to import or run."""
    return [sys.executable, "-P", "-m", module]


def python_environment() -> dict[str, str]:
    """This environment, in which `python_child` finds our packages from a checkout that was not installed, too."""
    root = Path(__file__).resolve().parents[1]
    if not (root / "pyproject.toml").exists():
        return dict(os.environ)
    path = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), path] if path else [str(root)])}
