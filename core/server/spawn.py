"""One `nightschool serve` as a child process of a program with an event loop: its lines, its last words, its end.

Threads read its pipes and wait for it, not the event loop: Qt's loop on one system and Windows' on another watch
children differently, and this works the same under each.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import IO

import msgspec

from core.paths import Home
from core.process import python_child, python_environment

KEPT_LINES = 3
ERROR_LOG_BYTES = 256 * 1024
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Windows would open a console for it."""


class Died(msgspec.Struct, frozen=True):
    """returncode: as in subprocess; None where it could not even be started. words: its last lines on stderr."""

    returncode: int | None
    words: str


class Spawned:
    """One process, from its making to its end. Both callbacks run in the loop that made it; on_end is the last one."""

    def __init__(
        self, home: Home, arguments: Sequence[str], *, on_line: Callable[[bytes], None], on_end: Callable[[Died], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._home = home
        self._argv = [*python_child("core.cli"), "serve", *arguments]
        self._on_line, self._on_end = on_line, on_end
        self._ended = asyncio.Event()
        self._unwanted = False
        self._process: subprocess.Popen[bytes] | None = None
        self._words: deque[str] = deque(maxlen=KEPT_LINES)
        threading.Thread(target=self._live, name="server", daemon=True).start()

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def stop(self, grace_s: float) -> None:
        """Close its stdin, wait, kill it if it must be. It is gone when this returns."""
        self._unwanted = True
        if self._process is not None:
            close(self._process.stdin)
        try:
            await asyncio.wait_for(self._ended.wait(), grace_s)
        except TimeoutError:
            if self._process is not None:
                self._process.kill()
            await self._ended.wait()

    def _live(self) -> None:
        died = Died(None, "")
        try:
            died = self._run()
        except OSError as error:
            died = Died(None, error.strerror or type(error).__name__)
        finally:
            self._post(self._end, died)

    def _run(self) -> Died:
        process = subprocess.Popen(
            self._argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for this process, which then stops the server in order
            creationflags=NO_WINDOW,
            env={**python_environment(), "NIGHTSCHOOL_HOME": str(self._home.root)},
        )
        self._process = process
        if self._unwanted:  # asked while it was being made
            close(process.stdin)
        errors = threading.Thread(target=self._hear_errors, args=(process.stderr,), name="server errors", daemon=True)
        errors.start()
        assert process.stdout is not None
        for line in lines(process.stdout.fileno()):
            self._post(self._on_line, line)
        returncode = process.wait()
        close(process.stdin)
        close(process.stdout)
        errors.join(1.0)  # a child of the child may hold it open for a moment
        return Died(returncode, "\n".join(self._words))

    def _hear_errors(self, stderr: IO[bytes]) -> None:
        log = ErrorLog(self._home.logs / "server.err")
        for line in lines(stderr.fileno()):
            log.write(line)
            text = line.decode("utf-8", "replace").strip()
            if text and not text.startswith("WARNING: "):
                self._words.append(text)
        log.close()
        close(stderr)

    def _end(self, died: Died) -> None:
        self._ended.set()
        self._on_end(died)

    def _post(self, callback: Callable[..., None], argument: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody listens any more
            self._loop.call_soon_threadsafe(callback, argument)


class ErrorLog:
    """What the server and its children said on stderr, in a file that never grows beyond bounds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None

    def write(self, line: bytes) -> None:
        with contextlib.suppress(OSError):  # a full disk: the words for the person are kept in memory all the same
            if self._file is None:
                self._path.parent.mkdir(mode=0o700, exist_ok=True)
                self._file = FileIO(self._path, "a", opener=private)
            if self._file.tell() > ERROR_LOG_BYTES:
                self._file.truncate(0)
            self._file.write(line + b"\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def lines(descriptor: int) -> Iterator[bytes]:
    """Lines of a pipe until it closes; read bare, since a buffered reader's lock aborts Python at exit."""
    rest = b""
    with contextlib.suppress(OSError):
        while piece := os.read(descriptor, 65536):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
            rest = rest[-65536:]
    if rest:
        yield rest


def close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError):
            pipe.close()
