"""Work that takes its time: a bar that shows how far it is, and an end by Ctrl-C between two pieces."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from core.evidence.stage import Progress, silent


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Whether somebody pressed Ctrl-C. The second time is an interrupt like everywhere."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    asked = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress_bar(*, hidden: bool = False) -> Iterator[Progress]:
    """A bar for each thing that is worked on, on stderr, where somebody looks."""
    if hidden or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        known: dict[str, Any] = {}

        def show(about: str, done: int, total: int) -> None:
            if about not in known:
                for task in known.values():
                    bars.remove_task(task)
                known.clear()
                known[about] = bars.add_task(about, total=None)
            bars.update(known[about], completed=done, total=total or None)

        yield show
