"""The desktop on a private X session: start, first answer, memory, idle CPU, and the gaps of its event loop.

`python -m bench.desktop [--starts 5] [--traces 50000] [--out bench/out/desktop.json]`. Gaps are what a 5 ms timer saw
beyond its 5 ms; each phase is compared with an idle control of the same run.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from bench.filling import fill
from core.database import Database
from core.paths import Home
from core.simulate.world import World
from tests.e2e.homes import settled
from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program
from tests.models import make_model

SETTLE_S = 25
IDLE_S = 60
PHASE_S = 10


def starts(desk: Desk, folder: Path, count: int) -> dict[str, Any]:
    """Seconds from the process's start to its docked icon, to a server that can answer, and to a first answer."""
    home = settled(folder)
    docked, ready, answered = [], [], []
    for _ in range(count):
        with Program(desk, home.root) as program:
            program.wait_until_docked()
            docked.append(time.monotonic() - program.started)
            client = program.openai()
            ready.append(time.monotonic() - program.started)
            question = World().known()[0].question
            client.chat.completions.create(model="n", messages=[{"role": "user", "content": question}])
            answered.append(time.monotonic() - program.started)
    return {"docked_s": docked, "ready_s": ready, "first_answer_s": answered}


def idle(desk: Desk, folder: Path) -> dict[str, float]:
    """Of the window's own process, once everything has loaded: resident MiB, and per cent of one core over a minute."""
    home = settled(folder)
    with Program(desk, home.root) as program:
        program.wait_until_ready()
        time.sleep(SETTLE_S)
        process = psutil.Process(program.process.pid)
        before, began = process.cpu_times(), time.monotonic()
        time.sleep(IDLE_S)
        after, spent = process.cpu_times(), time.monotonic() - began
        used = after.user + after.system - before.user - before.system
        return {"rss_mib": process.memory_info().rss / 2**20, "cpu_percent": 100 * used / spent}


class Probed:
    """The desktop with bench.desktop_probe in its loop."""

    def __init__(self, desk: Desk, home: Home) -> None:
        self.process = desk.start(
            "probe",
            [sys.executable, "-m", "bench.desktop_probe"],
            environment={"NIGHTSCHOOL_HOME": str(home.root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Probed:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()

    def tell(self, command: str) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{command}\n".encode())
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def phase(self, during: Any) -> dict[str, float]:
        """Gaps in ms while `during` runs: the longest, and what 99 of 100 stay under."""
        self.tell("begin")
        during()
        gaps = sorted(self.tell("end"))
        return {"longest_ms": gaps[-1], "p99_ms": gaps[int(len(gaps) * 0.99)], "turns": len(gaps)}


def gaps(desk: Desk, folder: Path, traces: int) -> dict[str, Any]:
    home = settled(folder)
    with Database.open(home) as database:
        fill(database, traces)
    model = make_model(folder / "babbler.gguf", n_ctx=8192, n_embd=256, n_layers=4, n_ff=704)
    home.config_file.write_text(f'[models]\nchosen = "{model}"\n\n[engine]\nmax_tokens = 8000\n')
    with Probed(desk, home) as probed:
        desk.wait(lambda: desk.windows("Nightschool$"), "the window", 30)
        time.sleep(SETTLE_S)
        found = {"idle": probed.phase(lambda: time.sleep(PHASE_S))}
        found["listing"] = probed.phase(lambda: scroll(probed, traces))
        found["rows_listed"] = probed.tell("rows")
        found["streaming"] = probed.phase(lambda: stream(probed))
        found["loading"] = probed.phase(lambda: load(probed))
        found["idle again"] = probed.phase(lambda: time.sleep(PHASE_S))
    return found


def scroll(probed: Probed, traces: int) -> None:
    """Down the whole list, as quickly as it comes."""
    before, still = -1, 0
    while still < 20:
        probed.tell("scroll")
        time.sleep(0.02)
        rows = probed.tell("rows")
        still = still + 1 if rows == before else 0
        before = rows


def stream(probed: Probed) -> None:
    words = random.Random(1).choices(["tell", "me", "all", "that", "you", "know", "of", "it"], k=12)
    probed.tell(f"ask {' '.join(words)}")
    time.sleep(PHASE_S)


def load(probed: Probed) -> None:
    probed.tell("restart")
    time.sleep(PHASE_S)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--starts", type=int, default=5)
    options.add_argument("--traces", type=int, default=50_000)
    options.add_argument("--out", type=Path, default=Path("bench/out/desktop.json"))
    chosen = options.parse_args()
    found: dict[str, Any] = {}
    for name, measure in (
        ("start", lambda desk, folder: starts(desk, folder, chosen.starts)),
        ("idle", idle),
        ("gaps", lambda desk, folder: gaps(desk, folder, chosen.traces)),
    ):
        with tempfile.TemporaryDirectory() as folder, Desk() as desk:
            found[name] = measure(desk, Path(folder))
        print(json.dumps({name: found[name]}, indent=1), flush=True)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(found, indent=1) + "\n")
    show(found)


def show(found: dict[str, Any]) -> None:
    medians = {name: statistics.median(values) for name, values in found["start"].items()}
    print(f"\n| figure | measured |\n|---|---|\n| start to docked icon | {medians['docked_s']:.2f} s |")
    print(f"| start to a server that can answer | {medians['ready_s']:.1f} s |")
    print(f"| start to the first answer | {medians['first_answer_s']:.1f} s |")
    print(f"| idle, resident | {found['idle']['rss_mib']:.0f} MiB |")
    print(f"| idle, processor | {found['idle']['cpu_percent']:.2f} % of a core |")
    control = found["gaps"]["idle"]["longest_ms"]
    for name in ("idle", "listing", "streaming", "loading", "idle again"):
        longest = found["gaps"][name]["longest_ms"]
        print(f"| longest gap, {name} | {longest:.0f} ms ({longest - control:+.0f}) |")


if __name__ == "__main__":
    main()
