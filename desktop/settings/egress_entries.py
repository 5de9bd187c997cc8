"""The egress log as a person reads it: one row for each request, newest first; read in a thread, in little memory."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any, Literal, NamedTuple

from core.privacy.egress_log import EgressLog

Outcome = Literal["sent", "answered", "failed", "broken_off"]


class Entry(NamedTuple):
    """One request that left this machine, or tried to."""

    at: str
    purpose: str
    host: str
    method: str
    bytes_sent: int
    bytes_received: int
    outcome: Outcome
    detail: str
    """Its HTTP status, or the class of what went wrong."""


class Entries(NamedTuple):
    """The newest requests, and sums over all there ever were."""

    newest: list[Entry]
    requests: int
    hosts: int
    bytes_sent: int
    bytes_received: int


def read_entries(path: Path, limit: int) -> Entries:
    """The two lines of a request become one entry; one without its second line is on its way still, or was cut off."""
    kept: OrderedDict[str, Any] = OrderedDict()
    requests = sent = received = 0
    hosts: set[str] = set()
    for line in EgressLog(path).lines():
        if line.event == "sent":
            requests += 1
            sent += line.bytes_sent
            hosts.add(line.host)
            kept[line.id] = line
            if len(kept) > limit:
                kept.popitem(last=False)
            continue
        received += line.bytes_received
        if line.id in kept:
            kept[line.id] = line
    return Entries([_entry(line) for line in reversed(kept.values())], requests, len(hosts), sent, received)


def _entry(line: Any) -> Entry:
    detail = line.error or (str(line.status) if line.status is not None else "")
    return Entry(
        line.at, line.purpose, line.host, line.method, line.bytes_sent, line.bytes_received, line.event, detail
    )
