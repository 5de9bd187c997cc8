"""A notification daemon on a private bus: it keeps what it is sent, and presses buttons as a person would."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
INTROSPECTED = f"""<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd"><node><interface name="{NAME}">
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{{sv}}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""


@dataclass
class Sent:
    """One notification as the daemon got it. actions: key, label, key, label…"""

    number: int
    title: str
    body: str
    actions: list[str]
    closed: bool = False


@dataclass
class Daemon:
    """What is on the screen. capabilities: as the protocol names them."""

    bus: MessageBus
    capabilities: list[str]
    sent: list[Sent] = field(default_factory=list)

    @property
    def showing(self) -> list[Sent]:
        return [one for one in self.sent if not one.closed]

    def press(self, sent: Sent, label: str) -> None:
        """A button by its label; "" is the notification itself."""
        keys = dict(zip(sent.actions[1::2], sent.actions[::2], strict=True))
        self._signal("ActionInvoked", "us", [sent.number, keys[label]])
        self._close(sent, 2)

    def _close(self, sent: Sent, reason: int) -> None:
        sent.closed = True
        self._signal("NotificationClosed", "uu", [sent.number, reason])

    def _signal(self, member: str, signature: str, body: list[object]) -> None:
        self.bus.send(Message.new_signal(PATH, NAME, member, signature, body))

    def handle(self, message: Message) -> Message | bool:
        if message.message_type != MessageType.METHOD_CALL or message.path != PATH:
            return False
        if message.member == "Introspect":
            return Message.new_method_return(message, "s", [INTROSPECTED])
        if message.member == "GetCapabilities":
            return Message.new_method_return(message, "as", [self.capabilities])
        if message.member == "GetServerInformation":
            return Message.new_method_return(message, "ssss", ["test", "test", "1", "1.2"])
        if message.member == "Notify":
            _, _, _, title, body, actions, _, _ = message.body
            self.sent.append(Sent(len(self.sent) + 1, title, body, actions))
            return Message.new_method_return(message, "u", [len(self.sent)])
        if message.member == "CloseNotification":
            self._close(self.sent[message.body[0] - 1], 3)
            return Message.new_method_return(message)
        return False


@contextlib.contextmanager
def bus() -> Iterator[str]:
    """The address of a session bus of its own."""
    process = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@contextlib.asynccontextmanager
async def daemon(address: str, capabilities: tuple[str, ...] = ("actions", "body")) -> AsyncIterator[Daemon]:
    connection = await MessageBus(address).connect()
    made = Daemon(connection, list(capabilities))
    connection.add_message_handler(made.handle)
    await connection.request_name(NAME)
    try:
        yield made
    finally:
        connection.disconnect()
        await asyncio.wait_for(connection.wait_for_disconnect(), 5)
