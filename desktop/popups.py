"""The desktop's own notifications, by desktop-notifier, which is loaded when the first one is shown.

desktop-notifier logs what cannot be sent and raises nothing (backends/base.py, `send`); so it is asked afterwards
whether the notification is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.errors import NightschoolError
from core.paths import resources

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

PATIENCE_S = 5.0
"""dbus-fast waits for ever for the answer to a call on a bus that has ended."""
Button = tuple[str, Callable[[], object]]


class NoPopups(NightschoolError):
    """No bus, no notification daemon, or one that does not speak the protocol."""

    code, title = "no_notifications", "This desktop shows no notifications"


class Popups:
    """Notifications of this app. Everything here belongs to the event loop."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._notifier: DesktopNotifier | None = None
        self.can_press = self.can_click = False
        """What this desktop's notifications can do; known after the first one."""
        self.settled = 0
        """How many were shown, so far that a click on them would be heard."""

    async def show(
        self, title: str, message: str, *, buttons: Sequence[Button] = (), clicked: Callable[[], object] | None = None
    ) -> str:
        """Returns its id. Buttons are left out where the desktop has none. Raises NoPopups."""
        from desktop_notifier import Button as Pressable
        from desktop_notifier import Notification

        try:
            async with asyncio.timeout(PATIENCE_S):
                notifier = await self._connected()
                shown = Notification(
                    title,
                    html.escape(message, quote=False),  # the body may be read as markup, the title never
                    buttons=tuple(Pressable(text, on_pressed=does) for text, does in buttons) if self.can_press else (),
                    on_clicked=clicked,
                )
                await notifier.send_notification(shown)
                if shown.identifier not in await notifier.get_current_notifications():
                    raise NoPopups("The notification could not be shown.")
        except (NoPopups, TimeoutError) as error:
            self._notifier = None
            raise NoPopups("No notification service answers.") from error
        self.settled += 1
        return shown.identifier

    async def clear(self, identifier: str) -> None:
        """Takes it off the screen; one that is gone already is no error."""
        if self._notifier is not None and identifier in await self._notifier.get_current_notifications():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await self._notifier.clear(identifier)

    async def clear_all(self) -> None:
        """Takes all of this app's off the screen."""
        if self._notifier is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await self._notifier.clear_all()

    async def _connected(self) -> DesktopNotifier:
        if self._notifier is None:
            from desktop_notifier import Capability, DesktopNotifier, Icon

            notifier = DesktopNotifier(self._name, Icon(path=resources() / "icons" / "nightschool.svg"))
            try:
                able = await notifier.get_capabilities()
            except Exception as error:  # each backend raises its own kind: no bus, no daemon, an old interface
                raise NoPopups("No notification service answers.") from error
            if Capability.TITLE not in able:
                raise NoPopups("Notifications are not supported here.")
            self.can_press, self.can_click = Capability.BUTTONS in able, Capability.ON_CLICKED in able
            self._notifier = notifier
        return self._notifier
