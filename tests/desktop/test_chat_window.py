"""The chat window over a real database: what it shows, rates, corrects, finds and forgets. No server runs here."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from core.clock import new_id, now, stamp
from core.records import Feedback, Message, Retrieved, Trace, Validation
from desktop.bridge import Notice
from desktop.chat.answer_bar import AnswerBar
from desktop.chat.message import AnswerMessage, PlainMessage
from desktop.chat.said import Said
from desktop.chat.window import ChatWindow
from desktop.context import Context
from tests.desktop.conftest import until


def put(
    context: Context, *said: str, conversation: str | None = "c", client: str = "desktop", id: str = "", **more: object
) -> Trace:
    """A finished trace: question, answer, question, …, answer."""
    *asked, answer = said
    roles = ("user", "assistant")
    messages = [Message(role=roles[at % 2], content=text) for at, text in enumerate(asked)]  # type: ignore[arg-type]
    trace = Trace(
        id=id or new_id("chatcmpl-"), created_at=stamp(now()), client=client, conversation_id=conversation,
        messages=messages, response=answer, finish_reason="stop", model="demo", **more,  # type: ignore[arg-type]
    )  # fmt: skip
    context.database.traces.add(trace)
    return trace


async def window_on(context: Context, qtbot: QtBot, conversation: str | None = None) -> ChatWindow:
    window = context.windows.get("chat")
    assert isinstance(window, ChatWindow)
    window.show()
    await until(lambda: not window.pane.model._reading)
    if conversation is not None:
        window.open_conversation(conversation)
        await until(lambda: window.talk.id == conversation and window.view.said and window.view.is_built)
    await asyncio.sleep(0.05)
    return window


def answers(window: ChatWindow) -> list[AnswerMessage]:
    return [one for one in window.view.messages() if isinstance(one, AnswerMessage)]


def questions(window: ChatWindow) -> list[PlainMessage]:
    return [one for one in window.view.messages() if isinstance(one, PlainMessage)]


async def test_a_conversation_shows_its_messages_and_who_made_them(context: Context, qtbot: QtBot) -> None:
    put(context, "Q1", "A1", variant="night-3", agent="coder")
    put(context, "Q1", "A1", "Q2", "A **two**")
    window = await window_on(context, qtbot, "c")
    assert [one.said.text for one in window.view.messages()] == ["Q1", "A1", "Q2", "A **two**"]
    first, second = answers(window)
    await until(lambda: second.body.is_settled)
    assert second.body.parts[0].toPlainText() == "A two"  # type: ignore[union-attr]
    assert first.bar.made_by.text() == "demo · night-3 · coder"
    assert second.bar.made_by.text() == "demo"
    assert "A **two**" in second.accessibleName()
    assert second.accessibleName().startswith("Student")
    assert window.stack.currentWidget() is window.view


async def test_a_thumb_is_kept_turned_and_taken_back(context: Context, qtbot: QtBot) -> None:
    trace = put(context, "Q", "A")
    window = await window_on(context, qtbot, "c")
    (answer,) = answers(window)

    def held() -> list[object]:
        return [one.value for one in context.database.feedback.for_trace(trace.id)]

    answer.bar.up.click()
    assert answer.bar.up.isChecked(), "shown at once"
    await until(lambda: held() == [True])
    answer.bar.down.click()
    assert not answer.bar.up.isChecked()
    await until(lambda: held() == [True, False])
    answer.bar.down.click()
    assert not answer.bar.down.isChecked()
    await until(lambda: held() == [True, False, None])
    assert context.database.feedback.label(trace.id).verdict == "needs_human_review"


async def test_a_score_that_stands_as_a_thumb_is_taken_back_as_one(context: Context, qtbot: QtBot) -> None:
    """Some client gave it in the person's name; the thumb that it is shown as must be more than a picture."""
    trace = put(context, "Q", "A")
    context.database.feedback.add(
        Feedback(id="s", trace_id=trace.id, created_at=stamp(now()), metric="score", value=0.9)
    )
    window = await window_on(context, qtbot, "c")
    (answer,) = answers(window)
    assert answer.bar.up.isChecked()
    answer.bar.up.click()
    await until(lambda: context.database.feedback.label(trace.id).verdict == "needs_human_review")
    context.bridge.feedback_changed.emit([trace.id])
    await until(lambda: not window.talk._reload_timer.isActive())
    await asyncio.sleep(0.1)
    assert not answer.bar.up.isChecked()


async def test_keys_rate_the_message_that_has_the_focus(context: Context, qtbot: QtBot) -> None:
    trace = put(context, "Q", "A")
    window = await window_on(context, qtbot, "c")
    (answer,) = answers(window)
    for key, modifier, value in (
        (Qt.Key.Key_Plus, Qt.KeyboardModifier.NoModifier, True),
        (Qt.Key.Key_Minus, Qt.KeyboardModifier.NoModifier, False),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier, True),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier, False),
    ):
        qtbot.keyClick(answer, key, modifier)
        await until(lambda value=value: context.database.feedback.for_trace(trace.id)[-1:] != [] and (
            context.database.feedback.for_trace(trace.id)[-1].value is value))  # fmt: skip
    assert "Ctrl+Up" in answer.bar.up.toolTip()
    questions(window)[0].setFocus()
    qtbot.keyClick(questions(window)[0], Qt.Key.Key_Down)
    assert window.focusWidget() is answer


async def test_quick_clicks_arrive_in_their_order(context: Context, qtbot: QtBot) -> None:
    trace = put(context, "Q", "A")
    window = await window_on(context, qtbot, "c")
    (answer,) = answers(window)
    for _ in range(10):
        answer.bar.up.click()
        answer.bar.down.click()
    await until(lambda: len(context.database.feedback.for_trace(trace.id)) == 20)
    assert [one.value for one in context.database.feedback.for_trace(trace.id)] == [True, False] * 10


async def test_a_thumb_that_cannot_be_kept_turns_back_and_says_why(context: Context, qtbot: QtBot) -> None:
    trace = put(context, "Q", "A")
    window = await window_on(context, qtbot, "c")
    (answer,) = answers(window)
    told: list[Notice] = []
    context.bridge.told.connect(told.append)
    context.database.traces.delete(trace.id)
    answer.bar.up.click()
    await until(lambda: told)
    assert not answer.bar.up.isChecked()
    assert trace.id in told[0].text


async def test_a_thumb_given_elsewhere_appears_and_a_deleted_answer_goes(context: Context, qtbot: QtBot) -> None:
    first, second = put(context, "Q", "A"), put(context, "Q", "A", "Q2", "A2")
    window = await window_on(context, qtbot, "c")
    context.database.feedback.add(
        Feedback(id=new_id("fb-"), trace_id=first.id, created_at=stamp(now()), metric="thumb", value=False)
    )
    context.bridge.feedback_changed.emit([first.id])
    await until(lambda: answers(window)[0].bar.down.isChecked())
    widget = answers(window)[0]
    context.database.traces.delete(second.id)
    context.bridge.traces_changed.emit([second.id])
    await until(lambda: [one.said.text for one in window.view.messages()] == ["Q", "A"])
    assert answers(window)[0] is widget, "what stays is not built anew"
    context.database.traces.delete(first.id)
    context.bridge.traces_changed.emit([first.id])
    await until(lambda: window.stack.currentWidget() is window.welcome)
    assert window.talk.id is None


async def test_a_correction_becomes_the_demonstration_and_the_original_stays(context: Context, qtbot: QtBot) -> None:
    trace = put(context, "Q", "wrong")
    window = await window_on(context, qtbot, "c")
    (answer,) = answers(window)
    answer.bar.correct_button.click()
    assert answer.editor is not None
    assert answer.editor.text.toPlainText() == "wrong"
    answer.editor.text.setPlainText("  ")
    assert not answer.editor.save.isEnabled()
    answer.editor.text.setPlainText("right")
    qtbot.keyClick(answer.editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: answer.editor is None)
    (said,) = context.database.feedback.for_trace(trace.id)
    assert (said.metric, said.value) == ("demonstration", "right")
    assert context.database.feedback.label(trace.id).answer == "right"
    assert answer.body.text == "right"
    assert "Corrected by you" in answer.marks.corrected.text()
    answer.marks.original_button.click()
    assert answer.body.text == "wrong"
    answer.marks.original_button.click()
    context.bridge.feedback_changed.emit([trace.id])
    await asyncio.sleep(0.2)
    assert answer.body.text == "right"
    answer.marks.take_back_button.click()
    await until(lambda: answer.body.text == "wrong")
    assert context.database.feedback.label(trace.id).answer is None


async def test_the_next_question_is_sent_with_the_correction(context: Context, qtbot: QtBot) -> None:
    from desktop.chat.said import history

    trace = put(context, "Q", "wrong")
    statement = Feedback(
        id=new_id("fb-"), trace_id=trace.id, created_at=stamp(now()), metric="demonstration", value="right"
    )
    context.database.feedback.add(statement)
    window = await window_on(context, qtbot, "c")
    assert [(one.role, one.content) for one in history(window.view.said)] == [("user", "Q"), ("assistant", "right")]


async def test_correct_opens_any_clients_answer_in_its_conversation(context: Context, qtbot: QtBot) -> None:
    for at in range(60):
        put(context, *[f"t{n}" for n in range(2 * at + 2)], conversation="long")
    trace = put(context, "outside", "A", conversation=None, client="openai-python")
    window = await window_on(context, qtbot)
    window.correct(trace.id)
    await until(lambda: window.talk.id == trace.id and answers(window) and answers(window)[0].editor is not None)
    newest = context.database.conversations.turns("long")[-1].trace_id
    assert newest is not None
    window.correct(newest)
    await until(lambda: (found := window.view.answer_of(newest)) is not None and found.editor is not None)
    assert len(window.view.said) == 120
    assert len(list(window.view.messages())) == 40, "only the last ones are built"


async def test_an_unfinished_correction_comes_back(context: Context, qtbot: QtBot) -> None:
    put(context, "Q", "wrong")
    put(context, "other", "A", conversation="d")
    window = await window_on(context, qtbot, "c")
    answers(window)[0].begin_correction()
    editor = answers(window)[0].editor
    assert editor is not None
    editor.text.setPlainText("half a corr")
    await window.talk.drafts.finish()
    window.open_conversation("d")
    await until(lambda: window.talk.id == "d" and window.view.is_built)
    window.open_conversation("c")
    await until(lambda: window.talk.id == "c" and answers(window) and answers(window)[0].editor is not None)
    again = answers(window)[0].editor
    assert again is not None
    assert again.text.toPlainText() == "half a corr"


async def test_chips_tell_the_past_question_and_open_it(context: Context, qtbot: QtBot) -> None:
    past = put(context, "What is the past?", "Gone", conversation="p", client="cli")
    used = [
        Retrieved(trace_id=past.id, kind="accepted", injected=True),
        Retrieved(trace_id="forgotten", kind="accepted", injected=True),
        Retrieved(trace_id="near", kind="accepted", injected=False),
    ]
    put(context, "Q", "A", retrieved=used)
    window = await window_on(context, qtbot, "c")
    chips = answers(window)[0].marks.chips
    await until(lambda: [chip.text() for chip in chips] == [
        "Grounded in: What is the past?", "Grounded in: an answer that was forgotten meanwhile"])  # fmt: skip
    assert not chips[1].isEnabled()
    chips[0].click()
    from desktop.chat.trace_dialog import TraceDialog

    await until(lambda: window.findChildren(TraceDialog))
    (dialog,) = window.findChildren(TraceDialog)
    await until(lambda: dialog.said is not None)
    assert dialog.question.text == "What is the past?"
    assert dialog._facts["client"].text() == "cli"
    dialog.reject_button.click()
    await until(lambda: context.database.feedback.label(past.id).verdict == "rejected")
    await until(lambda: dialog._facts["verdict"].text().startswith("Rejected"))
    dialog.reject_button.click()
    await until(lambda: context.database.feedback.label(past.id).verdict == "needs_human_review")
    context.database.traces.delete(past.id)
    context.bridge.traces_changed.emit([past.id])
    await until(lambda: not dialog.reject_button.isEnabled())
    assert dialog.question.text == ""
    dialog.close()


async def test_an_unverified_answer_says_why(context: Context, qtbot: QtBot) -> None:
    reasons = ("ungrounded: 42, Mars", "hedging: i think", "asserts without evidence")
    put(context, "Q", "A", validation=Validation(status="failed", reasons=reasons))
    window = await window_on(context, qtbot, "c")
    (answer,) = answers(window)
    told = answer.marks.unverified.text()
    assert "Not verified" in told
    assert "42, Mars" in told
    assert "“i think”" in told
    assert "ungrounded" not in told
    assert "Not verified" in answer.accessibleDescription()


async def test_other_answers_to_the_same_question_are_reachable(context: Context, qtbot: QtBot) -> None:
    for text in ("one", "two", "three"):
        put(context, "Q", text)
    window = await window_on(context, qtbot, "c")
    (answer,) = answers(window)
    assert answer.said.text == "three"
    assert answer.bar.place.text() == "3 of 3"
    assert not answer.bar.after.isEnabled()
    answer.bar.before.click()
    await until(lambda: answers(window)[0].said.text == "two")
    assert answers(window)[0].bar.place.text() == "2 of 3"
    answers(window)[0].bar.up.click()
    chosen = answers(window)[0].said.trace_id
    assert chosen is not None
    await until(lambda: context.database.feedback.label(chosen).verdict == "accepted")
    context.bridge.feedback_changed.emit([chosen])
    await asyncio.sleep(0.2)
    assert answers(window)[0].said.text == "two", "a change elsewhere does not turn the page"
    assert answers(window)[0].bar.up.isChecked()


async def test_drafts_are_kept_for_each_conversation(context: Context, qtbot: QtBot) -> None:
    put(context, "Q", "A", conversation="c")
    put(context, "Q", "A", conversation="d")
    window = await window_on(context, qtbot, "c")
    qtbot.keyClicks(window.composer.text, "half a thought")
    await until(lambda: context.database.state.get("draft:c") == "half a thought")
    window.open_conversation("d")
    await until(lambda: window.talk.id == "d")
    await until(lambda: window.composer.text.toPlainText() == "")
    window.open_conversation("c")
    await until(lambda: window.composer.text.toPlainText() == "half a thought")
    window.composer.text.clear()
    await until(lambda: context.database.state.get("draft:c") is None)


async def test_a_question_that_never_arrived_comes_back_unsent(context: Context, qtbot: QtBot) -> None:
    """As after a kill -9 between sending and the server's first word."""
    put(context, "Q", "A")
    context.database.state.set("draft:c:unsent", "Where was I?")
    window = await window_on(context, qtbot, "c")
    lost = questions(window)[-1]
    assert lost.said.text == "Where was I?"
    assert lost.marks.again_button.isVisible()
    lost.marks.discard_button.click()
    await until(lambda: context.database.state.get("draft:c:unsent") is None)
    assert [one.said.text for one in window.view.messages()] == ["Q", "A"]
    await until(lambda: window.composer.text.toPlainText() == "Where was I?")
    await until(lambda: context.database.state.get("draft:c") == "Where was I?")


async def test_discarding_does_not_touch_what_is_being_written(context: Context, qtbot: QtBot) -> None:
    put(context, "Q", "A")
    context.database.state.set("draft:c:unsent", "Where was I?")
    context.database.state.set("draft:c", "half a thought")
    window = await window_on(context, qtbot, "c")
    lost = questions(window)[-1]
    lost.marks.edit_button.click()
    lost.marks.discard_button.click()
    await until(lambda: context.database.state.get("draft:c:unsent") is None)
    assert window.composer.text.toPlainText() == "half a thought"
    assert not window.composer.is_editing


async def test_a_question_that_was_not_sent_can_be_changed(context: Context, qtbot: QtBot) -> None:
    """One that does not fit the student's context, say: it must be made shorter."""
    put(context, "Q", "A")
    context.database.state.set("draft:c:unsent", "Where was I?")
    window = await window_on(context, qtbot, "c")
    lost = questions(window)[-1]
    assert lost.marks.edit_button.isVisible() and lost.marks.edit_button.isEnabled()
    lost.marks.edit_button.click()
    assert window.composer.is_editing
    assert window.composer.text.toPlainText() == "Where was I?"
    qtbot.keyClicks(window.composer.text, " Here")
    qtbot.keyClick(window.composer.text, Qt.Key.Key_Return)
    await until(lambda: questions(window)[-1].said.status == "unsent")  # there is no server
    assert [one.said.text for one in questions(window)] == ["Q", "Where was I? Here"]
    await until(lambda: context.database.state.get("draft:c:unsent") == "Where was I? Here")


async def test_an_answer_without_words_says_so(context: Context, qtbot: QtBot) -> None:
    put(context, "Q", "")
    put(context, "Q2", "A", conversation="d")
    window = await window_on(context, qtbot, "c")
    (silent,) = answers(window)
    assert silent.no_words.isVisible() and silent.no_words.text() == "(no words)"
    assert "(no words)" in silent.accessibleDescription()
    window.open_conversation("d")
    await until(lambda: [one.said.text for one in answers(window)] == ["A"])
    assert not answers(window)[0].no_words.isVisible()


async def test_a_thumb_that_cannot_be_given_looks_so(context: Context, qtbot: QtBot) -> None:
    """The picture of a thumb keeps its colours where words turn grey."""
    bar = AnswerBar()
    qtbot.addWidget(bar)
    seen = []
    for not_stored in ("", "the disk is full"):
        bar.show_said(Said(role="assistant", trace_id="t", not_stored=not_stored), is_last=True, busy=False)
        seen.append([button.graphicsEffect().isEnabled() for button in (bar.up, bar.down)])
    assert seen == [[False, False], [True, True]]


async def test_without_a_server_the_question_stays_with_try_again(context: Context, qtbot: QtBot) -> None:
    window = await window_on(context, qtbot)
    qtbot.keyClicks(window.composer.text, "Hello")
    qtbot.keyClick(window.composer.text, Qt.Key.Key_Return)
    await until(lambda: questions(window) and questions(window)[0].said.status == "unsent")
    (question,) = questions(window)
    assert "not running" in question.marks.status.text()
    assert question.marks.again_button.isVisible()
    assert window.composer.text.toPlainText() == ""
    await until(lambda: context.database.state.get("draft:new:unsent") == "Hello")
    question.marks.again_button.click()
    await until(lambda: window.talk.is_busy)
    await until(lambda: questions(window)[-1].said.status == "unsent")
    assert len(questions(window)) == 1


async def test_keys_of_the_composer(context: Context, qtbot: QtBot) -> None:
    window = await window_on(context, qtbot)
    sent: list[str] = []
    stopped: list[int] = []
    composer = window.composer
    composer.sent.disconnect()
    composer.sent.connect(sent.append)
    composer.stopped.connect(lambda: stopped.append(1))
    qtbot.keyClicks(composer.text, "one")
    qtbot.keyClick(composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.text, "two")
    assert composer.text.toPlainText() == "one\ntwo"
    qtbot.keyClick(composer.text, Qt.Key.Key_Escape)
    assert stopped == []
    qtbot.keyClick(composer.text, Qt.Key.Key_Return)
    assert sent == ["one\ntwo"]
    composer.set_busy(True)
    qtbot.keyClick(composer.text, Qt.Key.Key_Return)
    assert sent == ["one\ntwo"], "nothing is sent while an answer is made"
    qtbot.keyClick(composer.text, Qt.Key.Key_Escape)
    assert stopped == [1]


async def test_editing_the_last_question_and_leaving_it(context: Context, qtbot: QtBot) -> None:
    put(context, "Q one", "A")
    window = await window_on(context, qtbot, "c")
    qtbot.keyClicks(window.composer.text, "draft")
    await until(lambda: context.database.state.get("draft:c") == "draft")
    questions(window)[0].marks.edit_button.click()
    assert window.composer.text.toPlainText() == "Q one"
    qtbot.keyClick(window.composer.text, Qt.Key.Key_Escape)
    await until(lambda: window.composer.text.toPlainText() == "draft")
    questions(window)[0].marks.edit_button.click()
    window.composer.text.setPlainText("Q two")
    qtbot.keyClick(window.composer.text, Qt.Key.Key_Return)
    await until(lambda: not window.talk.is_busy)
    await until(lambda: window.composer.text.toPlainText() == "Q two", what="no server: the words come back")
    assert window.composer.is_editing
    await until(lambda: [one.said.text for one in window.view.messages()] == ["Q one", "A"])


async def test_conversations_are_listed_searched_and_paged(context: Context, qtbot: QtBot) -> None:
    for at in range(130):
        put(context, f"Question {at}", f"word{at}", conversation=f"c{at}", client="desktop" if at % 2 else "cli")
    window = await window_on(context, qtbot)
    model, view = window.pane.model, window.pane.list
    await until(lambda: model.rowCount() >= 50)
    assert model.index(0).data().startswith("Question 129\n")
    assert "from cli" in model.index(1).data()
    assert "from" not in model.index(0).data()
    for _ in range(3):
        view.scrollToBottom()
        await asyncio.sleep(0.1)
    await until(lambda: model.rowCount() == 130)
    assert not model.canFetchMore()
    window.pane.search.setText("word77")
    await until(lambda: model.rowCount() == 1)
    assert model.index(0).data().startswith("Question 77\n")
    window.pane.search.setText("nothing has this")
    await until(lambda: model.rowCount() == 0 and window.pane.nothing.isVisible())
    window.pane.search.setText("")
    await until(lambda: model.rowCount() >= 50)
    assert not window.pane.nothing.isVisible()


async def test_a_new_answer_elsewhere_moves_its_conversation_up(context: Context, qtbot: QtBot) -> None:
    for at in range(60):
        put(context, f"Question {at}", "A", conversation=f"c{at}")
    window = await window_on(context, qtbot, "c30")
    model = window.pane.model
    window.pane.list.scrollToBottom()
    await until(lambda: model.rowCount() == 60)
    trace = put(context, "Question 5", "A", "more", "B", conversation="c5", client="cli")
    gone = context.database.conversations.turns("c40")[-1].trace_id
    assert gone is not None
    context.database.traces.delete(gone)
    context.bridge.traces_changed.emit([trace.id, gone])
    await until(lambda: model.row_of("c5") == 0 and model.rowCount() == 59)
    assert model.row_of("c40") is None
    assert window.pane.list.currentIndex().row() == model.row_of("c30"), "the selection stays at its conversation"
    assert window.talk.id == "c30"


async def test_the_list_opens_what_is_selected_and_only_that(context: Context, qtbot: QtBot) -> None:
    for at in range(3):
        put(context, f"Question {at}", "A", conversation=f"c{at}")
    window = await window_on(context, qtbot)
    model, view = window.pane.model, window.pane.list
    view.setCurrentIndex(model.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Down)
    await until(lambda: window.talk.id == "c1")
    view.selectionModel().select(model.index(0), view.selectionModel().SelectionFlag.ClearAndSelect)
    await until(lambda: window.talk.id == "c2", what="as a screen reader does: the selection alone")
    view.setCurrentIndex(model.index(0))
    opened: list[str] = []
    window.pane.opened.connect(opened.append)
    model._show(model._rows[1:])  # as when it no longer fits the search
    await asyncio.sleep(0.1)
    assert (opened, window.talk.id) == ([], "c2"), "what stood below is not opened by itself"
    await model._refresh()
    assert (opened, window.talk.id) == ([], "c2"), "nor when it comes back above"


async def test_forgetting_asks_deletes_and_says_what_went(context: Context, qtbot: QtBot) -> None:
    first = put(context, "Q", "A")
    put(context, "Q", "A", "Q2", "A2")
    put(context, "other", "A", conversation="d")
    window = await window_on(context, qtbot, "c")
    qtbot.keyClicks(window.composer.text, "draft")
    await until(lambda: context.database.state.get("draft:c") == "draft")
    told: list[Notice] = []
    context.bridge.told.connect(told.append)

    async def answer_with(name: str) -> None:
        window.pane.forget_button.click()
        (box,) = window.findChildren(QMessageBox)
        button = box.findChild(QPushButton, name)
        assert button is not None
        button.click()
        await until(lambda: not window.findChildren(QMessageBox))

    await answer_with("keep_it")
    assert context.database.traces.get(first.id)
    await answer_with("forget_it")
    await until(lambda: told)
    assert context.database.conversations.trace_ids("c") == []
    assert context.database.conversations.trace_ids("d") != []
    assert "2" in told[0].text
    assert window.talk.id is None
    assert context.database.state.get("draft:c") is None
    await until(lambda: window.pane.model.row_of("c") is None)


async def test_it_follows_the_end_only_while_the_person_is_there(context: Context, qtbot: QtBot) -> None:
    put(context, "Q", "line\n\n" * 200)
    window = await window_on(context, qtbot, "c")
    (answer,) = answers(window)
    bar = window.view.verticalScrollBar()
    await until(lambda: answer.body.is_settled and bar.maximum() > 500)
    await until(lambda: bar.value() == bar.maximum())
    answer.body.append("more\n\n" * 50)
    top = bar.maximum()
    await until(lambda: bar.maximum() > top + 100 and answer.body.is_settled)
    await until(lambda: bar.value() == bar.maximum())
    bar.setValue(bar.maximum() // 2)
    where, top = bar.value(), bar.maximum()
    answer.body.append("again\n\n" * 50)
    await until(lambda: bar.maximum() > top + 100 and answer.body.is_settled)
    assert bar.value() == where


async def test_the_empty_window_says_what_to_try(context: Context, qtbot: QtBot) -> None:
    from core.simulate.world import World

    window = await window_on(context, qtbot)
    assert window.stack.currentWidget() is window.welcome
    known = World().known()[0].question
    await until(lambda: window.welcome.button.text() == f"Try: {known}")
    await until(lambda: window.pane.nothing.isVisible())
    assert window.pane.nothing.text() == "No conversation yet."


async def test_a_server_that_failed_says_why_and_where_to_look(context: Context, qtbot: QtBot) -> None:
    from core.server.supervised import ServerStatus

    window = await window_on(context, qtbot)
    context.bridge.server_changed.emit(ServerStatus(state="failed", problem="There is no GGUF file x.gguf."))
    assert "There is no GGUF file x.gguf." in window.server_line.words.text()
    assert window.server_line.settings.isVisible()
    context.bridge.server_changed.emit(ServerStatus(state="ready", model="demo", retrieval="lexical"))
    assert "demo" in window.server_line.words.text()
    assert "words only" in window.server_line.words.text()
    assert not window.server_line.settings.isVisible()


async def test_every_control_has_a_name_and_its_own_object_name(context: Context, qtbot: QtBot) -> None:
    from PySide6.QtGui import QAccessible
    from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit

    put(context, "Q", "```py\nx\n```", validation=Validation(status="failed", reasons=("empty",)))
    window = await window_on(context, qtbot, "c")
    answers(window)[0].begin_correction()
    for kind in (QAbstractButton, QLineEdit, QPlainTextEdit):
        for widget in window.findChildren(kind):
            interface = QAccessible.queryAccessibleInterface(widget)
            if widget.isVisible() and interface is not None and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                assert interface.text(QAccessible.Text.Name), widget.objectName() or type(widget).__name__
    for message in window.view.messages():
        assert message.accessibleName()


async def test_many_conversations_are_read_page_by_page(context: Context, qtbot: QtBot) -> None:
    """How 50,000 feel is measured in bench/desktop.py."""

    def fill() -> None:
        with context.database.transaction():
            for at in range(2_000):
                put(context, f"Question {at}", f"Answer {at}", conversation=f"c{at // 2}")

    await context.run(fill)
    window = await window_on(context, qtbot)
    model = window.pane.model
    await until(lambda: model.rowCount() > 0)
    assert model.rowCount() <= 100
    for _ in range(5):
        before = model.rowCount()
        window.pane.list.scrollToBottom()
        await until(lambda: model.rowCount() > before)  # noqa: B023
    window.pane.search.setText("1999")
    await until(lambda: model.rowCount() == 1, 10)
    window.pane.search.setText("")
    await until(lambda: model.rowCount() >= 50, 10)
