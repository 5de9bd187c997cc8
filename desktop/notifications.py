"""What the desktop is told outside of our windows: reviews that wait, and a student that cannot answer.

A notification is only a door to the review queue, which decides. Each cause is told once a day; what falls into the
quiet hours is told in one line when they end. Titles only: what stands on a lock screen must not quote a chat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from core.clock import Clock, now
from core.database import Review
from core.database.approval import approve, reject
from desktop.popups import NoPopups, Popups
from desktop.quiet_hours import quiet_until

if TYPE_CHECKING:
    from core.server.supervised import ServerStatus
    from desktop.context import Context

SINGLY = 3
"""More reviews than these at once are one notification."""
LONGEST_TIMER_S = 6 * 3600
"""A timer does not run while the machine sleeps: look at the clock again now and then."""


class Notifications(QObject):
    """Follows the bridge from `start` on. `clock`: what time it is; `popups`: where they are shown."""

    def __init__(self, context: Context, *, clock: Clock = now, popups: Popups | None = None) -> None:
        super().__init__()
        self._context = context
        self._clock = clock
        self._popups = popups or Popups(QApplication.applicationDisplayName() or "Nightschool")
        self._shown: dict[str, str] = {}
        """review id → id of the notification that tells of it; "" where it is one of several"""
        self._problems: list[str] = []
        """titles held back by the quiet hours"""
        self._held = False
        self._busy = self._again = False
        self._waking = QTimer(self, singleShot=True)
        self._waking.timeout.connect(self.look)

    def start(self) -> None:
        bridge = self._context.bridge
        bridge.reviews_changed.connect(self.look)
        bridge.server_changed.connect(self._server_changed)
        bridge.config_changed.connect(self.look)
        self.look()

    async def end(self) -> None:
        """Nobody hears the buttons once the app has ended: what is still shown goes with it."""
        await self._popups.clear_all()

    def look(self) -> None:
        """Reads the queue and tells what is new; calls that come meanwhile are one more reading."""
        self._again = True
        if not self._busy:
            self._busy = True
            self._context.spawn(self._look())

    async def _look(self) -> None:
        try:
            while self._again:
                self._again = False
                await self._compare()
        finally:
            self._busy = False

    async def _compare(self) -> None:
        context = self._context
        pending = await context.run(context.database.reviews.all, state="pending", limit=1000)
        await self._take_away({review.id for review in pending})
        if not pending:
            context.bridge.withdraw("reviews")
        if self._silent():
            self._held = self._held or bool(pending)
            return
        wanted = context.config.notifications
        new = [r for r in pending if r.id not in self._shown] if wanted.enabled and wanted.reviews else []
        new = [r for r in new if await self._first(f"review:{r.id}")]
        problems, self._problems = self._problems, []
        held, self._held = self._held, False
        if held and len(new) + len(problems) > 1:
            await self._tell_summary(new, problems)
        else:
            await self._tell(new)
            for title in problems:
                await self._tell_problem(title)

    def _silent(self) -> bool:
        """Whether it is quiet now; then it is looked again when that ends."""
        wanted = self._context.config.notifications
        until = quiet_until(wanted.quiet_from, wanted.quiet_until, self._local().replace(tzinfo=None))
        if until is not None:
            left = min((until.astimezone() - self._clock()).total_seconds(), LONGEST_TIMER_S)
            self._waking.start(int(left * 1000) + 1000)
        return until is not None

    def _local(self) -> datetime:
        return self._clock().astimezone()

    async def _first(self, cause: str) -> bool:
        notices = self._context.database.notices
        return await self._context.run(notices.first_today, cause, self._local().date().isoformat())

    async def _take_away(self, pending: set[str]) -> None:
        """A review that was decided, wherever, has no notification any more."""
        for review_id in [known for known in self._shown if known not in pending]:
            await self._popups.clear(self._shown.pop(review_id))

    async def _tell(self, reviews: Sequence[Review]) -> None:
        if self._is_looking_at_them():
            self._shown |= {review.id: "" for review in reviews}
        elif len(reviews) > SINGLY:
            await self._tell_several(reviews, self.tr("Waiting for your review: {}").format(len(reviews)))
        else:
            for review in reviews:
                await self._tell_one(review)

    def _is_looking_at_them(self) -> bool:
        window = self._context.windows.built("review")
        return window is not None and window.isActiveWindow()

    async def _tell_one(self, review: Review) -> None:
        self._shown[review.id] = await self._show(
            self.tr("Review: {}").format(review.title),
            self.tr("Approving it has it tried; it is kept only if it passes."),
            buttons=(
                (self.tr("Approve"), lambda: self._decide(review.id, approved=True)),
                (self.tr("Reject"), lambda: self._decide(review.id, approved=False)),
                (self.tr("Open"), lambda: self._context.windows.show_review(review.id)),
            ),
            clicked=lambda: self._context.windows.show_review(review.id),
        )

    async def _tell_several(self, reviews: Sequence[Review], title: str, message: str = "") -> None:
        shown = await self._show(
            title,
            message,
            buttons=((self.tr("Open"), self._context.windows.show_review),),
            clicked=self._context.windows.show_review,
        )
        self._shown |= {review.id: "" for review in reviews}
        if len(reviews) == 1:
            self._shown[reviews[0].id] = shown

    async def _tell_summary(self, reviews: Sequence[Review], problems: Sequence[str]) -> None:
        parts = [self.tr("Waiting for your review: {}").format(len(reviews))] if reviews else []
        await self._tell_several(reviews, self.tr("While it was quiet"), ". ".join([*parts, *problems]))

    async def _tell_problem(self, title: str) -> None:
        await self._show(title, "", clicked=self._context.windows.show_chat)

    async def _show(
        self,
        title: str,
        message: str,
        *,
        buttons: Sequence[tuple[str, Callable[[], object]]] = (),
        clicked: Callable[[], object] | None = None,
    ) -> str:
        """The id of the notification; "" where this desktop has none and our windows tell it instead."""
        try:
            return await self._popups.show(title, message, buttons=buttons, clicked=clicked)
        except NoPopups as error:
            bridge = self._context.bridge
            if await self._first(error.code):
                bridge.tell(self.tr("This desktop shows no notifications"), self.tr("What waits is told in here."))
            bridge.tell(title, message, cause="reviews" if buttons else "server")
            return ""

    def _decide(self, review_id: str, *, approved: bool) -> None:
        context = self._context
        if approved:
            deciding = context.run(approve, context.database, review_id, now=self._clock())
        else:
            why = self.tr("Rejected from the notification")
            deciding = context.run(reject, context.database, review_id, why, now=self._clock())
        context.spawn(deciding)

    def _server_changed(self, status: ServerStatus) -> None:
        wanted = self._context.config.notifications
        if status.state == "failed" and wanted.enabled and wanted.errors and QApplication.activeWindow() is None:
            self._context.spawn(self._tell_of_failure())

    async def _tell_of_failure(self) -> None:
        if not await self._first("model failed"):
            return
        title = self.tr("The student cannot answer")
        if self._silent():
            self._problems.append(title)
            self._held = True
        else:
            await self._tell_problem(title)
