"""A server ends with the program that started it, however that ended and whatever it was doing itself."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from core.server.parent import END_WITHIN_S, FINISH, LAST_ANSWERS_S, PATIENT_S

pytestmark = pytest.mark.slow

IMPORTING = """
import time
from core.server.parent import Parent
Parent()
print("watching", flush=True)
time.sleep(60)
"""
BUSY = """
import asyncio, time
from core.server.parent import Parent

async def main():
    parent = Parent()
    gone = parent.attach()
    print("watching", flush=True)
    await gone.wait()
    print(parent.grace_s, flush=True)
    time.sleep(60)

asyncio.run(main())
"""


def started(code: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"watching\n"
    return process


def lived(process: subprocess.Popen[bytes], *, last_word: str = "", limit_s: float = 8.0) -> float:
    """Seconds from the parent's end to the child's."""
    assert process.stdin is not None
    began = time.monotonic()
    process.stdin.write(last_word.encode())
    process.stdin.close()
    process.wait(limit_s)
    return time.monotonic() - began


def test_while_it_imports_it_ends_at_once() -> None:
    with started(IMPORTING) as process:
        assert lived(process) < 1
        assert process.returncode == 0


def test_what_does_not_end_in_order_is_ended_within_five_seconds() -> None:
    with started(BUSY) as process:
        assert END_WITHIN_S - 0.5 < lived(process) < 5
        assert process.stdout is not None and float(process.stdout.read()) == LAST_ANSWERS_S < END_WITHIN_S


@pytest.mark.parametrize("last_word", [FINISH, "hello\n" + FINISH, FINISH.replace("\n", "\r\n")])
def test_a_parent_that_left_in_order_is_not_hurried(last_word: str) -> None:
    with started(BUSY) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            lived(process, last_word=last_word, limit_s=END_WITHIN_S + 0.6)
        process.kill()
        assert process.stdout is not None and float(process.stdout.read()) == PATIENT_S
