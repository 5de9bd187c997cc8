"""What a log may hold: code, places and numbers, never anybody's words; and its last lines, to be shown to others.

Two layers: the formatter leaves out what a message of an exception may quote (a KeyError names its key), and whoever
reads a log for others takes only lines of known shapes.
"""

from __future__ import annotations

import copy
import logging
import os
import re
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

SPEAKS_OF_CODE = (AttributeError, ImportError, IndexError, MemoryError, NameError, OSError, RuntimeError, TypeError)
"""Python and the system make their messages from code and paths."""
FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LEFT_OUT = "(its message is left out: it may quote a chat)"
ENTRY = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S*(?: [A-Z]{4,8} [\w.]+: .*)?$")
STACK = re.compile(r"\s*(?:Traceback \(most recent call last\):|File \".*\", line \d+|[|~^ ]+$|from that came:)|$")
CHAINED = re.compile(r"(?:During handling of|The above exception was the direct cause)[a-z ,:]+$")
RAISED = re.compile(
    r"\s*([A-Za-z_][\w.]*(?:Error|Exception|Failure|Interrupt|Exit|Unavailable|Refused|Warning|Full|Busy))(?:[: ].*)?$"
)
NATIVE = re.compile(r"(?:llama\.cpp|engine|Fatal Python error|Current thread|Thread 0x[0-9a-f]+)\b")
READ_BYTES = 256 * 1024


class Wordless(logging.Formatter):
    """Tracebacks without the messages that may quote somebody."""

    def __init__(self, form: str = FORM) -> None:
        super().__init__(form)

    def format(self, record: logging.LogRecord) -> str:
        """asyncio and uvicorn put the error itself into the text: of theirs, only the first line and no repr."""
        own = copy.copy(record)  # other handlers get the same one
        own.exc_text = None  # another handler's formatter may have kept its own, with the words
        if own.name.partition(".")[0] in ("asyncio", "uvicorn"):
            own.msg, own.args = re.sub(r"\bexception=.*", "", own.getMessage().split("\n")[0]), None
        return super().format(own)

    def formatException(self, ei: object) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return told(error) if isinstance(error, BaseException) else ""


def told(error: BaseException) -> str:
    """The traceback of an error and of what led to it, the first cause on top."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [] if before is None else [told(before), "", "from that came:", ""]
    stack = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    message = f": {error}" if isinstance(error, SPEAKS_OF_CODE) else f" {LEFT_OUT}"
    return "\n".join([*lines, *([stack] if stack else []), f"{kind}{message}"])


def last_lines(path: Path, count: int) -> list[str]:
    """The end of a file; [] where it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - READ_BYTES))
            return file.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []


def without_words(lines: Iterable[str]) -> Iterator[str]:
    """Only entries, stacks and the names of errors; every other line is counted, not shown."""
    left_out, code_follows = 0, False
    for line in lines:
        shown = None
        if raised := RAISED.match(line):
            bare = line.strip() == raised[1] or raised[1] in {kind.__name__ for kind in SPEAKS_OF_CODE}
            shown = line if bare else f"{raised[1]} {LEFT_OUT}"
        elif ENTRY.match(line):
            shown = re.sub(r"\bexception=.*", "", line)
        elif (
            (code_follows and line.startswith("    ")) or STACK.match(line) or CHAINED.match(line) or NATIVE.match(line)
        ):
            shown = line
        if shown is None:
            left_out += 1
        else:
            if left_out:
                yield f"({left_out} lines left out)"
            left_out = 0
            yield shown
        code_follows = line.lstrip().startswith('File "')
    if left_out:
        yield f"({left_out} lines left out)"
