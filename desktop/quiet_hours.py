"""When notifications keep silent: from one time of day until another, over midnight too."""

from __future__ import annotations

from datetime import datetime, time, timedelta


def quiet_until(start: str, end: str, moment: datetime) -> datetime | None:
    """When the silence that holds at `moment` (local time) ends; None where none holds. "" is never."""
    if not start or not end or start == end:
        return None
    begins, ends, clock = time.fromisoformat(start), time.fromisoformat(end), moment.time()
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return None
    day = moment.date() if clock < ends else moment.date() + timedelta(days=1)
    return datetime.combine(day, ends, moment.tzinfo)
