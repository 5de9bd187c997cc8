"""Starts, asks and kills the process that renders chat templates (`template_worker`)."""

from __future__ import annotations

import atexit
import contextlib
import queue
import subprocess
import threading
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from core.errors import BadRequest
from core.process import python_child, python_environment

TIME_LIMIT_S: Final = 2.0
START_LIMIT_S: Final = 30.0
MAX_REPLY: Final = 128 * 1024 * 1024
NO_WORK: Final[dict[str, Any]] = {
    "template": "",
    "bos_token": "",
    "eos_token": "",
    "add_generation_prompt": False,
    "now": "2000-01-01",
    "conversations": [],
}
Failure = Literal["late", "died"]


def failure(why: str) -> BadRequest:
    """What a person is told of a template that cannot be used."""
    return BadRequest(
        f"The model's chat template {why}.",
        code="template_error",
        hint="Choose another model, or another copy of this one.",
    )


class _Running:
    """One process and the thread that reads from it: a queue can be waited for with a limit on every system."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            python_child("core.engine.template_worker"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=python_environment(),
        )
        self.replies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.reader = threading.Thread(target=self._read, name="chat templates", daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            while len(size := self.process.stdout.read(4)) == 4:
                length = int.from_bytes(size, "little")
                body = self.process.stdout.read(length) if length <= MAX_REPLY else b""
                if len(body) < length:
                    break
                self.replies.put(body)
        self.replies.put(None)

    def ask(self, body: bytes, limit_s: float) -> bytes | Failure:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(len(body).to_bytes(4, "little") + body)
            self.process.stdin.flush()
            reply = self.replies.get(timeout=limit_s)
        except queue.Empty:
            return "late"
        except OSError:
            return "died"
        return "died" if reply is None else reply

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):  # what was still unwritten has nowhere to go
                assert pipe is not None
                pipe.close()


class Worker:
    """The rendering process: started at the first use, killed when it is late, started again when next needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: _Running | None = None

    def ask(self, request: Mapping[str, Any], limit_s: float) -> dict[str, Any]:
        """One request, one answer. Raises BadRequest when it does not come within `limit_s` seconds.

        A process that was found dead (somebody killed it) is replaced and asked once more.
        """
        try:
            body = msgspec.msgpack.encode(request)
        except UnicodeEncodeError:  # half of a surrogate pair, which JSON's \\u can spell
            raise BadRequest("The messages are not valid Unicode.", param="messages") from None
        with self._lock:
            reply: bytes | Failure = "died"
            for _ in range(2):
                reply = self._started().ask(body, limit_s)
                if isinstance(reply, bytes):
                    return msgspec.msgpack.decode(reply, type=dict[str, Any])
                self._end()
                if reply == "late":
                    break
        why = f"did not finish within {limit_s:g} s" if reply == "late" else "ended the process that renders it"
        raise failure(why)

    def _started(self) -> _Running:
        if self._running is None:
            self._running = _Running()
            self._running.ask(msgspec.msgpack.encode(NO_WORK), START_LIMIT_S)  # imports are not the template's time
        return self._running

    def _end(self) -> None:
        if self._running is not None:
            self._running.end()
            self._running = None

    def stop(self) -> None:
        """End the process; the next request starts another."""
        with self._lock:
            self._end()


worker: Final = Worker()
atexit.register(worker.stop)
