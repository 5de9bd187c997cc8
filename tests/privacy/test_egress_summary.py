"""What left, summed up: each request once, by purpose and host."""

from __future__ import annotations

from typing import Any

from core.paths import Home
from core.privacy.egress_log import EgressLine, EgressLog
from core.privacy.egress_summary import EgressTotal, egress_summary


def line(key: str, event: Any, **more: Any) -> EgressLine:
    given = {"purpose": "escalation", "host": "api.example", "at": "2026-11-21T10:00:00Z", "method": "POST", **more}
    return EgressLine(id=key, event=event, **given)


def test_requests_are_counted_once_and_grouped(home: Home) -> None:
    log = EgressLog(home.egress_log)
    for each in (
        line("a", "sent", bytes_sent=10), line("a", "answered", bytes_sent=10, bytes_received=100, status=200),
        line("b", "sent", bytes_sent=20, at="2026-11-21T11:00:00Z"), line("b", "failed", bytes_sent=20),
        line("c", "sent", bytes_sent=1), line("c", "broken_off", bytes_sent=1, bytes_received=7),
        line("d", "sent", bytes_sent=5, purpose="download", host="hub.example", at="2026-11-21T12:00:00Z"),
    ):  # fmt: skip
        log.write(each)
    assert egress_summary(log) == [
        EgressTotal(purpose="download", host="hub.example", requests=1, failed=1, bytes_sent=5, bytes_received=0,
                    last="2026-11-21T12:00:00Z"),
        EgressTotal(purpose="escalation", host="api.example", requests=3, failed=2, bytes_sent=31, bytes_received=107,
                    last="2026-11-21T11:00:00Z"),
    ]  # fmt: skip


def test_nothing_left(home: Home) -> None:
    assert egress_summary(EgressLog(home.egress_log)) == []
