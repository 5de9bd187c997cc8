"""The egress log: every request that leaves the machine, as JSON lines.

A line is written before the connection is made and another when it ended, so that a process that dies in between leaves
the first. Lines tell where, why, how many bytes and with what outcome, never contents, headers or keys. Where the log
cannot be written, nothing is sent.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from core import clock as clocks
from core.clock import Clock
from core.errors import NightschoolError
from core.records import Record


class EgressRefused(NightschoolError):
    """The egress log cannot be written: nothing was sent."""

    code, status, title = "egress_log_error", 507, "Nothing was sent"


class EgressLine(Record, frozen=True):
    """One line of the log. `sent` before the connection; then `answered` with a status, `failed`, or `broken_off`."""

    id: str
    at: str
    event: Literal["sent", "answered", "failed", "broken_off"]
    purpose: str
    method: str
    host: str
    """With the port where it is not the scheme's own."""
    bytes_sent: int = 0
    """Of the body."""
    bytes_received: int = 0
    """Of the body, as it came over the wire."""
    status: int | None = None
    error: str | None = None
    """Class of the failure, never its text."""
    duration_ms: float | None = None


class EgressLog:
    """Appends to one file, mode 0600; several processes may."""

    def __init__(self, path: Path, clock: Clock = clocks.now, new_id: Callable[[str], str] = clocks.new_id) -> None:
        self.path = path
        self.clock, self.new_id = clock, new_id

    def write(self, line: EgressLine) -> None:
        """On disk when it returns. Raises EgressRefused."""
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, msgspec.json.encode(line) + b"\n")  # one write: lines of processes never mix
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise EgressRefused(
                f"The log of what leaves this machine cannot be written: {error.strerror}.",
                hint="Free some disk space, or mend the permissions of the home folder.",
            ) from error

    def lines(self) -> Iterator[EgressLine]:
        """Everything logged, oldest first; a line torn by a power cut is left out."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for text in file:
                try:
                    yield msgspec.json.decode(text, type=EgressLine)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue


def ended(
    first: EgressLine,
    event: Literal["answered", "failed", "broken_off"],
    started: float,
    *,
    status: int | None = None,
    received: int = 0,
    error: str | None = None,
) -> EgressLine:
    """The second line of a request. `started` is of `time.monotonic()`."""
    return msgspec.structs.replace(
        first,
        event=event,
        status=status,
        bytes_received=received,
        error=error,
        duration_ms=round((time.monotonic() - started) * 1000, 3),
    )
