"""Nightschool's desktop on a desk: started as a person starts it, looked at from outside."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx2
import openai
import psutil

from core.paths import Home
from core.server import presence
from tests.e2e.session.desk import Desk

TITLE = "Nightschool"


class Program:
    """One running desktop process. `started` is of time.monotonic(), taken just before the start."""

    def __init__(
        self, desk: Desk, home: Path, arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None
    ) -> None:
        self.desk, self.home = desk, Home(home)
        self.started = time.monotonic()
        self.process = desk.start(
            "desktop",
            [sys.executable, "-m", "desktop", *arguments],
            environment={"NIGHTSCHOOL_HOME": str(home), **(environment or {})},
        )

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.quit()

    @property
    def output(self) -> str:
        """What it printed: nothing, where all is well."""
        return self.desk.log("desktop")

    def family(self) -> list[psutil.Process]:
        """The process and all its children."""
        try:
            own = psutil.Process(self.process.pid)
            return [own, *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def child(self, word: str) -> psutil.Process:
        """The child whose command line has `word` in it: `core.engine`, `core.replay.embedder`, `serve`."""
        return next(p for p in self.family()[1:] if any(word in part for part in p.cmdline()))

    def wait_until_docked(self, seconds: float = 10) -> tuple[int, int]:
        """The middle of its icon in the tray, in screen pixels, once it is there."""
        return self.desk.wait(lambda: icon_in_tray(self.desk), "the tray icon", seconds)

    def wait_until_ready(self, seconds: float = 60) -> presence.Presence:
        """The server that it started, once that can answer."""

        def ready() -> presence.Presence | None:
            found = presence.find(self.home)
            if found is None:
                return None
            return found if httpx2.get(f"{found.url}/health", trust_env=False).status_code == 200 else None

        return self.desk.wait(ready, "the model server", seconds)

    def openai(self) -> openai.OpenAI:
        """Another program's client."""
        found = self.wait_until_ready()
        key = Path(found.token_file).read_text().strip()
        return openai.OpenAI(base_url=f"{found.url}/v1", api_key=key, max_retries=0)

    def quit(self, seconds: float = 10) -> int:
        """SIGTERM, as a session manager ends programs; the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            for member in self.family():
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            self.process.wait()
            raise
        return self.process.returncode


def icon_in_tray(desk: Desk) -> tuple[int, int] | None:
    """trayer's window has one child for each docked icon: the middle of the first."""
    for panel in desk.windows("^panel$"):
        lines = desk.run("xwininfo", "-id", panel, "-tree").splitlines()
        for line in lines:
            if TITLE.lower() in line.lower() or "desktop" in line.lower() or "python" in line.lower():
                shown = desk.run("xwininfo", "-id", line.split()[0])
                figures = dict(part.strip().split(":", 1) for part in shown.splitlines() if part.count(":") == 1)
                left, top = int(figures["Absolute upper-left X"]), int(figures["Absolute upper-left Y"])
                width, height = int(figures["Width"]), int(figures["Height"])
                if figures["Map State"].strip() == "IsViewable" and width > 4:
                    return left + width // 2, top + height // 2
    return None
