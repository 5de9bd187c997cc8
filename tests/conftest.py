"""Every test has its own home, no real keyring and no network beyond loopback."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from core import paths
from core.paths import Home


@pytest.fixture(autouse=True, scope="session")
def heeds_ctrl_c() -> None:
    """A shell that starts a job in the background has it ignore SIGINT, and every program below would inherit that."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSCHOOL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture
def home() -> Home:
    return paths.home()
