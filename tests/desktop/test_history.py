"""The history window: what nights did, the way back, and the figures as plots and as tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QComboBox, QLabel, QMessageBox, QPushButton, QTableWidget, QWidget

from core.clock import new_id, now, stamp
from core.database import DayFigures
from core.errors import BadRequest, NotFound
from core.records import Escalation, Feedback, SessionOutcome, Trace
from desktop.context import Context
from desktop.history import figures, words
from desktop.history.sessions import ask_rollback
from desktop.history.window import HistoryWindow
from desktop.moments import age, moment, when
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end


@pytest.fixture
async def window(context: Context) -> AsyncIterator[HistoryWindow]:
    made = HistoryWindow(context)
    made.show()
    yield made
    end(made)


def text(window: QWidget, name: str) -> str:
    found = window.findChild(QLabel, name)
    assert found is not None, name
    return found.text() if found.isVisible() else ""


def night(context: Context, job_id: str, ending: str = "done", *, kind: str = "night", **more: Any) -> None:
    """A night as the worker leaves it in the jobs."""
    reason = more.pop("reason", None)
    evidence = (
        None if ending != "done" else msgspec.to_builtins(SessionOutcome(**{"outcome": "Two edits kept.", **more}))
    )
    context.database.jobs.insert(job_id, kind, {}, now=now())
    job = context.database.jobs.claim("worker", now=now(), lease_s=60, kinds=[kind])
    assert job is not None and job.id == job_id
    context.database.jobs.finish(job_id, "worker", ending, now=now(), evidence=evidence, reason=reason)  # type: ignore[arg-type]


def answer(context: Context, *, thumb: bool | None = None, days_ago: int = 0, **more: Any) -> None:
    trace_id = new_id("resp_")
    at = stamp(now() - timedelta(days=days_ago))
    trace = Trace(id=trace_id, created_at=at, response="x", finish_reason="stop", **more)
    context.database.traces.add(trace)
    if thumb is not None:
        context.database.feedback.add(
            Feedback(id=new_id("fb_"), trace_id=trace_id, created_at=stamp(now()), value=thumb)
        )


def cells(table: QTableWidget) -> list[list[str]]:
    return [
        [table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())
    ]


async def test_without_nights_it_says_what_is_recorded_meanwhile(window: HistoryWindow) -> None:
    await until(lambda: "No night has run yet" in text(window, "history_empty"))
    assert "thumbs and corrections" in text(window, "history_empty")


async def test_each_ending_stands_in_the_table_with_its_reason(context: Context, window: HistoryWindow) -> None:
    night(context, "n1", "skipped", reason="The battery was low.")
    night(context, "n2", "failed", reason="The disk was full.")
    night(context, "n3", cost_usd=1.5, changes=("coder: units", "writer: shorter"), score_before=0.6, score_after=0.65)
    context.database.jobs.insert("n4", "night", {}, now=now())
    context.bridge.jobs_changed.emit()
    await until(lambda: window.sessions.table.rowCount() == 4)
    rows = cells(window.sessions.table)
    assert [row[2] for row in rows] == [
        "Waiting for the next night",
        "Two edits kept.",
        "Failed: The disk was full.",
        "Skipped: The battery was low.",
    ]
    assert rows[1][3:] == ["$1.50", "coder: units and 1 more"] and rows[2][4] == "Nothing"
    window.sessions.table.selectRow(1)
    shown = text(window, "session_text")
    assert "from 60.0 % to 65.0 %" in shown and "• writer: shorter" in shown
    assert "no checkpoint" in text(window, "rollback_state")
    window.sessions.table.selectRow(3)
    assert "The battery was low." in text(window, "session_text")
    assert text(window, "rollback_state") == ""


async def test_rolling_back_asks_first_and_is_queued_once(context: Context, window: HistoryWindow) -> None:
    night(context, "n1", changes=("coder: units",), checkpoint="c0ffee")
    night(context, "n2")
    context.bridge.jobs_changed.emit()
    await until(lambda: window.sessions.table.rowCount() == 2)
    button = window.findChild(QPushButton, "roll_back")
    assert not button.isVisible()  # n2 kept no checkpoint
    window.sessions.table.selectRow(1)
    assert button.isVisible() and "c0ffee" in text(window, "session_text")
    button.click()
    question = window.findChild(QMessageBox, "rollback_question")
    question.button(QMessageBox.StandardButton.Cancel).click()
    assert [job.id for job in context.database.jobs.all(kind="rollback")] == []
    button.click()
    [question] = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
    question.findChild(QPushButton, "rollback_yes").click()
    await until(lambda: window.sessions.table.rowCount() == 3)
    [job] = context.database.jobs.all(kind="rollback")
    assert (job.id, job.payload) == ("rollback-n1", {"session_id": "n1", "checkpoint": "c0ffee"})
    window.sessions.table.selectRow(2)
    assert "waits for the next night" in text(window, "rollback_state") and not button.isVisible()
    assert ask_rollback(context.database, "n1", now=now()) == job  # twice is once


async def test_the_person_stays_on_the_row_they_were_on(context: Context, window: HistoryWindow) -> None:
    night(context, "n1", outcome="the first")
    night(context, "n2", outcome="the second")
    context.bridge.jobs_changed.emit()
    await until(lambda: window.sessions.table.rowCount() == 2)
    window.sessions.table.selectRow(1)
    night(context, "n3", outcome="the third")
    context.bridge.jobs_changed.emit()
    await until(lambda: window.sessions.table.rowCount() == 3)
    assert "the first" in text(window, "session_text")


async def test_what_a_screen_reader_selects_is_what_is_shown(context: Context, window: HistoryWindow) -> None:
    """AT-SPI's selectChild selects a row without making it the current one."""
    night(context, "n1", outcome="the first")
    night(context, "n2", outcome="the second")
    context.bridge.jobs_changed.emit()
    await until(lambda: window.sessions.table.rowCount() == 2)
    assert "the second" in text(window, "session_text")
    table = window.sessions.table
    flag = QItemSelectionModel.SelectionFlag
    table.selectionModel().select(table.model().index(1, 0), flag.ClearAndSelect | flag.Rows)
    assert table.currentRow() == 0 and "the first" in text(window, "session_text")


def test_only_a_session_with_a_checkpoint_is_rolled_back(context: Context) -> None:
    night(context, "n1")
    with pytest.raises(BadRequest, match="no checkpoint"):
        ask_rollback(context.database, "n1", now=now())
    with pytest.raises(NotFound):
        ask_rollback(context.database, "n0", now=now())
    assert context.database.jobs.all(kind="rollback") == []


async def figures_of(context: Context, window: HistoryWindow) -> None:
    window.pages.setCurrentWidget(window.figures)
    await until(lambda: all(view.figure is not None for view in window.figures.views))


async def test_without_data_a_sentence_stands_in_the_plots_place(context: Context, window: HistoryWindow) -> None:
    await figures_of(context, window)
    for view in window.figures.views:
        assert view.plot is None and not view.table.isVisible()
        assert text(window, f"summary_{view.name}") == words.missing(view.name)


async def test_each_figure_is_drawn_told_and_tabled(context: Context, window: HistoryWindow) -> None:
    for ago, thumb in ((2, True), (2, True), (2, False), (1, True), (0, None)):
        answer(context, thumb=thumb, days_ago=ago, cost_usd=0.25)
    answer(context, escalation=Escalation(provider="anthropic", model="m", outcome="answered"))
    night(context, "n1", score_after=0.7, cost_usd=1.0)
    await figures_of(context, window)
    views = {view.name: view for view in window.figures.views}
    await until(lambda: all(view.plot is not None for view in views.values()))
    up, down = (curve.getData()[1].tolist() for curve in views["thumbs"].plot.curves())
    assert (up, down) == ([2.0, 1.0, 0.0], [1.0, 0.0, 0.0])
    [accepted] = views["acceptance"].plot.curves()
    assert accepted.getData()[1].tolist() == pytest.approx([2 / 3, 1.0])
    assert text(window, "summary_thumbs") == "3 up and 1 down, on 3 days with figures."
    assert text(window, "summary_benchmark").startswith("Last 70.0 % on ")
    assert text(window, "summary_cost").startswith("$2.25 in all, on 3 days with figures; at most $1.25 on ")
    plot = views["thumbs"].plot
    assert plot.isVisible() and plot.accessibleDescription() == text(window, "summary_thumbs")
    window.figures.as_table.setChecked(True)
    assert not plot.isVisible() and views["thumbs"].table.isVisible()
    assert [row[1:] for row in cells(views["thumbs"].table)] == [["0", "0"], ["1", "0"], ["2", "1"]]
    assert cells(views["escalation"].table)[0][1] == "50.0 %"
    window.figures.as_table.setChecked(False)
    assert plot.isVisible()


async def test_the_range_is_what_is_read(context: Context, window: HistoryWindow) -> None:
    for ago in (0, 6, 7, 29, 30, 89, 90, 120):
        answer(context, thumb=True, days_ago=ago)
    await figures_of(context, window)
    box = window.findChild(QComboBox, "history_range")
    [thumbs] = [view for view in window.figures.views if view.name == "thumbs"]
    for shown, counted in (("7 days", 2), ("30 days", 4), ("90 days", 6), ("All", 8)):
        box.setCurrentText(shown)
        await until(lambda counted=counted: f"{counted} up" in thumbs.sentence.text(), what=shown)


async def test_new_feedback_is_drawn_while_one_looks(context: Context, window: HistoryWindow) -> None:
    answer(context, thumb=True)
    await figures_of(context, window)
    await until(lambda: "1 up" in text(window, "summary_thumbs"))
    answer(context, thumb=False)
    context.bridge.feedback_changed.emit(["x"])
    await until(lambda: "1 up and 1 down" in text(window, "summary_thumbs"))


async def test_plots_end_before_their_window(context: Context) -> None:
    answer(context, thumb=True)
    made = HistoryWindow(context)
    made.show()
    await figures_of(context, made)
    views = [view for view in made.figures.views if view.figure is not None and view.figure.lines]
    await until(lambda: views and all(view.plot is not None for view in views))
    end(made)
    assert [view.plot for view in views] == [None] * len(views)


async def test_plots_take_another_theme_live_and_go_when_the_app_ends(context: Context, window: HistoryWindow) -> None:
    answer(context, thumb=True)
    await figures_of(context, window)
    [view] = [view for view in window.figures.views if view.name == "thumbs"]
    await until(lambda: view.plot is not None)
    plot = view.plot

    def looks() -> tuple[str, str, str]:
        axis = plot.getAxis("left")
        first = plot.curves()[0].opts["pen"].color().name()
        return plot.backgroundBrush().color().name(), axis.textPen().color().name(), first

    light = context.theme.colours
    assert looks() == (light.base, light.text, light.good)
    context.theme.choose("dark")
    dark = context.theme.colours
    assert looks() == (dark.base, dark.text, dark.good) != (light.base, light.text, light.good)
    window.figures.drop_plots()
    assert view.plot is None


def day(number: int, **more: Any) -> DayFigures:
    return DayFigures(day=date(2026, 11, number), **more)


def test_a_rate_has_no_point_where_nothing_is_known() -> None:
    found = figures.figures([day(1, answers=4), day(2, answers=4, accepted=1, rejected=3, escalated=1), day(3)])
    assert found["acceptance"].lines[0].points == ((date(2026, 11, 2), 0.25),)
    assert [value for _, value in found["escalation"].lines[0].points] == [0.0, 0.25]
    assert found["benchmark"].lines == found["thumbs"].lines == ()
    assert [value for _, value in found["cost"].lines[0].points] == [0.0, 0.0]
    assert words.summary(found["cost"]) == "Nothing was spent, on 2 days with figures."


def test_moments_in_words() -> None:
    at = stamp(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))
    later = [moment(at) + timedelta(seconds=seconds) for seconds in (-5, 59, 60, 3599, 3600, 172_800)]
    assert [age(at, here) for here in later] == [
        "just now", "just now", "1 minute ago", "59 minutes ago", "1 hour ago", "2 days ago",
    ]  # fmt: skip
    assert when(at)
