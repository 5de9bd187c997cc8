"""A real `nightschool serve` in a process of its own, for tests and benches."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
import openai
import psutil


@dataclass
class Running:
    """One running server: where it listens, its token, its process and its home."""

    url: str
    token: str
    process: subprocess.Popen[str]
    home: Path
    log: Path

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def http(self, timeout: float = 60) -> httpx2.Client:
        return httpx2.Client(base_url=self.url, headers=self.headers, timeout=timeout)

    def openai(self, **options: object) -> openai.OpenAI:
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=self.token, max_retries=0, **options)  # type: ignore[arg-type]

    def family(self) -> list[psutil.Process]:
        """The server and its children."""
        try:
            server = psutil.Process(self.process.pid)
            return [server, *server.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def child(self, word: str) -> psutil.Process:
        """The child whose command line has `word` in it: `core.engine` or `core.replay.embedder`."""
        return next(p for p in self.family()[1:] if any(word in part for part in p.cmdline()))

    def wait_until_hybrid(self, seconds: float = 90) -> None:
        """Return when the embedder is there and the index whole; until then retrieval is by words only."""
        deadline = time.monotonic() + seconds
        with self.http() as http:
            while http.get("/health").json()["replay"]["mode"] != "hybrid":
                assert time.monotonic() < deadline, "the embedder never got ready"
                time.sleep(0.2)

    def kill_everything(self) -> None:
        """Power off, as far as processes go: SIGKILL to the whole family at once."""
        for member in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):
                member.send_signal(signal.SIGKILL)
        self.process.wait()
        self._close()

    def stop(self) -> int:
        """Ask it to end; kill it when it does not. Returns the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill_everything()
        self._close()
        return self.process.returncode

    def _close(self) -> None:
        if self.process.stdout is not None:
            self.process.stdout.close()


def start(home: Path, arguments: Sequence[str] = ("--port", "0"), environment: dict[str, str] | None = None) -> Running:
    """Start a server on `home` and return when it can answer. Raises RuntimeError with its log when it ends first."""
    log = home.parent / f"{home.name}.log"
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "serve", "--ready-json", *arguments],
            env={**os.environ, "NIGHTSCHOOL_HOME": str(home), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.wait()
        process.stdout.close()
        raise RuntimeError(f"serve ended with {process.returncode}: {log.read_text()[-4000:]}")
    ready = json.loads(line)
    return Running(ready["url"], Path(ready["token_file"]).read_text().strip(), process, home, log)


@contextlib.contextmanager
def running(home: Path, arguments: Sequence[str] = ("--port", "0")) -> Iterator[Running]:
    server = start(home, arguments)
    try:
        yield server
    finally:
        server.stop()
