"""What left the machine, summed up for a person: by purpose and host."""

from __future__ import annotations

from core.privacy.egress_log import EgressLine, EgressLog
from core.records import Record


class EgressTotal(Record, frozen=True):
    """All requests of one purpose to one host. Bytes are of bodies, as they went over the wire."""

    purpose: str
    host: str
    requests: int
    failed: int
    """Without an answer, or broken off."""
    bytes_sent: int
    bytes_received: int
    last: str
    """When the last one was sent."""


def egress_summary(log: EgressLog) -> list[EgressTotal]:
    """The newest first. Reads the whole log: call it in a thread."""
    first: dict[str, EgressLine] = {}
    final: dict[str, EgressLine] = {}
    for line in log.lines():
        (first if line.event == "sent" else final)[line.id] = line
    groups: dict[tuple[str, str], list[EgressLine]] = {}
    for line in first.values():
        groups.setdefault((line.purpose, line.host), []).append(line)
    totals = [total(purpose, host, sent, final) for (purpose, host), sent in groups.items()]
    return sorted(totals, key=lambda each: (each.last, each.purpose, each.host), reverse=True)


def total(purpose: str, host: str, sent: list[EgressLine], final: dict[str, EgressLine]) -> EgressTotal:
    ended = [final[line.id] for line in sent if line.id in final]
    return EgressTotal(
        purpose=purpose,
        host=host,
        requests=len(sent),
        failed=len(sent) - sum(line.event == "answered" for line in ended),
        bytes_sent=sum(line.bytes_sent for line in sent),
        bytes_received=sum(line.bytes_received for line in ended),
        last=max(line.at for line in sent),
    )
