"""The one door to llama.cpp: its ctypes binding, its log, and its abort flag.

`import llama_cpp` runs a package that imports diskcache (CVE-2025-69872: unpickles what it finds) and jinja2; only
the submodule of ctypes declarations is wanted, so the package is entered without running its `__init__`.
"""

from __future__ import annotations

import collections
import contextlib
import ctypes
import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Iterator
from typing import Any

from core.errors import ModelUnavailable

ERROR_LEVEL, WARNING_LEVEL, CONTINUED = 4, 3, 5
LOG_LINES = 400

os.environ.setdefault("GGML_NO_BACKTRACE", "1")  # otherwise an abort starts gdb and hangs the child
# Threads that wait for each other must sleep, not spin: where another program wants the same core, spinning ones keep
# it from the thread that they wait for (two threads on two busy cores: 0.7 tokens/s, asleep 94). libgomp reads it once.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _binding() -> Any:
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.submodule_search_locations is None:
        raise ModelUnavailable("llama-cpp-python is not installed.", hint="Run `make run` again to build it.")
    if "llama_cpp" not in sys.modules:
        package = types.ModuleType("llama_cpp")
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules["llama_cpp"] = package
    return importlib.import_module("llama_cpp.llama_cpp")


lib: Any = _binding()
log: collections.deque[str] = collections.deque(maxlen=LOG_LINES)
"""The last lines that llama.cpp said."""
_listeners: list[list[str]] = []
under_way: list[AbortFlag] = []
"""The flag of the computation that runs now, if one does: what llama.cpp says of being aborted is no error."""


class AbortFlag:
    """A byte that stops a running `llama_decode` from another thread.

    The callback runs at every node of the graph; one in Python would take the GIL some hundred times a token. C's
    `strlen` has the shape that is needed, pointer in and word out: an empty string is 0 (go on), "\\1" is 1 (stop).
    """

    def __init__(self) -> None:
        self._bytes = ctypes.create_string_buffer(b"\0", 2)
        self.address = ctypes.cast(self._bytes, ctypes.c_void_p)

    def raise_(self) -> None:
        self._bytes[0] = b"\1"

    def lower(self) -> None:
        self._bytes[0] = b"\0"

    @property
    def raised(self) -> bool:
        return self._bytes[0] != b"\0"


def _on_log(level: int, text: bytes, _: Any) -> None:
    line = text.decode("utf-8", "replace").rstrip("\n")
    if level == CONTINUED and log:
        log[-1] += line
        return
    log.append(line)
    for listener in _listeners:
        listener.append(line)
    if level in (WARNING_LEVEL, ERROR_LEVEL) and not any(flag.raised for flag in under_way):
        print(f"llama.cpp: {line}", file=sys.stderr, flush=True)


# ctypes frees a callback that nobody refers to, and llama.cpp would then jump into freed memory.
_log_callback = lib.llama_log_callback(_on_log)
lib.llama_log_set(_log_callback, ctypes.c_void_p(0))
lib.llama_backend_init()


@contextlib.contextmanager
def heard() -> Iterator[list[str]]:
    """What llama.cpp says meanwhile."""
    lines: list[str] = []
    _listeners.append(lines)
    try:
        yield lines
    finally:
        _listeners.remove(lines)


def last_error() -> str:
    """What llama.cpp said last, for the message of a failure."""
    return next((line for line in reversed(log) if "error" in line or "fail" in line), "")


_libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
abort_callback = ctypes.cast(_libc.strlen, lib.ggml_abort_callback)
never_abort = lib.ggml_abort_callback(0)
