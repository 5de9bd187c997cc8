"""Streaming Markdown: how it is cut, what is shown of it, and that nothing is ever fetched."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextCursor, QTextDocument
from pytestqt.qtbot import QtBot

from desktop.chat import links
from desktop.chat.code_block import CodeBlock
from desktop.chat.markdown_blocks import TOO_MUCH, Blocks, PlainBlocks
from desktop.chat.markdown_view import MarkdownView
from desktop.chat.text_segment import TextSegment, _images
from tests.desktop.conftest import until

PARAGRAPH = "Some **bold** words with `code` and a [link](https://example.org) that go on for a while. " * 4
MIXED = (
    f"## Head\n\n{PARAGRAPH}\n\n- one\n- two {PARAGRAPH}\n\n```python\n"
    + "def f(x):\n    return x\n" * 8
    + "```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
)


def cut(text: str, sizes: list[int]) -> list[tuple[str, str, str]]:
    """Feeds it in parts of these sizes, over and over; checks that what is closed stays as it is."""
    blocks, at, turn = Blocks(), 0, 0
    closed: dict[int, tuple[str, str]] = {}
    while at < len(text):
        size = sizes[turn % len(sizes)]
        first = blocks.feed(text[at : at + size])
        at, turn = at + size, turn + 1
        assert all(index < first for index in closed), "what is closed is never laid out again"
        for index, piece in enumerate(blocks.pieces):
            if index in closed:
                assert closed[index] == (piece.kind, piece.text)
            elif piece.closed:
                closed[index] = (piece.kind, piece.text)
    blocks.finish()
    return [(piece.kind, piece.language, piece.text) for piece in blocks.pieces]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hi\n\n```python\nx = 1\n```\nthen", [("text", "", "Hi"), ("code", "python", "x = 1"), ("text", "", "then")]),
        ("```\nopen\n  fence", [("code", "", "open\n  fence")]),
        (
            "1. a\n   ```py\n   x\n     y\n   ```\n2. b",
            [("text", "", "1. a"), ("code", "py", "x\n  y"), ("text", "", "2. b")],
        ),
        ("````md\n```\ninner\n```\n````\nend", [("code", "md", "```\ninner\n```"), ("text", "", "end")]),
        ("~~~\na\n```\n~~~", [("code", "", "a\n```")]),
        ("- a\n\n- b", [("text", "", "- a\n\n- b")]),
        ("```\n\n```", [("code", "", "")]),
        ("", []),
        ("\n\n \n", []),
    ],
)  # fmt: skip
def test_text_and_code_are_told_apart(text: str, pieces: list[tuple[str, str, str]]) -> None:
    assert cut(text, [max(len(text), 1)]) == pieces
    assert cut(text, [1]) == pieces


PARTS = ["word ", "\n", "\n\n", "```", "```py\n", "~~~\n", "- item\n", "1. ", "# h\n", "|a|b|\n", "|-|-|\n", "x" * 900]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=40), st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_how_it_arrives_makes_no_difference(parts: list[str], sizes: list[int]) -> None:
    text = "".join(parts)
    assert cut(text, sizes) == cut(text, [max(len(text), 1)])


@pytest.mark.parametrize("text", ["word " * 8000, "x" * 40_000, "- item and more\n" * 2000, PARAGRAPH * 100])
def test_no_piece_of_text_grows_long_and_no_word_is_lost(text: str) -> None:
    pieces = cut(text, [700])
    assert max(len(piece) for _, _, piece in pieces) <= TOO_MUCH + 1
    assert "".join("".join(piece.split()) for _, _, piece in pieces) == "".join(text.split())


def test_a_table_that_is_cut_keeps_its_head() -> None:
    head = "| a | b |\n|---|---|"
    pieces = cut(f"{head}\n" + "| one | two three four |\n" * 400, [100])
    assert len(pieces) > 1
    assert all(piece.startswith(head) for _, _, piece in pieces)


def test_what_may_become_a_fence_is_held_back() -> None:
    blocks = Blocks()
    blocks.feed("Look:\n``")
    assert blocks.pieces[-1].text == "Look:\n"
    blocks.feed("`py\nx = 1\n``")
    assert [(piece.kind, piece.text) for piece in blocks.pieces] == [("text", "Look:"), ("code", "x = 1\n")]
    blocks.feed("`\n")
    assert blocks.pieces[-1].closed
    assert blocks.pieces[-1].text == "x = 1"


def test_plain_text_is_cut_at_lines_and_whole() -> None:
    text = "".join(f"line {at} ```\n" for at in range(3000))
    blocks = PlainBlocks()
    for at in range(0, len(text), 333):
        blocks.feed(text[at : at + 333])
    blocks.finish()
    assert "\n".join(piece.text for piece in blocks.pieces) == text
    assert max(len(piece.text) for piece in blocks.pieces) <= TOO_MUCH


async def shown(qtbot: QtBot, text: str, *, plain: bool = False) -> MarkdownView:
    view = MarkdownView(plain=plain)
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    view.set_text(text)
    await until(lambda: view.is_settled)
    return view


def texts(view: MarkdownView) -> list[str]:
    return [segment.toPlainText() for segment in view.parts if isinstance(segment, TextSegment)]


async def test_html_is_shown_never_interpreted(qtbot: QtBot) -> None:
    view = await shown(
        qtbot, "a <b>bold</b> <img src='http://127.0.0.1:1/x.png'>\n\n<script>alert(1)</script>\n\n&lt;i&gt;"
    )
    (text,) = texts(view)
    assert text.split("\n") == [
        "a <b>bold</b> <img src='http://127.0.0.1:1/x.png'>", "<script>alert(1)</script>", "<i>",
    ]  # fmt: skip
    (segment,) = view.findChildren(TextSegment)
    assert "font-weight:700" not in segment.document().toHtml()


async def test_a_picture_is_words_and_its_file_is_never_opened(qtbot: QtBot, tmp_path: Path) -> None:
    """The picture is a pipe that nobody writes to: opening it would hang this test until its timeout."""
    pipe = tmp_path / "picture.png"
    os.mkfifo(pipe)
    view = await shown(qtbot, f"![a cat]({pipe}) ![b](file://{pipe}) ![c](http://127.0.0.1:1/c.png)")
    (segment,) = view.findChildren(TextSegment)
    segment.grab()
    assert segment.toPlainText().count("picture, not loaded") == 3
    assert "a cat" in segment.toPlainText()
    assert _images(segment.document()) == []


async def test_links_open_after_a_click_and_only_web_and_mail(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url.toString())) or True)
    refused: list[str] = []
    view = await shown(qtbot, "[a](https://a.example/x) [b](javascript:alert(1)) [c](file:///etc/passwd) <m@x.example>")
    view.refused_link.connect(refused.append)
    (segment,) = view.findChildren(TextSegment)
    assert opened == []
    for target in (
        "https://a.example/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "mailto:m@x.example",
        "ftp://x.y/",
    ):
        segment.anchorClicked.emit(QUrl(target))
    assert opened == ["https://a.example/x", "mailto:m@x.example"]
    assert refused == ["javascript:alert(1)", "file:///etc/passwd", "ftp://x.y/"]
    assert not links.open_link(QUrl("FILE:///etc/passwd"))


async def test_a_clicked_link_never_takes_the_place_of_the_answer(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text("<p>another page</p>")
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    view = await shown(qtbot, f"[a link of many words](file://{tmp_path}/page.html)")
    (segment,) = view.findChildren(TextSegment)
    at = segment.cursorRect(QTextCursor(segment.document())).center() + QPoint(8, 0)
    assert segment.anchorAt(at)
    qtbot.mouseClick(segment.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert segment.toPlainText() == "a link of many words"
    assert segment.source().isEmpty()


async def test_nothing_is_loaded_whoever_asks_for_it(qtbot: QtBot, tmp_path: Path) -> None:
    """Beside taking images out of the text: should Qt find another way to one, it gets nothing."""
    view = await shown(qtbot, "words")
    (segment,) = view.findChildren(TextSegment)
    (tmp_path / "style.css").write_text("p { color: red }")
    place = QUrl.fromLocalFile(str(tmp_path / "style.css"))
    kinds = QTextDocument.ResourceType
    for kind in (kinds.ImageResource, kinds.StyleSheetResource, kinds.HtmlResource, kinds.MarkdownResource):
        assert bytes(segment.document().resource(kind, place)) == b""


async def test_code_has_its_language_and_a_button_that_copies_it_whole(qtbot: QtBot) -> None:
    code = "x = 1\n" + "y" * 5000
    view = await shown(qtbot, f"Look:\n\n```python\n{code}\n```\n\nend")
    (block,) = view.findChildren(CodeBlock)
    assert block.language.text() == "python"
    assert block.text.font().styleHint() == block.text.font().StyleHint.TypeWriter or block.text.fontInfo().fixedPitch()
    assert max(len(line) for line in block.text.toPlainText().split("\n")) <= 1000
    block.copy.click()
    from PySide6.QtGui import QGuiApplication

    assert QGuiApplication.clipboard().text() == code


async def test_what_is_finished_is_laid_out_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[TextSegment] = []
    original = TextSegment._render
    monkeypatch.setattr(TextSegment, "_render", lambda self: (rendered.append(self), original(self))[1])
    view = MarkdownView()
    qtbot.addWidget(view)
    view.show()
    first = PARAGRAPH * 5
    view.append(f"{first}\n\nsecond")
    await until(lambda: view.is_settled)
    before = rendered.count(view.findChildren(TextSegment)[0])
    for _ in range(5):
        view.append(" more words")
        await until(lambda: view.is_settled)
    segments = view.findChildren(TextSegment)
    assert rendered.count(segments[0]) == before
    assert rendered.count(segments[1]) >= 5
    assert segments[1].toPlainText() == "second" + " more words" * 5


async def test_repaints_are_at_most_twenty_a_second(qtbot: QtBot) -> None:
    view = MarkdownView()
    qtbot.addWidget(view)
    view.show()
    repaints = 0

    def count() -> None:
        nonlocal repaints
        repaints += 1

    view.grew.connect(count)
    started = time.monotonic()
    while time.monotonic() - started < 1:
        view.append("word ")
        await asyncio.sleep(0.001)
    assert 2 <= repaints <= 22


async def test_a_repaint_that_took_long_puts_the_next_one_off(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    original = TextSegment._render
    repaints: list[float] = []

    def slow(self: TextSegment) -> None:
        repaints.append(time.monotonic())
        time.sleep(0.04)
        original(self)

    monkeypatch.setattr(TextSegment, "_render", slow)
    view = MarkdownView()
    qtbot.addWidget(view)
    view.show()
    started = time.monotonic()
    while time.monotonic() - started < 1.5:
        view.append("word ")
        await asyncio.sleep(0.005)
    assert len(repaints) <= 6, "40 ms each: at most an eighth of the time"


async def test_plain_text_is_not_read_as_markdown(qtbot: QtBot) -> None:
    view = await shown(qtbot, "# not a head\n\n```\n**x** <b>", plain=True)
    assert texts(view) == ["# not a head\n\n```\n**x** <b>"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", [MIXED * 250, PARAGRAPH * 600, "```\n" + "a line of code = 1\n" * 11_000], ids=["mixed", "one line", "code"]
)
async def test_200_kb_stream_arrives_whole(qtbot: QtBot, text: str) -> None:
    """What it does to the event loop is measured in bench/long_answers.py."""
    text = text[:200_000]
    view = MarkdownView()
    qtbot.addWidget(view)
    view.show()
    for at in range(0, len(text), 5_000):
        view.append(text[at : at + 5_000])
        await asyncio.sleep(0.002)
    view.finish()
    await until(lambda: view.is_settled, 30)
    assert view.text == text
