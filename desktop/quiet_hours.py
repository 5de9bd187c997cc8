"""When notifications keep silent: from one time of day until another, over midnight too."""

from __future__ import annotations

from datetime import datetime, time, timedelta


def quiet_until(start: str, end: str, wall: datetime) -> datetime | None:
    """When the silence that holds at `wall` ends; None where none holds. "" is never.

    Both without a zone, as the clock on the wall has them: it may be set between them.
    """
    if not start or not end or start == end:
        return None
    begins, ends, clock = time.fromisoformat(start), time.fromisoformat(end), wall.time()
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return None
    day = wall.date() if clock < ends else wall.date() + timedelta(days=1)
    return datetime.combine(day, ends)
