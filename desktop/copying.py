"""What is copied for use elsewhere: the server's address with its key, and the diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QMimeData
from PySide6.QtGui import QGuiApplication, QScreen

from core.errors import ModelUnavailable, NightschoolError
from core.paths import Home

if TYPE_CHECKING:
    from desktop.context import Context

DESKTOPS = ("xcb", "wayland", "windows", "cocoa")
"""Qt's platforms whose clipboard other programs share, and which puts it away while Python lives."""


async def copy_endpoint(context: Context) -> None:
    """Two lines that any OpenAI client understands as its environment. Raises ModelUnavailable without a server."""
    text = await context.run(endpoint, context.home)
    put(text, secret=True)
    context.bridge.tell(
        QCoreApplication.translate("Copying", "Endpoint and key are copied"),
        QCoreApplication.translate("Copying", "Whoever has the key can use this server and read what it stores."),
        cause="copied",
    )


def endpoint(home: Home) -> str:
    """Read from where the running server says that it listens."""
    from core.server import presence, token

    found = presence.find(home)
    if found is None:
        raise ModelUnavailable(
            QCoreApplication.translate("Copying", "The server is not running now."),
            hint=QCoreApplication.translate("Copying", "Try again when Nightschool says it is ready."),
        )
    key = token.read(Path(found.token_file))
    return f"OPENAI_BASE_URL={found.url}/v1\nOPENAI_API_KEY={key}\n"


async def collect(context: Context) -> None:
    """The diagnostics onto the clipboard; whoever asked tells that they are there."""
    put(await context.run(diagnostics_text, context.home, None, of_the_app(context)))


async def copy_diagnostics(context: Context) -> None:
    await collect(context)
    context.bridge.tell(
        QCoreApplication.translate("Copying", "Diagnostics are copied"),
        QCoreApplication.translate("Copying", "They hold versions, settings and errors; no chats and no keys."),
        cause="copied",
    )


def of_the_app(context: Context) -> dict[str, str]:
    """What only the running app knows."""
    status = context.server.status
    return {
        "Qt platform": QGuiApplication.platformName(),
        "Screens": ", ".join(screen(one) for one in QGuiApplication.screens()),
        "Server": f"{status.state}, own {status.own}, retrieval {status.retrieval}, last ending {status.ending}",
        "Theme": f"dark {context.theme.dark}, high contrast {context.theme.high_contrast}",
        "Reviews that wait": str(context.actions.waiting),
    }


def screen(one: QScreen) -> str:
    size = one.geometry().size()
    return f"{size.width()}×{size.height()} at {one.devicePixelRatio():g}×"


def diagnostics_text(
    home: Home | None, error: NightschoolError | None = None, extra: Mapping[str, str] | None = None
) -> str:
    """Whatever can be said, also where there is no home that could be used. May take seconds."""
    from core.privacy.diagnostics import diagnostics

    said = {"It cannot start": f"{error.title}: {error}"} if error is not None else {}
    if home is None:
        return bare() + "".join(f"{name}: {value}\n" for name, value in said.items())
    return diagnostics(home, {**said, **(extra or {})})


def bare() -> str:
    import platform

    from PySide6 import __version__ as qt

    from core import __version__

    return f"Nightschool {__version__}, Python {platform.python_version()}, Qt {qt}, {platform.platform()}\n"


def put(text: str, *, secret: bool = False) -> None:
    """Onto the clipboard; `secret` asks clipboard histories not to keep it."""
    data = QMimeData()
    data.setText(text)
    if secret:
        data.setData("x-kde-passwordManagerHint", b"secret")
    QGuiApplication.clipboard().setMimeData(data)


def let_go() -> None:
    """At the app's end. Elsewhere the platform keeps what was copied, or hands it on; without a desktop Qt drops it
    after Python has ended, and with it an object of Python's (a crash)."""
    if QGuiApplication.platformName().partition("-")[0] not in DESKTOPS:
        QGuiApplication.clipboard().clear()
