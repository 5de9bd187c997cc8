"""The chat over a real server with the demo student: asking, stopping, dying in mid-answer, going on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core import paths
from core.database.follow import Follower
from core.simulate.world import World
from desktop.chat.said import Said
from desktop.chat.window import ChatWindow
from desktop.context import Context
from tests.desktop.conftest import make_context, until
from tests.desktop.test_chat_window import answers, questions, window_on
from tests.models import make_model

pytestmark = pytest.mark.slow
KNOWN = World().known()


@pytest.fixture
async def talking(served: Context) -> AsyncIterator[Context]:
    """With what the app has beside: the database is followed."""
    follower = Follower(served.database, served.bridge.follow)
    follower.start()
    yield served
    follower.stop()


@pytest.fixture
def babbling(home: paths.Home, tmp_path: Path) -> None:
    """A student that babbles on for thousands of tokens."""
    model = make_model(tmp_path / "babbler.gguf", n_ctx=8192, n_embd=256, n_layers=6, n_ff=704)
    home.config_file.write_text(f'[models]\nchosen = "{model}"\n\n[engine]\nmax_tokens = 6000\n')


@pytest.fixture
async def own(home: paths.Home, qapp: QApplication) -> AsyncIterator[Context]:
    """A server of this test alone, which may be killed."""
    context = make_context(home, qapp)
    follower = Follower(context.database, context.bridge.follow)
    follower.start()
    await context.server.start()
    await context.server.wait_ready(60)
    yield context
    follower.stop()
    await context.windows.close_all()
    await context.server.stop()
    await context.end()


def send(window: ChatWindow, qtbot: QtBot, text: str) -> None:
    window.composer.text.setPlainText(text)
    qtbot.keyClick(window.composer.text, Qt.Key.Key_Return)


async def answered(window: ChatWindow, count: int = 1) -> Said:
    await until(lambda: not window.talk.is_busy and len(answers(window)) == count, 30)
    await until(lambda: answers(window)[-1].said.trace is not None, 10)
    return answers(window)[-1].said


async def test_a_question_is_answered_rated_and_followed_up(talking: Context, qtbot: QtBot) -> None:
    window = await window_on(talking, qtbot)
    fact = KNOWN[0]
    send(window, qtbot, fact.question)
    assert [one.said.text for one in questions(window)] == [fact.question]
    said = await answered(window)
    assert said.text.strip() == fact.answer.strip()
    assert said.trace is not None
    assert (said.trace.client, said.trace.conversation_id) == ("desktop", window.talk.id)
    await until(lambda: answers(window)[0].body.is_settled)
    assert answers(window)[0].body.text == said.text
    answers(window)[0].bar.up.click()
    await until(lambda: talking.database.feedback.label(said.trace_id or "").verdict == "accepted")
    await until(lambda: window.pane.model.row_of(window.talk.id or "") == 0)
    for name in ("draft:new", "draft:new:unsent", f"draft:{window.talk.id}"):
        await until(lambda name=name: talking.database.state.get(name) is None, what=name)
    send(window, qtbot, KNOWN[1].question)
    more = await answered(window, 2)
    assert more.trace is not None
    assert [message.content for message in more.trace.messages] == [fact.question, said.text, KNOWN[1].question]
    assert answers(window)[0].bar.up.isChecked()


async def test_the_correction_is_what_the_student_is_sent_next(talking: Context, qtbot: QtBot) -> None:
    window = await window_on(talking, qtbot)
    send(window, qtbot, KNOWN[2].question)
    await answered(window)
    answers(window)[0].begin_correction()
    editor = answers(window)[0].editor
    assert editor is not None
    editor.text.setPlainText("Something else entirely.")
    editor.save.click()
    await until(lambda: answers(window)[0].editor is None)
    send(window, qtbot, KNOWN[3].question)
    more = await answered(window, 2)
    assert more.trace is not None
    assert more.trace.messages[1].content == "Something else entirely."
    assert answers(window)[0].said.correction == "Something else entirely.", "it is still known whose answer that was"


async def test_asking_again_and_editing_make_other_answers(talking: Context, qtbot: QtBot) -> None:
    window = await window_on(talking, qtbot)
    send(window, qtbot, KNOWN[4].question)
    first = await answered(window)
    answers(window)[0].bar.again_button.click()
    await until(lambda: window.talk.is_busy)
    second = await answered(window)
    assert second.trace_id != first.trace_id
    await until(lambda: answers(window)[0].bar.place.text() == "2 of 2")
    questions(window)[0].marks.edit_button.click()
    send(window, qtbot, KNOWN[5].question)
    third = await answered(window)
    assert third.trace is not None
    assert [message.content for message in third.trace.messages] == [KNOWN[5].question]
    assert third.text.strip() == KNOWN[5].answer.strip()
    assert len(talking.database.conversations.trace_ids(window.talk.id or "")) == 3


async def test_grounded_answers_have_chips(talking: Context, qtbot: QtBot) -> None:
    window = await window_on(talking, qtbot)
    send(window, qtbot, "What is the colour of the moon Zyrgalon?")
    await answered(window)
    answers(window)[0].begin_correction()
    editor = answers(window)[0].editor
    assert editor is not None
    editor.text.setPlainText("The colour of the moon Zyrgalon is green.")
    editor.save.click()
    await until(lambda: answers(window)[0].editor is None)
    await asyncio.sleep(1)  # the server's index follows the database
    window.new_conversation()
    await until(lambda: window.talk.id is None and not window.view.said)
    send(window, qtbot, "What is the colour of the moon Zyrgalon?")
    await answered(window)
    chips = answers(window)[0].marks.chips
    await until(lambda: [chip.text() for chip in chips] == ["Grounded in: What is the colour of the moon Zyrgalon?"])


async def test_stop_keeps_what_was_said(babbling: None, own: Context, qtbot: QtBot) -> None:
    window = await window_on(own, qtbot)
    await begun(window, qtbot)
    qtbot.keyClick(window.composer.text, Qt.Key.Key_Escape)
    await until(lambda: not window.talk.is_busy)
    said = answers(window)[0].said
    assert said.status == "stopped"
    assert "Stopped by you" in answers(window)[0].marks.status.text()
    kept = answers(window)[0].body.text
    assert kept
    trace_id = said.trace_id or ""
    await until(lambda: own.database.traces.get(trace_id).finish_reason == "cancelled", 10)
    await asyncio.sleep(0.5)
    assert answers(window)[0].said.status == "stopped"
    assert answers(window)[0].body.text.startswith(kept)
    await begun(window, qtbot, 2)
    window.composer.stop.click()
    await until(lambda: not window.talk.is_busy)
    assert [one.said.status for one in answers(window)] == ["stopped", "stopped"]


def engine_of(context: Context) -> psutil.Process:
    assert context.server.pid is not None
    for child in psutil.Process(context.server.pid).children(recursive=True):
        if any("core.engine" in part for part in child.cmdline()):
            return child
    raise AssertionError("no engine runs")


async def begun(window: ChatWindow, qtbot: QtBot, count: int = 1) -> None:
    """An answer of which the first words are here, and many more to come."""
    send(window, qtbot, "Tell me everything")
    await until(lambda: len(answers(window)) == count and answers(window)[-1].body.text, 30)
    assert window.talk.is_busy


@pytest.mark.parametrize("victim", ["engine", "server"])
async def test_a_kill_in_mid_answer_loses_nothing_and_one_can_go_on(
    babbling: None, own: Context, qtbot: QtBot, victim: str
) -> None:
    window = await window_on(own, qtbot)
    await begun(window, qtbot)
    pid = engine_of(own).pid if victim == "engine" else own.server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    kept = answers(window)[0].body.text
    await until(lambda: not window.talk.is_busy, 20)
    answer = answers(window)[0]
    assert answer.said.status == "broken"
    assert answer.body.text.startswith(kept)
    assert "killed" in answer.marks.status.text()
    assert answer.marks.again_button.isVisible()
    assert [one.said.text for one in questions(window)] == ["Tell me everything"]
    answer.marks.again_button.click()
    await until(lambda: window.talk.is_busy and answers(window)[-1].body.text, 60)
    assert len(questions(window)) == 1
    window.composer.stop.click()
    await until(lambda: not window.talk.is_busy)
    await begun(window, qtbot, 2)
    window.composer.stop.click()
    await until(lambda: not window.talk.is_busy)


async def test_a_question_waits_while_the_student_loads(home: paths.Home, qapp: QApplication, qtbot: QtBot) -> None:
    context = make_context(home, qapp)
    window = await window_on(context, qtbot)
    await context.server.start()
    send(window, qtbot, KNOWN[0].question)
    await until(lambda: "is loading" in window.composer.waiting.text())
    assert (await answered(window)).text.strip() == KNOWN[0].answer.strip()
    assert not window.composer.waiting.isVisible()
    await context.windows.close_all()
    await context.server.stop()
    await context.end()


async def test_forgetting_goes_through_the_server(talking: Context, qtbot: QtBot) -> None:
    from desktop.chat.forgetting import forget

    window = await window_on(talking, qtbot)
    send(window, qtbot, KNOWN[6].question)
    await answered(window)
    conversation = window.talk.id or ""
    assert await forget(talking, conversation) == 1
    assert talking.database.conversations.trace_ids(conversation) == []
    await until(lambda: window.talk.id is None)


async def test_answer_after_endless_answer_is_stopped_and_kept(babbling: None, own: Context, qtbot: QtBot) -> None:
    """Thousands of tokens at full speed; what that does to the event loop is measured in bench/desktop.py."""
    window = await window_on(own, qtbot)
    for at in range(4):
        await begun(window, qtbot, at + 1)
        await until(lambda: len(answers(window)[-1].body.text) > 100, 20)
        window.talk.stop()
        await until(lambda: not window.talk.is_busy, 10)
    assert all(len(one.body.text) > 100 for one in answers(window))
