"""The teacher's key: in the keyring of the operating system, and nowhere else.

It is read when it is needed and never kept. Every state of a keyring has a name here; a keyring that waits for its
owner's password is waited for only so long.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import Callable
from typing import Literal, TypeVar, cast

import keyring
import keyring.errors
from keyring.backend import KeyringBackend

from core.errors import TeacherError

SERVICE = "nightschool"
TIME_LIMIT_S = 20.0
"""For the keyring's owner to type a password, too."""
KeyState = Literal["present", "missing", "locked", "denied", "unavailable", "timeout"]
OF_THE_SYSTEM = ("keyring.backends.SecretService", "keyring.backends.libsecret", "keyring.backends.kwallet",
                 "keyring.backends.macOS", "keyring.backends.Windows")  # fmt: skip
"""Backends that may hold a key. Others keep it in a file, or silently nowhere (`null`)."""
T = TypeVar("T")


class Key:
    """A secret that shows itself only when asked to."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Key(hidden)"

    __str__ = __repr__


class KeyUnavailable(TeacherError):
    """The key cannot be had; `state` says why."""

    code = "teacher_key_error"

    def __init__(self, state: KeyState) -> None:
        message, hint = _TOLD[state]
        super().__init__(message, hint=hint)
        self.state = state


_TOLD: dict[KeyState, tuple[str, str]] = {
    "missing": (
        "There is no key for the teacher.",
        "`python -m keyring set nightschool anthropic` (or openai) keeps one in the keyring.",
    ),
    "locked": ("The keyring is locked.", "Unlock it and try again."),
    "denied": ("The keyring refused access to the teacher's key.", "Allow Nightschool to read it."),
    "unavailable": (
        "This machine has no keyring in which a key may be kept.",
        "Start a keyring service, for example GNOME Keyring or KWallet.",
    ),
    "timeout": ("The keyring did not answer in time.", "It may be waiting for its password."),
}


class Keys:
    """Reads and writes keys; blocking calls to the keyring run on threads of their own."""

    def __init__(self, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._time_limit_s = time_limit_s

    async def read(self, provider: str) -> Key:
        """Raises KeyUnavailable."""
        text = await self._call(lambda: _backend().get_password(SERVICE, provider))
        if not text:
            raise KeyUnavailable("missing")
        return Key(text)

    async def state(self, provider: str) -> KeyState:
        """`present`, or why there is none."""
        try:
            await self.read(provider)
        except KeyUnavailable as error:
            return error.state
        return "present"

    async def save(self, provider: str, key: Key) -> None:
        """Kept, and read back to prove it. Raises KeyUnavailable."""
        await self._call(lambda: _backend().set_password(SERVICE, provider, key.reveal()))
        if (await self.read(provider)).reveal() != key.reveal():
            raise KeyUnavailable("unavailable")

    async def remove(self, provider: str) -> bool:
        """False when there was none. Raises KeyUnavailable."""
        if await self.state(provider) == "missing":
            return False
        await self._call(lambda: _backend().delete_password(SERVICE, provider))
        return True

    async def _call(self, function: Callable[[], T]) -> T:
        try:
            return await asyncio.wait_for(on_daemon_thread(function), self._time_limit_s)
        except TimeoutError:
            raise KeyUnavailable("timeout") from None
        except KeyUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  backends let their D-Bus library's own errors through
            raise KeyUnavailable(named(error)) from None


def on_daemon_thread(function: Callable[[], T]) -> asyncio.Future[T]:
    """Like `asyncio.to_thread`, but a thread that waits for a password for ever does not keep the process alive."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()
    done: concurrent.futures.Future[T] = concurrent.futures.Future()

    def run() -> None:
        try:
            done.set_result(function())
        except BaseException as error:  # noqa: BLE001  carried over to the caller
            done.set_exception(error)
        with contextlib.suppress(RuntimeError):  # the loop was closed while the keyring waited
            loop.call_soon_threadsafe(settle)

    def settle() -> None:
        if answer.cancelled():
            return
        error = done.exception()
        if error is None:
            answer.set_result(done.result())
        else:
            answer.set_exception(error)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return answer


def _backend() -> KeyringBackend:
    """The system's keyring. Raises KeyUnavailable where keys would land in a file or nowhere."""
    chosen = keyring.get_keyring()
    for backend in getattr(chosen, "backends", [chosen]):
        if type(backend).__module__.startswith(OF_THE_SYSTEM):
            return cast(KeyringBackend, backend)
    raise KeyUnavailable("unavailable")


def named(error: Exception) -> KeyState:
    """The state behind a keyring's exception. Its text is not used: backends quote what they were given."""
    causes = {type(error).__name__, type(error.__cause__).__name__, type(error.__context__).__name__}
    if causes & {"KeychainDenied", "PromptDismissedException", "SecureAuthError"}:
        return "denied"
    return "locked" if isinstance(error, keyring.errors.KeyringLocked) else "unavailable"
