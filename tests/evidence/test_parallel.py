"""Work spread over processes: answers in order, errors and cancels heard, nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from core.errors import NotFound
from core.evidence.parallel import WorkerDied, pause_point, spread
from core.evidence.stage import Cancelled

WAIT_S = 20.0


def slowly(number: int) -> tuple[int, int]:
    time.sleep(0.05 * (number % 3))
    return number * number, os.getpid()


def failing(number: int) -> int:
    if number == 3:
        raise NotFound("There is no three.", hint="Take four.")
    return number


def killed(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)  # as a system does that is out of memory
    return number


def endless(number: int) -> int:
    while True:
        pause_point()
        time.sleep(0.01)


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_come_in_order(workers: int) -> None:
    found = list(spread(slowly, range(12), workers))
    assert [(item, answer) for item, (answer, _) in found] == [(n, n * n) for n in range(12)]
    assert (os.getpid() in {pid for _, (_, pid) in found}) == (workers == 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_comes_whole(workers: int) -> None:
    with pytest.raises(NotFound, match="no three") as caught:
        list(spread(failing, range(12), workers))
    assert caught.value.hint == "Take four."


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cancel_is_heard_in_the_middle_of_an_item(workers: int) -> None:
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(spread(endless, range(4), workers, cancelled=lambda: time.monotonic() > begun + 1.5))
    assert time.monotonic() - begun < WAIT_S


def test_a_worker_that_is_killed_is_told() -> None:
    with pytest.raises(WorkerDied, match="memory") as caught:
        list(spread(killed, range(12), 2))
    assert "--workers 1" in caught.value.hint
    assert list(spread(slowly, range(2), 2))[1][1][0] == 1


def test_nothing_to_do() -> None:
    assert list(spread(slowly, [], 4)) == []


def test_workers_end_with_a_parent_that_is_killed() -> None:
    code = "from core.evidence.parallel import spread\nfrom tests.evidence.test_parallel import endless\n"
    code += "if __name__ == '__main__':\n    list(spread(endless, range(4), 2))\n"
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        children = waited_for(psutil.Process(parent.pid), 3)
        parent.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=WAIT_S)
    for one in alive:
        one.kill()
    assert alive == []


def waited_for(parent: psutil.Process, count: int) -> list[psutil.Process]:
    """Children of the pool, with the process that keeps track of its semaphores."""
    for _ in range(int(WAIT_S * 10)):
        if len(found := parent.children(recursive=True)) >= count:
            time.sleep(0.5)
            return found
        time.sleep(0.1)
    raise AssertionError("the pool did not start")
