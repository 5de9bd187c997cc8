"""The tray: icons that can be seen on any panel and told apart without colour, and a menu that is of now."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter

from core.clock import new_id
from core.database import Review
from core.database.jobs import Jobs
from core.records import Feedback, SessionOutcome, Trace
from core.server.supervised import ServerStatus
from desktop import copying, last_answer
from desktop.context import Context
from desktop.icons import STATES, State, state_icon
from desktop.tray import Tray, state_of
from tests.desktop.conftest import until
from tests.desktop.test_theme import contrast

SIZES = (16, 22, 24, 32, 48)
PANELS = tuple(f"#{level:02x}{level:02x}{level:02x}" for level in range(0, 256, 17))


def drawn(state: State, size: int, panel: str, scale: float = 1.0) -> QImage:
    """The icon as a panel of that colour shows it."""
    image = QImage(QSize(size, size) * scale, QImage.Format.Format_RGB32)
    image.fill(QColor(panel))
    painter = QPainter(image)
    pixmap = state_icon(state).pixmap(QSize(size, size), scale)
    pixmap.setDevicePixelRatio(1.0)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return image


def share_that_stands_out(image: QImage, panel: str, least: float = 3.0) -> float:
    """Of all pixels, how many have at least that contrast against the panel."""
    width, height = image.width(), image.height()
    seen = {colour: contrast(QColor(colour).name(), panel) for colour in colours(image)}
    points = itertools.product(range(width), range(height))
    return sum(seen[image.pixel(x, y)] >= least for x, y in points) / (width * height)


def colours(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", SIZES)
def test_an_icon_can_be_seen_on_any_panel(state: State, size: int) -> None:
    for panel in PANELS:
        assert share_that_stands_out(drawn(state, size, panel), panel) >= 0.12, panel


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("size", SIZES)
def test_states_are_told_apart_without_colour(size: int, scale: float) -> None:
    """In grey, any two differ clearly in a good part of the badge."""
    grey = {
        state: drawn(state, size, "#808080", scale).convertToFormat(QImage.Format.Format_Grayscale8) for state in STATES
    }
    for one, other in itertools.combinations(STATES, 2):
        a, b = grey[one], grey[other]
        points = itertools.product(range(a.width()), range(a.height()))
        differing = sum(abs(QColor(a.pixel(x, y)).red() - QColor(b.pixel(x, y)).red()) > 60 for x, y in points)
        assert differing / (a.width() * a.height()) > 0.01, (one, other)


def test_two_times_is_drawn_anew_not_stretched() -> None:
    assert len(colours(drawn("review", 22, "#000000", 2.0))) > 0
    small = drawn("review", 22, "#000000").scaled(44, 44)
    assert drawn("review", 22, "#000000", 2.0) != small


@pytest.mark.parametrize(
    ("server", "answering", "waiting", "expected"),
    [
        ("starting", 0, 0, "starting"),
        ("loading", 1, 3, "starting"),
        ("ready", 0, 0, "ready"),
        ("ready", 1, 2, "thinking"),
        ("ready", 0, 2, "review"),
        ("restarting", 0, 2, "starting"),
        ("failed", 1, 2, "error"),
    ],
)
def test_what_matters_most_is_shown(server: Any, answering: int, waiting: int, expected: str) -> None:
    assert state_of(ServerStatus(state=server), answering, waiting) == expected


def answered(
    context: Context, trace_id: str, text: str, *, client: str = "other-program", at: int = 0, heard: bool = True
) -> None:
    context.database.traces.add(
        Trace(
            id=trace_id,
            created_at=f"2026-11-21T10:00:{at:02}.000000Z",
            client=client,
            response=text,
            finish_reason="stop",
        )
    )
    if heard:
        context.bridge.traces_changed.emit([trace_id])


def said(context: Context, trace_id: str) -> list[Any]:
    return [(one.metric, one.value) for one in context.database.feedback.for_trace(trace_id)]


@pytest.fixture
def tray(context: Context) -> Tray:
    made = Tray()
    made.attach(context)
    return made


async def test_the_menu_rates_the_last_answer_of_any_client(context: Context, tray: Tray) -> None:
    actions = context.actions
    answered(context, "a", "# **Paris** is the capital\nand more")
    await until(lambda: actions.last is not None)
    assert actions.headline.text() == "“Paris** is the capital” (other-program)"
    assert [action for action in tray.menu.actions() if action in actions.rating and action.isVisible()] == [
        actions.up,
        actions.down,
        actions.correct,
    ]
    actions.up.trigger()
    await until(lambda: actions.up.isChecked())
    assert said(context, "a") == [("thumb", True)]
    assert actions.take_back.isVisible()
    actions.down.trigger()
    await until(lambda: actions.down.isChecked())
    assert not actions.up.isChecked()
    actions.take_back.trigger()
    await until(lambda: not actions.down.isChecked() and not actions.take_back.isVisible())
    assert said(context, "a") == [("thumb", True), ("thumb", False), ("thumb", None)]
    assert context.database.feedback.label("a").verdict == "needs_human_review"


async def test_choosing_the_same_thumb_again_takes_it_back(context: Context, tray: Tray) -> None:
    actions = context.actions
    answered(context, "a", "Paris")
    await until(lambda: actions.last is not None)
    actions.up.trigger()
    await until(lambda: actions.up.isChecked())
    actions.up.trigger()
    await until(lambda: not actions.up.isChecked())
    assert said(context, "a") == [("thumb", True), ("thumb", None)]


async def test_a_score_counts_as_the_thumb_it_amounts_to(context: Context, tray: Tray) -> None:
    answered(context, "a", "Paris")
    given = Feedback(id="s", trace_id="a", created_at="2026-11-21T10:01:00.000000Z", metric="score", value=0.1)
    context.database.feedback.add(given)
    await until(lambda: context.actions.down.isChecked())
    context.actions.take_back.trigger()
    await until(lambda: not context.actions.down.isChecked())
    assert context.database.feedback.label("a").verdict == "needs_human_review"


async def test_a_rating_goes_to_the_answer_that_the_menu_showed(context: Context, tray: Tray) -> None:
    """Another answer may arrive between reading the menu and clicking in it."""
    actions = context.actions
    answered(context, "a", "Paris")
    await until(lambda: actions.last is not None)
    tray.menu.aboutToShow.emit()
    await until(lambda: not actions._busy)
    answered(context, "b", "Rome", at=1)
    await until(lambda: context.actions.newest is not None and context.actions.newest.trace_id == "b")
    assert actions.headline.text() == "“Paris” (other-program)"
    actions.up.trigger()
    await until(lambda: said(context, "a"))
    assert said(context, "b") == []
    tray.menu.aboutToHide.emit()
    await until(lambda: actions.headline.text() == "“Rome” (other-program)")


async def test_a_menu_that_opens_looks_at_once_for_a_newer_answer(context: Context, tray: Tray) -> None:
    """Of what another program did, the app hears a moment later."""
    actions = context.actions
    answered(context, "a", "Paris")
    await until(lambda: actions.last is not None and not actions._busy)
    answered(context, "b", "Rome", at=1, heard=False)
    tray.menu.aboutToShow.emit()
    await until(lambda: actions.headline.text() == "“Rome” (other-program)")
    actions.up.trigger()
    await until(lambda: said(context, "b"))
    assert said(context, "a") == []


async def test_who_clicks_before_the_newer_answer_is_named_rates_the_one_that_is(context: Context, tray: Tray) -> None:
    actions = context.actions
    answered(context, "a", "Paris")
    await until(lambda: actions.last is not None and not actions._busy)
    answered(context, "b", "Rome", at=1, heard=False)
    tray.menu.aboutToShow.emit()
    assert actions.headline.text() == "“Paris” (other-program)"
    actions.up.trigger()
    await until(lambda: said(context, "a"))
    await until(lambda: not actions._busy)
    assert said(context, "b") == []
    assert actions.headline.text() == "“Paris” (other-program)", "it stays until the menu is closed"


async def test_a_thumb_given_elsewhere_is_checked_here(context: Context, tray: Tray) -> None:
    answered(context, "a", "Paris")
    await until(lambda: context.actions.last is not None)
    given = Feedback(id=new_id("fb-"), trace_id="a", created_at="2026-11-21T10:01:00.000000Z", value=False)
    context.database.feedback.add(given)
    context.bridge.feedback_changed.emit(["a"])
    await until(lambda: context.actions.down.isChecked())


async def test_without_an_answer_there_is_nothing_to_rate(context: Context, tray: Tray) -> None:
    context.actions.refresh()
    await until(lambda: not context.actions._busy)
    assert context.actions.headline.text() == "No answer yet"
    assert [action for action in context.actions.rating if action.isVisible()] == []
    answered(context, "a", "Paris")
    await until(lambda: context.actions.up.isVisible())
    context.database.traces.delete("a")
    context.bridge.traces_changed.emit(["a"])
    await until(lambda: not context.actions.up.isVisible())


async def test_the_number_of_reviews_is_in_the_menu_and_the_icon(context: Context, tray: Tray) -> None:
    context.server.status = ServerStatus(state="ready")
    review = Review(id="r", kind="import", title="t", body={}, created_at="2026-11-21T00:00:00.000000Z")
    context.database.reviews.add(review)
    context.bridge.reviews_changed.emit()
    await until(lambda: tray.state == "review")
    assert context.actions.review.text() == "&Review (1)…"
    context.bridge._spread([], 1)
    assert tray.state == "thinking"
    context.bridge._spread([], 0)
    context.database.reviews.decide("r", "approved", decided_at="2026-11-21T00:00:01.000000Z")
    context.bridge.reviews_changed.emit()
    await until(lambda: tray.state == "ready")
    assert context.actions.review.text() == "&Review…"


async def test_last_night_is_a_line_once_there_was_one(context: Context, tray: Tray) -> None:
    from core.clock import now

    context.actions.refresh()
    await until(lambda: not context.actions._busy)
    assert not context.actions.last_night.isVisible()
    jobs: Jobs = context.database.jobs
    jobs.insert("n1", "night", {}, now=now())
    jobs.claim("me", now=now(), lease_s=60)
    outcome = SessionOutcome(outcome="Two edits kept, one refused & undone.")
    jobs.finish("n1", "me", "done", now=now(), evidence=_plain(outcome))
    context.bridge.jobs_changed.emit()
    await until(lambda: context.actions.last_night.isVisible())
    assert context.actions.last_night.text() == "Last night: Two edits kept, one refused && undone."


def _plain(outcome: SessionOutcome) -> dict[str, Any]:
    import msgspec

    made: dict[str, Any] = msgspec.to_builtins(outcome)
    return made


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("\n\n```python\nprint(1)\n```", "python"),
        ("> - **Yes** it is", "Yes** it is"),
        ("x" * 100, "x" * 59 + "…"),
    ],
)
def test_the_first_line_with_words(text: str, line: str) -> None:
    trace = Trace(id="a", created_at="2026-11-21T10:00:00.000000Z", response=text)
    assert last_answer.first_line(trace) == line


async def test_without_a_server_the_endpoint_is_not_copied_but_explained(context: Context) -> None:
    context.actions.copy_endpoint.trigger()
    await until(lambda: context.bridge.notices)
    assert context.bridge.notices[0].text == "The server is not running now."


async def test_diagnostics_hold_no_chat(context: Context) -> None:
    answered(context, "a", "zanzibar is the secret word")
    text = await context.run(copying.diagnostics_text, context.home)
    assert "Nightschool" in text
    assert "zanzibar" not in text
