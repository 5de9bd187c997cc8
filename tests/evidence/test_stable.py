"""The same input is the same bytes, wherever, whenever, in whatever surroundings and by however many hands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from core.database import Database
from core.paths import Home
from tests.evidence import making

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
Row = dict[str, Any]
TREES = ("evidence", "scored", "screened", "datasets", "quarantine", "skips", "receipts")
PLACELESS = ("scored", "datasets", "quarantine")
"""What does not say where a row stood."""
PLAIN = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
SURROUNDINGS: dict[str, tuple[dict[str, str], int]] = {
    "another hash seed": ({"PYTHONHASHSEED": "4711"}, 1),
    "a day ahead": ({"TZ": "Pacific/Kiritimati"}, 1),
    "a day behind": ({"TZ": "Pacific/Pago_Pago"}, 1),
    # Neither Python's UTF-8 mode nor its coercion of the C locale: files that name no encoding are ASCII here.
    "no UTF-8": ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, 1),
    "three workers": ({}, 3),
    "all at once": ({"PYTHONHASHSEED": "random", "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE"}, 2),
}


def answers(count: int = 90) -> list[Row]:
    """Reviews of answers in two days: tasks that were tried several times, in several languages, some with secrets."""
    verdicts = ("accept", "reject", "cycle", "accept", "unheard of")
    rows = []
    for n in range(count):
        task = n // 3
        key = " The key is AKIAIOSFODNN7EXAMPL" + "ABCDEFGH"[n % 8] if n % 17 == 0 else ""
        rows.append({
            "id": f"a{n if n % 29 else 0}",
            "task": f"task {task}",
            "conversation": f"talk {task // 2}",
            "at": f"2026-04-{27 + n % 2}T{23 if n % 5 else 0}:{n % 60:02d}:59.999999Z",
            "messages": [{"role": "user", "content": f"Wie weit ist die Insel Nr. {task} von der Küste? 島はどこ?"}],
            "response": f"Etwa {n} Meilen – ungefähr.{key} \u2028İstanbul ı 🏝",
            "verdict": verdicts[n % 5],
            "thumb": {"accept": True, "reject": False}.get(verdicts[n % 5]) if n % 2 else None,
        })  # fmt: skip
    return rows


MAPPING = """
class = "verdict"
rule = "observer"
[[record]]
timestamp = "at"
run_id = "id"
task_id = "task"
conversation_id = "conversation"
messages = "messages"
response = "response"
human = "thumb"
[record.markers]
observer_verdict = "verdict"
"""
CHATS = [
    {
        "id": f"c{n}",
        "conversations": [
            {"from": "human", "value": f"Frage {n}: 何?"},
            {"from": "gpt", "value": f"Antwort {n}, völlig ernst."},
        ],
    }
    for n in range(12)
]


def lines_of(rows: list[Row]) -> list[bytes]:
    """With what is no row at all among them, and a row that stands there twice."""
    lines = [json.dumps(row, ensure_ascii=bool(n % 2)).encode() for n, row in enumerate(rows)]
    return [*lines[:7], b"{broken", lines[3], b"[1, 2]", *lines[7:], b'{"id": "undated", "response": "x"}']


class Place:
    """A home, its input, and the program as a process in its surroundings. Streams are read where they lie, and
    evidence says where: `inputs` is shared by homes that are to be the same in that, too."""

    def __init__(self, folder: Path, lines: list[bytes] | None = None, inputs: Path | None = None) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.home = Home(folder / "home")
        self.inputs = inputs or folder
        self.stream = self.inputs / "reviews.jsonl"
        if lines is not None:
            self.fill(lines)
        with Database.open(self.home) as database:
            making.a_mixed_lot(database, 60)

    def fill(self, lines: list[bytes]) -> None:
        self.stream.write_bytes(b"".join(line + b"\n" for line in lines))
        (self.inputs / "mapping.toml").write_text(MAPPING, encoding="utf-8")
        (self.inputs / "chats.json").write_text(json.dumps(CHATS), encoding="utf-8")

    def call(self, *arguments: str, **surroundings: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))}
        done = subprocess.run(
            [sys.executable, "-m", "core.cli", *arguments],
            cwd=self.inputs,
            env={**kept, "PYTHONPATH": str(ROOT), **PLAIN, **surroundings, "NIGHTSCHOOL_HOME": str(self.home.root)},
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode()

    def bring_in(self, **surroundings: str) -> None:
        fixed = ("--recorded-at", making.RECORDED, "--approve")
        self.call("import", "sharegpt", "chats.json", *fixed, **surroundings)
        self.call("import", "jsonl", "reviews.jsonl", "--mapping", "mapping.toml", *fixed, **surroundings)

    def run(self, workers: int = 1, **surroundings: str) -> str:
        arguments = ("--recorded-at", making.RECORDED, "--workers", str(workers), "--include-partial")
        return self.call("evidence", "run", *arguments, **surroundings)

    def files(self, trees: tuple[str, ...] = TREES) -> dict[str, bytes]:
        return making.files(*(self.home.root / name for name in trees))

    def stamps(self) -> dict[Path, tuple[int, int]]:
        """When each file was written, and whether it is the same file."""
        found = {path: path.stat() for tree in TREES for path in (self.home.root / tree).rglob("*")}
        return {path: (stat.st_mtime_ns, stat.st_ino) for path, stat in found.items()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("plain")
    place = Place(folder / "a", lines_of(answers()), inputs=folder)
    place.bring_in()
    place.run()
    return place


def test_the_lot_has_something_of_everything(plain: Place) -> None:
    names = plain.files()
    for tree in (*TREES, *(f"datasets/{one}" for one in ("rag", "sft", "preference", "kto"))):
        assert any(name.startswith(tree) and names[name] for name in names), tree
    reasons = {json.loads(line)["reason"] for name, text in names.items() if name.startswith("quarantine/")
               for line in text.splitlines()}  # fmt: skip
    assert {"secret_found", "benchmark_leak", "duplicate_id"} <= reasons


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_another_home_in_other_surroundings_holds_the_same_bytes(name: str, plain: Place, tmp_path: Path) -> None:
    surroundings, workers = SURROUNDINGS[name]
    # A home whose path the surroundings cannot spell is refused: tests/cli.
    folder = "an other, much longer folder" if "PYTHONUTF8" in surroundings else "ein anderer, längerer Ordner"
    other = Place(tmp_path / folder, inputs=plain.inputs)
    other.bring_in(**surroundings)
    other.run(workers, **surroundings)
    assert differing(plain.files(), other.files()) == []


def test_nothing_says_where_it_was_made(plain: Place) -> None:
    """Neither the home's place nor the machine."""
    for name, text in plain.files().items():
        assert str(plain.folder).encode() not in text, name


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_lines_changes_only_where_they_stand(seed: int, plain: Place, tmp_path: Path) -> None:
    lines = lines_of(answers())
    Random(seed).shuffle(lines)
    other = Place(tmp_path / "shuffled", lines)
    other.bring_in()
    other.run()
    assert differing(plain.files(PLACELESS), other.files(PLACELESS)) == []
    places = ("source_file", "line_offset")
    assert differing(without(plain, *places), without(other, *places)) == []


def test_what_came_bit_by_bit_is_what_came_at_once(plain: Place, tmp_path: Path) -> None:
    """Receipts tell of the runs; everything else, of what is known."""
    lines = lines_of(answers())
    other = Place(tmp_path / "grown", lines[:40])
    other.bring_in()
    for end in (70, 71, len(lines)):
        other.run(2)
        other.fill(lines[:end])
    other.run()
    assert differing(plain.files(PLACELESS), other.files(PLACELESS)) == []
    assert differing(without(plain, "source_file"), without(other, "source_file")) == []


def test_a_second_run_writes_nothing(plain: Place) -> None:
    before = plain.stamps()
    assert "nothing new" in plain.run(3, PYTHONHASHSEED="77", TZ="Asia/Tokyo")
    assert plain.stamps() == before


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Names of the files that are not the same in both."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def without(place: Place, *names: str) -> dict[str, bytes]:
    """Evidence, skips and screens without these fields and what follows from them."""
    found = {}
    for name, text in place.files(("evidence", "skips", "screened")).items():
        rows = [msgspec.json.decode(line) for line in text.splitlines()]
        for row in rows:
            for field in (*names, "evidence_sha256"):
                row.get("provenance", row).pop(field, None)
        lines = [msgspec.json.encode(row, order="sorted") for row in rows]
        found[name] = b"\n".join(sorted(lines) if name.startswith("skips") else lines)
    return found
