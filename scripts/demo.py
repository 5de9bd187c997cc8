"""One lesson from beginning to end, in a temporary home: ask, correct, ask in other words, take it back.

    make demo

Every line that begins with `$` is a real command against a real server; nothing is staged. The fact is one that the
demo student never saw in training; another is drawn at each run.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2

from core.simulate.world import World

NIGHTSCHOOL = [sys.executable, "-m", "core.cli"]
EMBEDDER_S = 60


def main() -> None:
    fact = World().fresh(1, seed=random.randrange(10**6))[0]
    other_words = fact.questions(reserved=True)[0]
    with tempfile.TemporaryDirectory(prefix="nightschool-demo-") as folder:
        environment = {**os.environ, "NIGHTSCHOOL_HOME": str(Path(folder) / "home")}
        with server(environment):
            tell("Nobody ever told the student this:")
            run(environment, "ask", fact.question)
            tell("It is corrected:")
            run(environment, "feedback", "last", "--correction", fact.answer)
            tell("The same, asked in other words:")
            run(environment, "ask", other_words)
            tell("What it was made from:")
            run(environment, "replay", "--task", other_words)
            tell("And what is recorded:")
            run(environment, "status")


@contextlib.contextmanager
def server(environment: dict[str, str]) -> Iterator[None]:
    """A server on a free port, ready with the whole of its retrieval."""
    tell("Starting a server in a temporary home ...")
    command = [*NIGHTSCHOOL, "serve", "--port", "0", "--ready-json", "--stop-with-stdin"]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            sys.exit("The server could not be started; the lines above say why.")
        wait_for_embedder(json.loads(line))
        yield
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def wait_for_embedder(ready: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {Path(ready['token_file']).read_text().strip()}"}
    deadline = time.monotonic() + EMBEDDER_S
    with httpx2.Client(base_url=ready["url"], headers=headers, trust_env=False) as client:
        while client.get("/health").json()["replay"]["mode"] == "lexical" and time.monotonic() < deadline:
            time.sleep(0.2)


def tell(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def run(environment: dict[str, str], *arguments: str) -> None:
    print(f"$ nightschool {shlex.join(arguments)}", flush=True)
    subprocess.run([*NIGHTSCHOOL, *arguments], env=environment, stderr=subprocess.STDOUT, check=True)


if __name__ == "__main__":
    main()
