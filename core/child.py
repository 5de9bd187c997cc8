"""The child's side of `core.process`: reads calls from stdin, runs them in threads, answers on stdout."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

import msgspec

from core.errors import NightschoolError
from core.process import HEADER, MAX_FRAME, describe_error, pack
from core.records import settle_types

PR_SET_PDEATHSIG = 1


class Call:
    """One call under way, as its handler sees it."""

    def __init__(self, call_id: int, send: Callable[[dict[str, Any]], None]) -> None:
        self.id = call_id
        self.cancelled = threading.Event()
        self._send = send
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def emit(self, item: Any) -> None:
        """Stream one item (msgpack-encodable builtins or Structs) to the parent."""
        if not self.cancelled.is_set():
            self._send({"id": self.id, "item": item})

    def on_cancel(self, listener: Callable[[], None]) -> None:
        """Run `listener` once, in the reading thread, when the parent cancels (at once if it has)."""
        with self._lock:
            if not self.cancelled.is_set():
                self._listeners.append(listener)
                return
        listener()

    def cancel(self) -> None:
        with self._lock:
            self.cancelled.set()
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()


Handler = Callable[[Any, Call], Any]


def die_with_parent() -> None:
    """Linux: be killed when the parent ends, even where native code never reads stdin again."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = os.environ.get("NIGHTSCHOOL_PARENT")
    if parent is not None and os.getppid() != int(parent):
        os._exit(0)


def claim_stdout() -> BinaryIO:
    """Keep the pipe for frames only: whatever native code prints to fd 1 goes to stderr instead."""
    frames = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return frames


def serve_calls(handlers: Mapping[str, Handler], *, workers: int = 4) -> None:
    """Answer calls until stdin closes. Each call runs in a thread of a pool of `workers`."""
    die_with_parent()
    settle_types()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    output, lock = claim_stdout(), threading.Lock()

    def send(frame: dict[str, Any]) -> None:
        data = memoryview(pack(frame))
        with lock:
            try:
                while data:
                    data = data[output.write(data) :]
            except BrokenPipeError:
                os._exit(0)

    send({"ready": os.getpid()})
    calls: dict[int, Call] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="call") as pool:
        for frame in read_frames(sys.stdin.buffer):
            call_id = frame["id"]
            if "cancel" in frame:
                if (call := calls.get(call_id)) is not None:
                    call.cancel()
                continue
            call = calls[call_id] = Call(call_id, send)
            pool.submit(run_call, handlers, frame, call, send).add_done_callback(forget(calls, call_id))
        os._exit(0)


def forget(calls: dict[int, Call], call_id: int) -> Callable[[object], None]:
    def done(_: object) -> None:
        calls.pop(call_id, None)

    return done


def run_call(
    handlers: Mapping[str, Handler], frame: dict[str, Any], call: Call, send: Callable[[dict[str, Any]], None]
) -> None:
    """Run one handler; every outcome, bugs too, is answered, so that the caller never waits for nothing."""
    try:
        send({"id": call.id, "done": handlers[frame["call"]](frame.get("args"), call)})
    except NightschoolError as error:
        send({"id": call.id, "error": describe_error(error)})
    except Exception as error:  # noqa: BLE001 - the boundary: a bug goes to the log whole, to the caller by name
        traceback.print_exc()
        send(
            {
                "id": call.id,
                "error": {"kind": "NightschoolError", "message": f"Internal error: {type(error).__name__}."},
            }
        )


def read_frames(stream: BinaryIO) -> Any:
    """Frames until the stream ends."""
    while len(header := stream.read(HEADER)) == HEADER:
        size = int.from_bytes(header, "big")
        if size > MAX_FRAME:
            return
        body = stream.read(size)
        if len(body) < size:
            return
        yield msgspec.msgpack.decode(body)
