"""The Privacy page: what left the machine, what would be taken out, and forgetting by item, by days, and everything."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QDateEdit,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bench.filling import fill
from core.clock import stamp
from core.privacy.egress_log import EgressLine, EgressLog, ended
from core.records import Feedback, Message, Trace
from desktop.context import Context
from desktop.settings.deletion import Deletion, span
from desktop.settings.egress_entries import read_entries
from desktop.settings.egress_table import PAGE, EgressTable
from desktop.settings.export import Export
from desktop.settings.redaction import Redaction
from desktop.settings.words import Words
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end


@pytest.fixture
async def opened() -> AsyncIterator[list[QWidget]]:
    """Widgets that a test shows; closed while there is a loop."""
    widgets: list[QWidget] = []
    yield widgets
    for widget in widgets:
        end(widget)


def words(widget: QWidget, name: str) -> Words:
    return widget.findChild(Words, name)


# Egress log


def request(log: EgressLog, number: int, host: str = "api.example.org", outcome: str = "answered") -> None:
    line = EgressLine(
        id=f"egress-{number}", at=stamp(datetime(2026, 11, 21, 12, 0, number % 60, tzinfo=UTC)), event="sent",
        purpose=f"teacher {number}", method="POST", host=host, bytes_sent=1000,
    )  # fmt: skip
    log.write(line)
    if outcome == "answered":
        log.write(ended(line, "answered", 0.0, status=200, received=2000))
    elif outcome == "failed":
        log.write(ended(line, "failed", 0.0, error="ConnectError"))


async def test_an_empty_egress_log_says_that_nothing_left(context: Context, opened: list[QWidget]) -> None:
    table = EgressTable(context)
    opened.append(table)
    table.show()
    summary = words(table, "egress_summary")
    await until(lambda: summary.text() == "Nothing has left this machine.")
    assert not table.findChild(QWidget, "egress_table").isVisible()


async def test_requests_are_listed_newest_first_with_their_outcome(context: Context, opened: list[QWidget]) -> None:
    log = EgressLog(context.home.egress_log)
    request(log, 1)
    request(log, 2, "hub.example.org", "failed")
    request(log, 3, outcome="")
    table = EgressTable(context)
    opened.append(table)
    table.show()
    await until(lambda: table.rows == 3)
    assert [table.cell_text(row, 1) for row in range(3)] == ["teacher 3", "teacher 2", "teacher 1"]
    assert [table.cell_text(row, 6) for row in range(3)] == [
        "no answer yet, or cut off", "failed (ConnectError)", "answered (200)",
    ]  # fmt: skip
    assert table.cell_text(2, 2) == "api.example.org" and table.cell_text(2, 3) == "POST"
    assert table.cell_text(2, 4) == "1000 bytes" and table.cell_text(2, 5) == "1.95 KiB"
    assert words(table, "egress_summary").text().startswith("3 requests to 2 addresses; 2.93 KiB sent")


async def test_a_long_log_is_paged_and_summed_whole(context: Context, opened: list[QWidget], qtbot: QtBot) -> None:
    lines = []
    log = EgressLog(context.home.egress_log)
    request(log, 0)
    first = context.home.egress_log.read_bytes()
    for number in range(1, 2 * PAGE + 5):
        lines.append(first.replace(b"egress-0", b"egress-%d" % number).replace(b"teacher 0", b"teacher %d" % number))
    context.home.egress_log.write_bytes(first + b"".join(lines) + b'{"torn')
    table = EgressTable(context)
    opened.append(table)
    table.show()
    older = table.findChild(QPushButton, "egress_older")
    for expected in (PAGE, 2 * PAGE, 2 * PAGE + 5):
        await until(lambda expected=expected: table.rows == expected)
        assert table.cell_text(0, 1) == f"teacher {2 * PAGE + 4}"
        assert words(table, "egress_summary").text().startswith("205 requests to 1 addresses; 200.20 KiB sent")
        assert older.isVisible() == (expected < 2 * PAGE + 5)
        qtbot.mouseClick(older, Qt.MouseButton.LeftButton)
    assert len(read_entries(context.home.egress_log, 7).newest) == 7


# Redaction


async def test_the_preview_shows_what_would_be_sent_and_what_was_found(
    context: Context, opened: list[QWidget], qtbot: QtBot
) -> None:
    preview = Redaction(context)
    opened.append(preview)
    preview.show()
    preview.findChild(QPlainTextEdit, "redaction_text").setPlainText("Hello\nwrite to ann@example.org today")
    result = preview.findChild(QPlainTextEdit, "redaction_result")
    await until(lambda: "[e-mail]" in result.toPlainText())
    assert "ann@" not in result.toPlainText()
    findings = preview.findChild(QListWidget, "redaction_findings")
    assert [findings.item(row).text() for row in range(findings.count())] == ["Line 2: an e-mail address"]
    preview.findChild(QPlainTextEdit, "redaction_text").setPlainText("Hello")
    await until(lambda: "Nothing" in words(preview, "redaction_verdict").text())
    assert result.toPlainText() == "Hello" and not findings.isVisible()


# Forgetting


def trace(number: int, asked: str, day: int = 20, conversation: str | None = None) -> Trace:
    return Trace(
        id=f"trace-{number}", created_at=stamp(datetime(2026, 11, day, 12, 0, number, tzinfo=UTC)),
        messages=[Message(role="user", content=asked)], response=f"answer {number}", finish_reason="stop",
        conversation_id=conversation,
    )  # fmt: skip


@pytest.fixture
async def forget(context: Context, opened: list[QWidget]) -> Deletion:
    for each in (
        trace(1, "about apples", 18),
        trace(2, "about pears", 19, "talk"),
        trace(3, "more pears", 20, "talk"),
        trace(4, "about plums", 20),
    ):
        context.database.traces.add(each)
    context.database.feedback.add(Feedback(id="f1", trace_id="trace-4", created_at="2026-11-20T13:00:00Z", value=True))
    made = Deletion(context)
    opened.append(made)
    made.show()
    await until(lambda: lines(made))
    return made


def lines(widget: Deletion) -> list[str]:
    listed = widget.findChild(QListWidget, "forget_list")
    return [listed.item(row).text()[18:] for row in range(listed.count())]


def left(context: Context) -> list[str]:
    return [each.id for each in context.database.traces.list(order="asc")]


def choose(widget: Deletion, text: str) -> None:
    listed = widget.findChild(QListWidget, "forget_list")
    listed.clearSelection()
    (item,) = [listed.item(row) for row in range(listed.count()) if text in listed.item(row).text()]
    item.setSelected(True)


def press(widget: QWidget, name: str, qtbot: QtBot) -> None:
    button = widget.findChild(QPushButton, name)
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


async def asked(widget: Deletion) -> QMessageBox:
    await until(lambda: widget.findChild(QMessageBox, "confirm_delete") is not None)
    return widget.findChild(QMessageBox, "confirm_delete")


async def agree(widget: Deletion, count: int, qtbot: QtBot) -> None:
    box = await asked(widget)
    assert str(count) in box.informativeText() and "cannot be undone" in box.informativeText()
    assert box.defaultButton().objectName() != "confirm_delete_go"
    press(box, "confirm_delete_go", qtbot)
    outcome = words(widget, "forget_outcome")
    await until(lambda: outcome.text().startswith(f"{count} answers were forgotten."), what=outcome.text())
    assert outcome.tone == "good"


async def test_one_answer_is_forgotten_after_asking(forget: Deletion, context: Context, qtbot: QtBot) -> None:
    assert lines(forget) == ["about plums", "more pears", "about pears", "about apples"]
    assert not forget.findChild(QPushButton, "forget_one").isEnabled()
    choose(forget, "plums")
    press(forget, "forget_one", qtbot)
    await agree(forget, 1, qtbot)
    assert left(context) == ["trace-1", "trace-2", "trace-3"]
    assert context.database.counts().feedback == 0
    assert b"plums" not in context.home.database.read_bytes()
    await until(lambda: lines(forget) == ["more pears", "about pears", "about apples"])


async def test_cancelling_forgets_nothing(forget: Deletion, context: Context, qtbot: QtBot) -> None:
    choose(forget, "plums")
    press(forget, "forget_one", qtbot)
    box = await asked(forget)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    await asyncio.sleep(0.1)
    assert len(left(context)) == 4 and not words(forget, "forget_outcome").text()


async def test_a_whole_conversation_is_forgotten(forget: Deletion, context: Context, qtbot: QtBot) -> None:
    choose(forget, "more pears")
    press(forget, "forget_conversation", qtbot)
    await agree(forget, 2, qtbot)
    assert left(context) == ["trace-1", "trace-4"]


async def test_a_range_of_days_is_forgotten_whichever_end_is_named_first(
    forget: Deletion, context: Context, qtbot: QtBot
) -> None:
    forget.findChild(QDateEdit, "forget_from").setDate(QDate(2026, 11, 19))
    forget.findChild(QDateEdit, "forget_until").setDate(QDate(2026, 11, 18))
    press(forget, "forget_range", qtbot)
    await agree(forget, 2, qtbot)
    assert left(context) == ["trace-3", "trace-4"]


async def test_everything_is_forgotten(forget: Deletion, context: Context, qtbot: QtBot) -> None:
    context.database.state.set("draft:new", "what was being typed")
    press(forget, "forget_all", qtbot)
    await agree(forget, 4, qtbot)
    assert left(context) == []
    assert context.database.state.get("draft:new") is None
    await until(lambda: words(forget, "forget_empty").text() == "Nothing has been asked yet.")
    press(forget, "forget_all", qtbot)
    await until(lambda: "nothing to forget" in words(forget, "forget_outcome").text())


async def test_the_list_is_searched(forget: Deletion, qtbot: QtBot) -> None:
    search = forget.findChild(QLineEdit, "forget_search")
    qtbot.keyClicks(search, "pears")
    await until(lambda: sorted(lines(forget)) == ["about pears", "more pears"])
    qtbot.keyClicks(search, "xyzzy")
    await until(lambda: words(forget, "forget_empty").text() == "Nothing holds these words.")


async def test_cancelling_half_way_says_what_is_left(context: Context, opened: list[QWidget], qtbot: QtBot) -> None:
    with context.database.transaction():
        for number in range(1200):
            many = Trace(id=f"many-{number}", created_at="2026-11-20T12:00:00Z", response="x", finish_reason="stop")
            context.database.traces.add(many)
    widget = Deletion(context)
    opened.append(widget)
    widget.show()
    press(widget, "forget_all", qtbot)
    box = await asked(widget)
    press(box, "confirm_delete_go", qtbot)
    widget.cancel()
    outcome = words(widget, "forget_outcome")
    await until(lambda: "You cancelled" in outcome.text())
    remaining = len(context.database.traces.ids_between("", "~"))
    assert remaining > 0 and f"{remaining} are still there" in outcome.text()


# Export


async def test_everything_is_exported_to_one_file(
    context: Context, opened: list[QWidget], tmp_path: Path, qtbot: QtBot
) -> None:
    context.database.traces.add(trace(1, "about apples"))
    widget = Export(context)
    opened.append(widget)
    widget.show()
    press(widget, "export_start", qtbot)
    dialog = widget.findChild(QFileDialog, "export_dialog")
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave and dialog.defaultSuffix() == "zip"
    dialog.fileSelected.emit(str(tmp_path / "mine.zip"))
    dialog.close()
    assert not widget.findChild(QPushButton, "export_start").isEnabled()
    outcome = words(widget, "export_outcome")
    await until(lambda: outcome.text().startswith("1 answers were exported to"), what=outcome.text())
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert b"about apples" in archive.read("traces.jsonl")
    assert widget.findChild(QPushButton, "export_start").isEnabled()


async def test_an_export_that_is_cancelled_leaves_nothing(
    context: Context, opened: list[QWidget], tmp_path: Path, qtbot: QtBot
) -> None:
    fill(context.database, 300, seed=1)
    widget = Export(context)
    opened.append(widget)
    widget.show()
    widget.export(tmp_path / "mine.zip")
    press(widget, "export_cancel", qtbot)
    await until(lambda: words(widget, "export_outcome").text() == "Cancelled. No file was left behind.")
    assert not list(tmp_path.glob("*mine*"))


async def test_an_export_that_cannot_be_written_says_why(context: Context, opened: list[QWidget]) -> None:
    widget = Export(context)
    opened.append(widget)
    widget.export(Path("/nonexistent/folder/mine.zip"))
    await until(lambda: "cannot be written" in words(widget, "export_outcome").text())
    assert words(widget, "export_outcome").tone == "bad"


def test_a_span_of_days_is_local_and_whole() -> None:
    start, end = span(date(2026, 11, 20), date(2026, 11, 20))
    local = [datetime.fromisoformat(each).astimezone() for each in (start, end)]
    assert [(each.day, each.hour, each.minute) for each in local] == [(20, 0, 0), (21, 0, 0)]
