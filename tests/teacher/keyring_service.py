"""A private D-Bus session with a real GNOME keyring, for tests: never the person's own.

Needs the Debian packages dbus, gnome-keyring and libglib2.0-bin (gdbus).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "test password"


@dataclass
class KeyringService:
    """The environment in which the keyring of this session is reached."""

    environment: dict[str, str]
    folder: Path
    daemons: list[subprocess.Popen[bytes]]

    def unlock(self) -> None:
        """(Re)start the daemon, unlocked with the test's password."""
        self._start(["--unlock"], PASSWORD.encode())

    def lock(self) -> None:
        """Restart the daemon without its password, on the same files."""
        self._start([], b"")

    @property
    def daemon(self) -> subprocess.Popen[bytes]:
        return self.daemons[-1]

    def _start(self, how: list[str], password: bytes) -> None:
        for daemon in self.daemons[1:]:
            end(daemon)
        del self.daemons[1:]
        control = str(self.folder / "control")
        daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--components=secrets", "--control-directory", control, *how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **self.environment},
        )
        self.daemons.append(daemon)
        assert daemon.stdin is not None
        daemon.stdin.write(password)
        daemon.stdin.close()
        self._wait_for_name()

    def _wait_for_name(self) -> None:
        """`gdbus wait` for the service's name on the bus."""
        subprocess.run(
            ["gdbus", "wait", "--session", "--timeout", "10", "org.freedesktop.secrets"],
            env={**os.environ, **self.environment},
            check=True,
        )


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(10)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


@contextlib.contextmanager
def keyring_service(folder: Path) -> Iterator[KeyringService]:
    """A bus of its own, with its files under `folder`, until the block ends. The keyring is not started yet."""
    for name in ("data", "control", "run"):
        (folder / name).mkdir(mode=0o700, parents=True)
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert bus.stdout is not None
    address = bus.stdout.readline().decode().strip()
    environment = {
        "DBUS_SESSION_BUS_ADDRESS": address,
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "HOME": str(folder),
    }
    service = KeyringService(environment, folder, [bus])
    try:
        yield service
    finally:
        for process in reversed(service.daemons):
            end(process)
