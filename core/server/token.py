"""The bearer token: made once, kept in a 0600 file, compared in constant time, never logged."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from core.errors import ConfigError

LEAST_LENGTH = 8


def load_or_create(path: Path) -> str:
    """The token in `path`; made (256 bits) when there is none. Raises ConfigError on one that others can read."""
    try:
        return read(path)
    except FileNotFoundError:
        return _create(path)


def read(path: Path) -> str:
    """The token in an existing file. Raises FileNotFoundError, or ConfigError when it is open to others or empty."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigError(f"The key file {path.name} cannot be read: {error.strerror}.") from error
    with os.fdopen(handle, "rb") as file:
        _refuse_shared(path, os.fstat(file.fileno()).st_mode)
        text = file.read(4096).decode("utf-8", errors="replace").strip()
    if len(text) < LEAST_LENGTH:
        raise ConfigError(
            f"The key in {path.name} is shorter than {LEAST_LENGTH} characters.",
            hint="Delete the file to have a new one made.",
        )
    return text


def _refuse_shared(path: Path, mode: int) -> None:
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise ConfigError(
            f"The key file {path.name} can be read by others (mode {stat.S_IMODE(mode):04o}).",
            hint=f"chmod 600 it, or delete it to have a new key made: {path}",
        )


def _create(path: Path) -> str:
    """O_EXCL: a file or link planted there meanwhile is refused, not followed."""
    import secrets

    token = f"ns-{secrets.token_urlsafe(32)}"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(token + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)  # on a full disk: an empty key would stop every later start
        raise
    return token


def matches(header: bytes | None, token: str) -> bool:
    """Whether an Authorization header carries the token. Bytes throughout: a non-ASCII guess is only wrong."""
    import hmac  # like secrets above, it brings OpenSSL along, which a window that only reads the key can do without

    scheme, _, given = (header or b"").partition(b" ")
    return scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), token.encode())
