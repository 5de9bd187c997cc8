"""Where the chat's messages stand: nothing beside them but their text, in the order in which they were said."""

from __future__ import annotations

import asyncio

import pytest
from pytestqt.qtbot import QtBot

from desktop.chat.code_block import CodeBlock
from desktop.chat.message import AnswerMessage, PlainMessage
from desktop.chat.text_segment import TextSegment
from desktop.context import Context
from tests.desktop.test_chat_window import put, window_on


async def test_below_a_long_answer_is_no_empty_space(context: Context, qtbot: QtBot) -> None:
    put(context, "word " * 4000, "A" * 20_000)
    window = await window_on(context, qtbot)
    window.resize(1200, 850)
    window.open_conversation("c")
    await asyncio.sleep(1)
    last = [*window.view.messages()][-1]
    below = window.view.widget().height() - last.geometry().bottom()
    assert below < 3 * window.fontMetrics().lineSpacing()
    assert not last.visibleRegion().isEmpty(), "its end is looked at"


def test_asking_how_high_it_would_be_changes_nothing(qtbot: QtBot) -> None:
    """Layouts ask for other widths, too; what is painted stays as wide as the part is."""
    part = TextSegment()
    qtbot.addWidget(part)
    part.show_markdown("some words " * 100)
    part.resize(900, 400)
    part.show()
    height = part.heightForWidth(900)
    assert part.heightForWidth(300) > height
    assert part.document().size().toTuple() == (900, height - 1)


async def test_a_screen_reader_meets_the_messages_in_their_order(context: Context, qtbot: QtBot) -> None:
    said = [f"{number}" for number in range(12)]
    put(context, *said)
    window = await window_on(context, qtbot, "c")
    told = [one for one in window.view.widget().children() if isinstance(one, (PlainMessage, AnswerMessage))]
    assert [one.said.text for one in told] == said


@pytest.mark.parametrize("code", ["let x = 1;", "\n".join(["مرحبا 😀 გამარჯობა नमस्ते"] * 20)])
async def test_short_code_is_shown_whole_without_a_scroll_bar(context: Context, qtbot: QtBot, code: str) -> None:
    put(context, "Q", f"```js\n{code}\n```")
    window = await window_on(context, qtbot, "c")
    await asyncio.sleep(0.3)
    block = window.view.findChild(CodeBlock)
    text = block.text
    assert not text.verticalScrollBar().isVisible()
    last = text.blockBoundingGeometry(text.document().lastBlock()).translated(text.contentOffset())
    assert last.bottom() <= text.viewport().height()
