"""Notifications on a real bus: buttons that decide, once a day, silent at night, and what is told without a daemon."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.config import Config, NotificationsConfig
from core.database import Review
from core.server.supervised import ServerStatus
from desktop import popups
from desktop.context import Context
from desktop.notifications import Notifications
from desktop.quiet_hours import quiet_until
from tests.desktop.conftest import until
from tests.desktop.notification_service import Daemon, Sent, bus, daemon

NOON = datetime(2026, 11, 21, 12, 0).astimezone()
NEVER_QUIET = NotificationsConfig(quiet_from="", quiet_until="")
EDIT = {"op": "patch_system_prompt", "target": "agents/coder.toml", "summary": "Say less.", "tier": "review"}


def queue(context: Context, *names: str) -> None:
    for name in names:
        context.database.reviews.add(
            Review(id=name, kind="edit", title=f"Title of {name}", body=EDIT, created_at="2026-11-21T00:00:00.000000Z")
        )


@dataclass
class Watch:
    """A clock that a test sets."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with bus() as found:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", found)
        yield found


@pytest.fixture
async def screen(address: str) -> AsyncIterator[Daemon]:
    async with daemon(address) as made:
        yield made


@pytest.fixture
def opened(context: Context) -> list[Any]:
    """Which reviews the review window was asked to show, instead of building it."""
    asked: list[Any] = []
    context.windows.show_review = lambda review_id=None: asked.append(review_id)  # type: ignore[method-assign]
    return asked


def begin(context: Context, watch: Watch | None = None, wanted: NotificationsConfig = NEVER_QUIET) -> Notifications:
    context.config = Config(notifications=wanted)
    made = Notifications(context, clock=watch or Watch())
    context.keep(made)
    made.start()
    return made


async def shown(begun: Notifications, screen: Daemon, count: int = 1) -> list[Sent]:
    """What is on the screen, once the app knows it too: nobody clicks within that millisecond."""
    await until(lambda: len(screen.showing) == count and begun._popups.settled == count)
    return screen.showing


async def test_approve_on_the_notification_approves_and_queues_the_trial(context: Context, screen: Daemon) -> None:
    queue(context, "r1")
    (told,) = await shown(begin(context), screen)
    assert told.title == "Review: Title of r1"
    screen.press(told, "Approve")
    await until(lambda: context.database.reviews.get("r1").state == "approved")
    assert [job.payload for job in context.database.jobs.all(kind="apply_edit")] == [{"review_id": "r1"}]


async def test_reject_on_the_notification_says_where_it_was_said(context: Context, screen: Daemon) -> None:
    queue(context, "r1")
    (told,) = await shown(begin(context), screen)
    screen.press(told, "Reject")
    await until(lambda: context.database.reviews.get("r1").state == "rejected")
    assert context.database.reviews.get("r1").reason == "Rejected from the notification"
    assert context.database.jobs.all() == []


@pytest.mark.parametrize("where", ["Open", ""])
async def test_a_click_opens_that_item(context: Context, screen: Daemon, opened: list[Any], where: str) -> None:
    queue(context, "r1", "r2")
    _, second = await shown(begin(context), screen, 2)
    screen.press(second, where)
    await until(lambda: opened)
    assert opened == ["r2"]


async def test_a_review_decided_elsewhere_takes_its_notification_away(context: Context, screen: Daemon) -> None:
    queue(context, "r1", "r2")
    await shown(begin(context), screen, 2)
    context.database.reviews.decide("r1", "rejected", decided_at="2026-11-21T12:00:00.000000Z", reason="no")
    context.bridge.reviews_changed.emit()
    await until(lambda: len(screen.showing) == 1)
    assert screen.showing[0].title == "Review: Title of r2"


async def test_what_is_shown_goes_when_the_app_ends(context: Context, screen: Daemon) -> None:
    """Nobody would hear its buttons any more."""
    queue(context, "r1", "r2")
    begun = begin(context)
    await shown(begun, screen, 2)
    await begun.end()
    assert screen.showing == []


async def test_one_notice_a_cause_and_day_also_after_a_restart(context: Context, screen: Daemon) -> None:
    queue(context, "r1")
    begin(context)
    await until(lambda: len(screen.sent) == 1)
    watch = Watch()
    begin(context, watch)
    queue(context, "r2")
    context.bridge.reviews_changed.emit()
    await until(lambda: len(screen.sent) == 2)
    watch.moment += timedelta(days=1)
    begin(context, watch)
    await until(lambda: len(screen.sent) == 4)
    assert sorted(one.title for one in screen.sent[2:]) == ["Review: Title of r1", "Review: Title of r2"]


async def test_many_at_once_are_one(context: Context, screen: Daemon, opened: list[Any]) -> None:
    queue(context, *(f"r{n}" for n in range(5)))
    (told,) = await shown(begin(context), screen)
    assert told.title == "Waiting for your review: 5"
    screen.press(told, "Open")
    await until(lambda: opened)
    assert opened == [None]


async def test_the_quiet_hours_are_silent_and_told_once_when_they_end(context: Context, screen: Daemon) -> None:
    watch = Watch(NOON.replace(hour=23))
    begun = begin(context, watch, NotificationsConfig(quiet_from="22:00", quiet_until="08:00"))
    queue(context, "r1", "r2")
    context.bridge.reviews_changed.emit()
    context.bridge.server_changed.emit(ServerStatus(state="failed", problem="It crashed."))
    await until(lambda: begun._problems)
    assert begun._waking.isActive()
    assert screen.sent == []
    watch.moment = NOON + timedelta(hours=20, seconds=5)
    begun.look()
    await until(lambda: screen.sent)
    (told,) = screen.sent
    assert told.title == "While it was quiet"
    assert told.body == "Waiting for your review: 2. The student cannot answer"


async def test_a_student_that_cannot_answer_is_told_once_a_day(context: Context, screen: Daemon) -> None:
    begin(context)
    for _ in range(3):
        context.bridge.server_changed.emit(ServerStatus(state="failed", problem="It crashed."))
    await until(lambda: screen.sent)
    queue(context, "r1")
    context.bridge.reviews_changed.emit()
    await until(lambda: len(screen.sent) == 2)
    assert [one.title for one in screen.sent] == ["The student cannot answer", "Review: Title of r1"]


async def test_what_was_turned_off_is_not_told(context: Context, screen: Daemon) -> None:
    queue(context, "r1")
    begin(context, wanted=NotificationsConfig(quiet_from="", quiet_until="", reviews=False))
    context.bridge.server_changed.emit(ServerStatus(state="failed"))
    await until(lambda: screen.sent)
    assert [one.title for one in screen.sent] == ["The student cannot answer"]


async def test_markup_in_a_title_stays_text(context: Context, screen: Daemon) -> None:
    begun = begin(context)
    shown = await begun._popups.show("<b>bold</b> & co", "<a href='x'>y</a> & co")
    assert shown
    assert (screen.sent[0].title, screen.sent[0].body) == ("<b>bold</b> & co", "&lt;a href='x'&gt;y&lt;/a&gt; &amp; co")


async def test_a_daemon_without_buttons_gets_none(context: Context, address: str) -> None:
    queue(context, "r1")
    async with daemon(address, ("body",)) as screen:
        begin(context)
        await until(lambda: screen.sent)
        assert screen.sent[0].actions == ["default", ""]


@pytest.mark.parametrize("there", [True, False], ids=["no daemon", "no bus"])
async def test_without_a_daemon_the_windows_tell_it_and_say_so_once(
    context: Context, address: str, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    if not there:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    queue(context, "r1", "r2")
    begin(context)
    expected = ["This desktop shows no notifications", "Review: Title of r2"]
    await until(lambda: [notice.title for notice in context.bridge.notices] == expected)
    for review in ("r1", "r2"):
        context.database.reviews.decide(review, "rejected", decided_at="2026-11-21T12:00:00.000000Z", reason="no")
    context.bridge.reviews_changed.emit()
    await until(lambda: len(context.bridge.notices) == 1)


async def test_a_daemon_that_comes_back_is_used_again(context: Context, address: str) -> None:
    begin(context)
    async with daemon(address) as first:
        queue(context, "r1")
        context.bridge.reviews_changed.emit()
        await until(lambda: first.sent)
    queue(context, "r2")
    context.bridge.reviews_changed.emit()
    await until(lambda: any(notice.title == "Review: Title of r2" for notice in context.bridge.notices))
    async with daemon(address) as second:
        queue(context, "r3")
        context.bridge.reviews_changed.emit()
        await until(lambda: second.sent)


async def test_a_bus_that_ended_is_not_asked_again(
    context: Context, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(popups, "PATIENCE_S", 0.5)
    begin(context)
    with bus() as short_lived:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", short_lived)
        async with daemon(short_lived) as first:
            queue(context, "r1")
            context.bridge.reviews_changed.emit()
            await until(lambda: first.sent)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    queue(context, "r2")
    context.bridge.reviews_changed.emit()
    await until(lambda: any(notice.title == "Review: Title of r2" for notice in context.bridge.notices))
    async with daemon(address) as second:
        queue(context, "r3")
        context.bridge.reviews_changed.emit()
        await until(lambda: second.sent)


@pytest.mark.parametrize(
    ("start", "end", "at", "until_then"),
    [
        ("22:00", "08:00", "21:59", None),
        ("22:00", "08:00", "22:00", "22T08:00"),
        ("22:00", "08:00", "07:59", "21T08:00"),
        ("22:00", "08:00", "08:00", None),
        ("13:00", "14:00", "13:30", "21T14:00"),
        ("13:00", "14:00", "14:00", None),
        ("13:00", "13:00", "13:00", None),
        ("", "08:00", "03:00", None),
        ("22:00", "", "23:00", None),
    ],
)
def test_quiet_hours(start: str, end: str, at: str, until_then: str | None) -> None:
    found = quiet_until(start, end, datetime.fromisoformat(f"2026-11-21T{at}:00"))
    assert found == (None if until_then is None else datetime.fromisoformat(f"2026-11-{until_then}:00"))


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("at", "hours"),
    [
        ("2026-03-29T00:30", 4.5),  # 01:30 in winter time; at 02:00 it becomes 03:00
        ("2026-10-25T00:30", 5.5),  # 02:30, for the first time; at 03:00 it becomes 02:00
        ("2026-11-21T02:00", 4.0),
        ("2026-11-21T21:00", 6.0),  # looked at again before the end: a timer stands still while the machine sleeps
    ],
)
async def test_quiet_hours_end_by_the_clock_on_the_wall(berlin: None, context: Context, at: str, hours: float) -> None:
    watch = Watch(datetime.fromisoformat(f"{at}:00+00:00"))
    begun = begin(context, watch, NotificationsConfig(quiet_from="22:00", quiet_until="07:00"))
    assert begun._silent()
    assert begun._waking.interval() == int(hours * 3_600_000) + 1000
