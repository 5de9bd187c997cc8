"""The chat's Markdown while 200 kB stream into it: the longest gap between two turns of the event loop.

`python -m bench.long_answers [--passes 3]`: three texts (mixed Markdown, one endless paragraph, one code block) in
pieces of 500 characters, each against an idle control just before it. Offscreen; laying out and painting are real.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

from desktop.chat.markdown_view import MarkdownView

PIECE, LONG, TURN_MS, IDLE_S = 500, 200_000, 5, 2
PARAGRAPH = "Some **bold** words, a `code` span, a [link](https://example.org), and then some more of it all. "
MIXED = (
    "## A heading\n\n" + PARAGRAPH * 2 + "\n\n- one\n- two\n  - three\n\n1. first\n2. second\n\n"
    "```python\ndef f(x):\n    return x + 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n"
)
TEXTS = {
    "mixed Markdown": MIXED * (LONG // len(MIXED)),
    "one paragraph": PARAGRAPH * (LONG // len(PARAGRAPH)),
    "one code block": "```\n" + "a line of code = 1\n" * (LONG // 19),
}


class Gaps:
    """Longest gap in ms beyond the timer's own turn, within the block."""

    def __enter__(self) -> Gaps:
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer = QTimer(interval=TURN_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    def _turn(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, (now - self._last) * 1000 - TURN_MS), now


def scrolled() -> tuple[QScrollArea, MarkdownView]:
    """A view in an area that keeps its end in sight, as the chat does."""
    area, host, view = QScrollArea(), QWidget(), MarkdownView()
    QVBoxLayout(host).addWidget(view)
    area.setWidget(host)
    area.setWidgetResizable(True)
    area.resize(800, 600)
    area.show()
    bar = area.verticalScrollBar()
    bar.rangeChanged.connect(lambda: bar.setValue(bar.maximum()))
    return area, view


async def measure(text: str) -> tuple[float, float]:
    """(idle, streaming), the longest gaps in ms."""
    area, view = scrolled()
    await asyncio.sleep(IDLE_S)  # what the pass before left behind is cleared away
    with Gaps() as idle:
        await asyncio.sleep(IDLE_S)
    with Gaps() as streaming:
        for at in range(0, len(text), PIECE):
            view.append(text[at : at + PIECE])
            await asyncio.sleep(random.uniform(0.002, 0.01))
        view.finish()
        while not view.is_settled:
            await asyncio.sleep(0.01)
    area.deleteLater()
    return idle.longest, streaming.longest


async def run(passes: int) -> None:
    print("| 200 kB of | idle | streaming, longest of each pass |\n|---|---|---|")
    for name, text in TEXTS.items():
        found = [await measure(text) for _ in range(passes)]
        idle = statistics.median(one for one, _ in found)
        print(f"| {name} | {idle:.0f} ms | {', '.join(f'{longest:.0f}' for _, longest in found)} ms |", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--passes", type=int, default=3)
    passes = options.parse_args().passes
    loop = qasync.QEventLoop(QApplication(["bench"]))
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(run(passes))


if __name__ == "__main__":
    main()
