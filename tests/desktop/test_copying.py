"""What is copied for other programs: the endpoint with its key, marked as a secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from core.paths import Home
from core.server import presence, token
from desktop import copying
from desktop.context import Context
from tests.desktop.conftest import until

COPIES_AND_QUITS = """
import asyncio, sys
from desktop import copying, life
begin = life.Life._open
async def opened(self, *given):
    await begin(self, *given)
    copying.put("sk-1", secret=True)
    asyncio.get_running_loop().call_soon(self.quit)
life.Life._open = opened
from desktop.app import start
sys.exit(start(["nightschool", "--background"]))
"""


async def test_endpoint_and_key_are_copied_and_kept_out_of_histories(context: Context) -> None:
    key = token.load_or_create(context.home.token_file)
    presence.announce(context.home, "http://127.0.0.1:4711", context.home.token_file)
    context.spawn(copying.copy_endpoint(context))
    await until(lambda: context.bridge.notices)
    copied = QGuiApplication.clipboard().mimeData()
    assert copied.text() == f"OPENAI_BASE_URL=http://127.0.0.1:4711/v1\nOPENAI_API_KEY={key}\n"
    assert bytes(copied.data("x-kde-passwordManagerHint").data()) == b"secret"
    assert not any(key in f"{notice.title}{notice.text}{notice.hint}" for notice in context.bridge.notices)


def test_app_that_holds_what_was_copied_ends_cleanly(home: Home) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", COPIES_AND_QUITS],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "NIGHTSCHOOL_HOME": str(home.root)},
        capture_output=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
