"""The same function over many partitions, in several processes: answers in order, whatever the number of workers."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import TypeVar

from core.errors import NightschoolError
from core.evidence.stage import Cancelled, never

Item = TypeVar("Item")
Answer = TypeVar("Answer")
AHEAD = 4
"""Items that wait in the pool for each worker, so that none is idle and few are lost to a cancel."""
LOOK_S = 0.2
_asked: Callable[[], bool] = never


class WorkerDied(NightschoolError):
    """A process of the pool ended in the middle of its work: killed by the system, mostly."""

    code, status, title = "worker_died", 500, "A process that helped was ended"


def spread(
    function: Callable[[Item], Answer],
    items: Sequence[Item],
    workers: int,
    *,
    cancelled: Callable[[], bool] = never,
) -> Iterator[tuple[Item, Answer]]:
    """Each item with its answer, in order of the items. Raises Cancelled, WorkerDied, and what `function` raises.

    `function` is found by its name in a fresh process, and what it takes and gives is pickled between the two.
    """
    if workers <= 1 or len(items) <= 1:
        yield from _here(function, items, cancelled)
        return
    context = get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(min(workers, len(items)), context, initializer=_begin, initargs=(stop,))
    try:
        yield from _in_order(pool, function, items, workers * AHEAD, cancelled)
    except BrokenProcessPool as error:
        raise WorkerDied(
            "One of the processes at work on the evidence was ended from outside; most often memory ran out.",
            hint="What was finished stays. Close other programs, or try again with --workers 1.",
        ) from error
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def pause_point() -> None:
    """For `function`, every so many rows. Raises Cancelled when somebody asked for it."""
    if _asked():
        raise Cancelled


def _here(
    function: Callable[[Item], Answer], items: Sequence[Item], cancelled: Callable[[], bool]
) -> Iterator[tuple[Item, Answer]]:
    global _asked
    before, _asked = _asked, cancelled
    try:
        for item in items:
            pause_point()
            yield item, function(item)
    finally:
        _asked = before


def _in_order(
    pool: ProcessPoolExecutor,
    function: Callable[[Item], Answer],
    items: Sequence[Item],
    ahead: int,
    cancelled: Callable[[], bool],
) -> Iterator[tuple[Item, Answer]]:
    waiting: deque[tuple[Item, Future[Answer]]] = deque()
    coming = iter(items)
    while True:
        while len(waiting) < ahead and (item := next(coming, None)) is not None:
            waiting.append((item, pool.submit(function, item)))
        if not waiting:
            return
        item, future = waiting.popleft()
        while not wait([future], timeout=LOOK_S).done:
            if cancelled():
                raise Cancelled
        if cancelled():
            raise Cancelled
        yield item, future.result()


def _begin(stop: Event) -> None:
    """Ctrl-C is the parent's to hear; and where the parent is killed, nobody is left behind waiting for work."""
    global _asked
    _asked = stop.is_set
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
