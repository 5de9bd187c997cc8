"""Evidence at scale: a stream of rated answers (2 KB a row, a year of them) through collect, score, screen and export.

    python -m bench.evidence [--rows 10000,100000,1000000] [--workers 2] [--folder DIR] [--no-peer]

For each size, in a fresh home and in processes of its own: the full run, a run with nothing new, and a run after one in
a hundred rows came, all of them newer than what was there. Rows a second, seconds and peak of memory (the resident
memory of the process and all its children, summed) for each stage. Beside it, in the same run:
- the floor: the same file read, SHA-256 over it, and written again with fsync, one thread, nothing else; before and
  after ours, the mean of both. What the stages read and write altogether, at that speed, is the second floor;
- the same work as a DuckDB script (`bench.evidence_peer`), on as many threads as we have workers.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from bench import evidence_rows

OUT = Path(__file__).parent / "out" / "evidence.json"
MAPPING = Path(__file__).parent / "data" / "evidence.toml"
NAME = "bench_answers"
RECORDED_AT = "2026-11-21T00:00:00Z"
BESIDE = "screen"
"""Reported beside: the secret scan and the search for what is nearly the same."""
STAGES = ("collect", "score", "screen", "export-rag", "export-preference")
"""The export of rag holds that of sft and kto: one reading makes all three."""
NEW = 0.01
SAMPLE_S = 0.05
PEER = "duckdb==2.0.0"
Measure = dict[str, Any]


class Watched:
    """A process and its children: seconds, and the peak of their memory by what the process says that it is at."""

    def __init__(self, command: list[str]) -> None:
        self.lines: list[Measure] = []
        self.peaks: dict[str, float] = {}
        self._at = "start"
        start = time.perf_counter()
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        sampling = threading.Thread(target=self._sample)
        sampling.start()
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._hear(json.loads(line))
        status = self._process.wait()
        sampling.join()
        self.seconds = time.perf_counter() - start
        if status != 0:
            raise SystemExit(f"{' '.join(command)} ended with {status}")

    def _hear(self, line: Measure) -> None:
        if "at" in line:
            self._at = line["at"]
        else:
            self.lines.append(line)

    def _sample(self) -> None:
        whole = psutil.Process(self._process.pid)
        while self._process.poll() is None:
            total = 0
            try:
                for member in (whole, *whole.children(recursive=True)):
                    try:
                        total += member.memory_info().rss
                    except psutil.NoSuchProcess:
                        continue
            except psutil.NoSuchProcess:
                return
            self.peaks[self._at] = max(self.peaks.get(self._at, 0.0), round(total / 2**20, 1))
            time.sleep(SAMPLE_S)


def child(home: Path, workers: int) -> None:
    """One run as `nightschool evidence run` does it, in a process of its own; a line for each stage, then the whole."""
    from core.config import Config
    from core.database import Database
    from core.evidence.run import real_stages, run
    from core.evidence.stage import STAGES, Options, StageName, StageResult, Work
    from core.paths import Home

    stages = real_stages(STAGES)

    def timed(stage: StageName) -> Callable[[Work], StageResult]:
        def call(work: Work) -> StageResult:
            print(json.dumps({"at": stage}), flush=True)
            start, processor = time.perf_counter(), busy()
            result = stages[stage](work)
            taken = {"seconds": round(time.perf_counter() - start, 3), "cpu_s": round(busy() - processor, 3)}
            print(json.dumps({"stage": stage, **taken, "totals": result.totals, "delta": result.delta}), flush=True)
            return result

        return call

    start = time.perf_counter()
    with Database.open(Home(home)) as database:
        options = Options(recorded_at=RECORDED_AT, workers=workers)
        work = Work(home=Home(home), database=database, config=Config(), options=options)
        outcome = run(work, table={stage: timed(stage) for stage in STAGES})
    print(json.dumps({"stage": "run", "seconds": round(time.perf_counter() - start, 3), "cpu_s": round(busy(), 3)}))
    if outcome.status == "failed":
        raise SystemExit(outcome.reason)


def busy() -> float:
    """Seconds of processor that this process and its ended children have had."""
    return sum(os.times()[:4])


def register(home: Path, stream: Path) -> None:
    """The stream, and a person's word that it may be learned from."""
    command = [sys.executable, "-m", "core.cli", "import", "jsonl", str(stream), "--mapping", str(MAPPING)]
    command += ["--name", NAME, "--approve", "--recorded-at", RECORDED_AT]
    subprocess.run(command, check=True, env={**os.environ, "NIGHTSCHOOL_HOME": str(home)}, stdout=subprocess.DEVNULL)


def floor(stream: Path, folder: Path) -> float:
    """Seconds: every byte read, hashed and written once, and the disk's word that it is there."""
    target = folder / "floor"
    start = time.perf_counter()
    digest = hashlib.sha256()
    with stream.open("rb") as source, target.open("wb", buffering=1 << 20) as copy:
        while piece := source.read(1 << 20):
            digest.update(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
    taken = time.perf_counter() - start
    target.unlink()
    return round(taken, 3)


def run(home: Path, workers: int) -> Measure:
    """One run of all stages. `seconds`: all of it, receipts too, but for what is reported beside."""
    said = Watched([sys.executable, "-m", "bench.evidence", "--child", str(home), "--workers", str(workers)])
    found: Measure = {line["stage"]: {**line, "peak_mib": said.peaks.get(line["stage"])} for line in said.lines}
    beside, whole = found[BESIDE]["seconds"], found.pop("run")
    return {
        "seconds": round(whole["seconds"] - beside, 3),
        "cpu_s": round(whole["cpu_s"] - found[BESIDE]["cpu_s"], 3),
        "beside": beside,
        "peak_mib": max(said.peaks.values()),
        "stages": found,
    }


def peer(stream: Path, folder: Path, threads: int) -> Measure:
    if importlib.util.find_spec("duckdb") is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", PEER], check=True)
    said = Watched([
        sys.executable, "-m", "bench.evidence_peer", str(stream), str(folder / "peer"), "--threads", str(threads),
    ])  # fmt: skip
    parts = said.lines[0]
    return {"seconds": round(sum(parts.values()), 3), "peak_mib": max(said.peaks.values()), "parts": parts}


def bytes_of(*folders: Path) -> int:
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


def outputs(home: Path) -> Measure:
    """Bytes and files that stand there after a run."""
    names = ("evidence", "scored", "screened", "datasets", "quarantine")
    return {name: {"bytes": bytes_of(home / name), "files": sum(1 for _ in (home / name).rglob("*.jsonl"))}
            for name in names}  # fmt: skip


def measure(rows: int, folder: Path, workers: int, *, with_peer: bool) -> Measure:
    stream, home = folder / "answers.jsonl", folder / "home"
    size = evidence_rows.write(stream, rows)
    before = floor(stream, folder)
    home.mkdir(mode=0o700)
    register(home, stream)
    full = run(home, workers)
    beneath = round((before + floor(stream, folder)) / 2, 3)
    found: Measure = {"rows": rows, "bytes": size, "floor_s": beneath, "full": full, "outputs": outputs(home)}
    found["nothing_new"] = run(home, workers)
    if with_peer:
        found["peer"] = peer(stream, folder, workers)
    evidence_rows.write(stream, int(rows * NEW), start=rows, of=rows)
    found["incremental"] = run(home, workers)
    return found | figures(found)


def figures(found: Measure) -> Measure:
    """What is compared, from what was measured."""
    full, size = found["full"], found["bytes"]
    made = {name: figure["bytes"] for name, figure in found["outputs"].items()}
    evidence, scored = made["evidence"], made["scored"]
    moved = size + evidence + evidence + scored + 4 * (evidence + scored) + made["datasets"] + made["quarantine"]
    summary = {
        "rows_per_s": round(found["rows"] / full["seconds"]),
        "ratio_to_floor": round(full["seconds"] / found["floor_s"], 2),
        "bytes_moved": moved,
        "ratio_to_floor_of_all_bytes": round(full["seconds"] / (found["floor_s"] * moved / (2 * size)), 2),
        "incremental_share": round(found["incremental"]["seconds"] / full["seconds"], 4),
        "incremental_share_with_screen": round(with_screen(found["incremental"]) / with_screen(full), 4),
        "us_per_row": {stage: round(at["seconds"] / found["rows"] * 1e6, 1) for stage, at in full["stages"].items()},
    }
    if "peer" in found:
        summary["ratio_to_peer"] = round(full["seconds"] / found["peer"]["seconds"], 2)
    return {"summary": summary}


def with_screen(run: Measure) -> float:
    return float(run["seconds"] + run["beside"])


def table(results: list[Measure]) -> str:
    """As docs/benchmarks.md has it."""
    heads = (
        "rows", "rows/s", "full s", "floor s", "ratio", "ratio, all bytes", "peak MiB", "1 % new", "… with screen",
        "nothing new s", "screen s", "DuckDB s", "ours/DuckDB", "DuckDB MiB",
    )  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for one in results:
        full, summary, peer = one["full"], one["summary"], one.get("peer", {})
        cells = (
            f"{one['rows']:,}", f"{summary['rows_per_s']:,}", f"{full['seconds']:.1f}", f"{one['floor_s']:.2f}",
            f"{summary['ratio_to_floor']:.1f}", f"{summary['ratio_to_floor_of_all_bytes']:.1f}",
            f"{full['peak_mib']:.0f}", f"{summary['incremental_share']:.1%}",
            f"{summary['incremental_share_with_screen']:.1%}", f"{one['nothing_new']['seconds']:.1f}",
            f"{full['beside']:.1f}",
            f"{peer.get('seconds', 0):.1f}", f"{summary.get('ratio_to_peer', 0):.2f}", f"{peer.get('peak_mib', 0):.0f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    stages = [f"| {name} | " + " | ".join(row_of(one, name) for one in results) + " |" for name in STAGES]
    head = "| µs a row; peak MiB | " + " | ".join(f"{one['rows']:,}" for one in results) + " |"
    return "\n".join([*lines, "", head, "|---" * (len(results) + 1) + "|", *stages])


def row_of(one: Measure, stage: str) -> str:
    return f"{one['summary']['us_per_row'][stage]:.0f}; {one['full']['stages'][stage]['peak_mib'] or 0:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="10000,100000,1000000")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the gigabytes go; a temporary folder in it, removed after")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child(chosen.child, chosen.workers)
        return
    results = []
    for rows in (int(text) for text in chosen.rows.split(",")):
        with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
            results.append(measure(rows, Path(folder), chosen.workers, with_peer=not chosen.no_peer))
    OUT.parent.mkdir(exist_ok=True)
    machine = {"machine": platform.platform(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    OUT.write_text(json.dumps({"settings": {"rows": chosen.rows, "workers": chosen.workers}, **machine,
                               "results": results}, indent=2) + "\n")  # fmt: skip
    print(table(results))
    print(f"\n{OUT}")


if __name__ == "__main__":
    main()
