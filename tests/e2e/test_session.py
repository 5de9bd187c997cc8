"""The private desktop itself: it is real, it is whole, and nothing of it outlives the test run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.session.desk import Desk
from tests.e2e.session.watchdog import marked

ROOT = Path(__file__).parents[2]


def test_everything_is_there_and_gone_afterwards() -> None:
    with Desk(accessibility=True) as desk:
        assert desk.has_tray()
        for name in ("org.freedesktop.Notifications", "org.freedesktop.secrets", "org.a11y.Bus"):
            assert desk.on_bus(name)
        assert len(marked(desk.mark)) >= 6
        folder = desk.folder
    assert marked(desk.mark) == []
    assert not folder.exists()


def test_a_killed_runner_leaves_nothing_behind() -> None:
    """SIGKILL: no exit handler runs; the watchdog sees the pipe end."""
    script = (
        "import time; from tests.e2e.session.desk import Desk\n"
        "with Desk(accessibility=True) as desk: print(desk.mark, desk.folder, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment)
    assert runner.stdout is not None
    with runner.stdout:
        mark = runner.stdout.readline().split()[0]
    assert len(marked(mark)) >= 6
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    deadline = time.monotonic() + 10
    while marked(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert marked(mark) == []


@pytest.mark.parametrize(("how", "state"), [("unlocked", "false"), ("locked", "true")])
def test_the_keyring_is_as_wanted(how: str, state: str) -> None:
    with Desk(keyring=how, tray=None, notifications=False) as desk:  # type: ignore[arg-type]
        told = desk.run(
            "gdbus", "call", "--session", "--dest", "org.freedesktop.secrets", "--object-path",
            "/org/freedesktop/secrets/collection/login", "--method", "org.freedesktop.DBus.Properties.Get",
            "org.freedesktop.Secret.Collection", "Locked",
        )  # fmt: skip
    assert state in told


def test_without_a_bus_there_is_none() -> None:
    with Desk(bus=False, notifications=False, keyring=None) as desk:
        assert "DBUS_SESSION_BUS_ADDRESS" not in desk.environment
        assert desk.has_tray()
