"""The log: private, bounded, with tracebacks of whatever escapes, and without anybody's words."""

from __future__ import annotations

import asyncio
import logging
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, qWarning

from desktop import log
from tests.desktop.conftest import until


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A log that was started, and everything as it was afterwards."""
    for owner, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    level = logging.getLogger().level
    log.start(tmp_path / "logs")
    log.catch_everything()
    yield tmp_path / "logs" / "desktop.log"
    log.stop()
    logging.getLogger().setLevel(level)


def test_only_the_owner_can_read_it_also_after_it_was_rotated(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LOG_BYTES", 500)
    log.start(file.parent)
    for number in range(100):
        logging.getLogger("desktop").info("line %d", number)
    found = sorted(file.parent.iterdir())
    assert [one.name for one in found] == ["desktop.log", "desktop.log.1", "desktop.log.2", "desktop.log.3"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in found} == {0o600}
    assert sum(one.stat().st_size for one in found) < 2500


async def test_what_escapes_from_threads_tasks_and_destructors_is_in_it(
    file: Path, bugs: list[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(where: str) -> None:
        raise RuntimeError(f"escaped from {where}")

    class Dies:
        def __del__(self) -> None:
            fails("a destructor")

    thread = threading.Thread(target=fails, args=("a thread",))
    thread.start()
    thread.join()
    Dies()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log.catch_in_loop)
    loop.call_soon(fails, "the loop")
    await until(lambda: len(bugs) == 3)
    text = file.read_text()
    for where in ("a thread", "a destructor", "the loop"):
        assert f"RuntimeError: escaped from {where}" in text
    assert text.count("in fails") == 3
    bugs.clear()


@pytest.mark.qt_no_exception_capture
async def test_what_escapes_from_a_slot_is_in_it(file: Path, bugs: list[BaseException]) -> None:
    owner = QObject()

    def slot() -> None:
        raise RuntimeError("escaped from a slot")

    QTimer.singleShot(0, owner, slot)
    await until(lambda: bugs)
    assert "RuntimeError: escaped from a slot" in file.read_text()
    bugs.clear()


@pytest.mark.parametrize("error", [KeyError("my secret question"), ValueError("my secret question")])
def test_nobodys_words_are_in_it(file: Path, bugs: list[BaseException], error: Exception) -> None:
    try:
        try:
            raise error
        except Exception as first:
            raise RuntimeError("it went wrong") from first
    except RuntimeError as second:
        log.bug(second)
    text = file.read_text()
    assert "secret" not in text
    assert type(error).__name__ in text
    assert "RuntimeError: it went wrong" in text
    bugs.clear()


def test_what_qt_complains_of_is_in_it(file: Path) -> None:
    qWarning("a complaint")
    assert "WARNING qt: " in file.read_text()
    assert "a complaint" in file.read_text()


def test_cancelling_is_no_bug(file: Path) -> None:
    log.bug(asyncio.CancelledError())
    assert file.read_text() == ""
