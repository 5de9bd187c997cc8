"""Health: each sampled record is looked up in its source again, and what the scorer can judge is counted."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from core.database import Database
from core.evidence import collect, score
from core.evidence.health import Health, health, sampled
from core.evidence.importers.bringing import Wanted, bring_in
from core.evidence.partitions import Tree
from core.evidence.stage import Cancelled
from core.paths import Home
from tests.evidence.making import RECORDED, add, evidence, feedback, files, jsonl, register, row, work, write_evidence


def looked(home: Home, database: Database, sample: int = 30) -> Health:
    before = files(home.evidence)
    found = health(work(home, database), sample)
    assert files(home.evidence) == before
    return found


def problems(found: Health) -> dict[str, str]:
    return {one.run_id: f"{one.found}: {one.detail}" for one in found.problems}


def test_everything_is_found_again(home: Home, database: Database, mixed: list[str], tmp_path: Path) -> None:
    stream = tmp_path / "audits.jsonl"
    stream.write_bytes(b"\xef\xbb\xbf" + b"{bad}\r\n".join(jsonl([row(n, day=n % 3)]) for n in range(50)))
    register(database, stream)
    collect.run(work(home, database))
    found = looked(home, database)
    assert found.sound
    assert found.problems == ()
    assert [(one.name, one.records) for one in found.sources] == [("audits", 50), ("traces", 41)]
    assert all(20 < one.sampled <= 30 and one.ok == one.sampled for one in found.sources)
    assert looked(home, database) == found
    everything = looked(home, database, 1000)
    assert (everything.sampled, everything.ok) == (91, 91)


def test_a_row_that_changed_or_went_is_named(home: Home, database: Database, tmp_path: Path) -> None:
    stream = tmp_path / "audits.jsonl"
    text = jsonl(map(row, range(4)))
    stream.write_bytes(text)
    register(database, stream)
    collect.run(work(home, database))
    stream.write_bytes(text.replace(b"Line 2 is", b"Line 9 is").replace(b'{"id":3', b'["id":3'))
    assert problems(looked(home, database)) == {
        "audits:2": "changed: another row stands there",
        "audits:3": "changed: no row stands there",
    }
    stream.write_bytes(text[:100])
    assert set(problems(looked(home, database)).values()) == {"changed: no row stands there"}
    stream.unlink()
    assert set(problems(looked(home, database)).values()) == {"gone: No such file or directory"}
    database.sources.forget("audits")
    assert set(problems(looked(home, database)).values()) == {"gone: this stream is not registered"}


def test_a_trace_of_which_more_was_said_or_that_went(home: Home, database: Database) -> None:
    for number in (1, 2, 3):
        add(database, number, correction="Nine." if number == 3 else None)
    collect.run(work(home, database))
    database.feedback.add(feedback(1, "t1", True))
    database.traces.delete("t3")
    found = looked(home, database)
    gone = "gone: the trace was deleted"
    assert problems(found) == {"t1": "changed: more was said of it since", "t3": gone, "t3/correction": gone}
    assert (found.sampled, found.ok, found.sound) == (4, 1, False)
    collect.run(work(home, database))
    assert looked(home, database).sound


def test_an_imported_trace_is_found_in_its_file(home: Home, database: Database, tmp_path: Path) -> None:
    export = tmp_path / "chats.jsonl"
    lines = [
        json.dumps({"prompt": f"What is {name}?", "completion": f"It is {name}."}) + "\n" for name in ("a", "b", "c")
    ]
    export.write_text("".join(lines[:2]))
    wanted = Wanted(format="openai-jsonl", path=export, source_file=str(export), recorded_at=RECORDED)
    bring_in(home, database, wanted)
    collect.run(work(home, database))
    assert looked(home, database).ok == 2
    export.write_text("".join(reversed(lines)))
    found = looked(home, database)
    assert found.ok == 2, "another program goes on writing its file"
    export.write_text(lines[0])
    gone = "gone: the imported file is another now, and it does not stand there any more"
    assert list(problems(looked(home, database)).values()) == [gone] and looked(home, database).ok == 1
    export.unlink()
    assert set(problems(looked(home, database)).values()) == {"gone: the imported file is not where it was"}


def test_how_much_can_be_judged(home: Home, database: Database, tmp_path: Path) -> None:
    stream = tmp_path / "audits.jsonl"
    stream.write_bytes(jsonl(map(row, range(4))))
    register(database, stream)
    for number in range(1, 5):
        add(database, number, thumb=True if number == 1 else None)
    collect.run(work(home, database))
    assert {one.name: one.ready for one in looked(home, database).sources} == {"audits": None, "traces": None}
    score.run(work(home, database))
    found = looked(home, database)
    ready = {one.name: (one.ready, one.specific, one.scored) for one in found.sources}
    assert ready["traces"] == (0.25, 1, 4)
    assert ready["audits"][2] == 4
    assert found.ready == sum(one.specific for one in found.sources) / 8


def test_the_sample_is_spread_and_reads_long_lines(home: Home, database: Database) -> None:
    records = [evidence(n, day=n % 3, response="x" * (70_000 if n == 40 else 10)) for n in range(100)]
    partitions = write_evidence(home, records)
    found = [one.run_id for one in sampled(Tree(home.evidence), partitions, 10)]
    assert len(set(found)) == len(found) > 3
    assert "t40" in found, "a long line is hit more often, once"
    everything = [one.run_id for one in sampled(Tree(home.evidence), partitions, 100)]
    assert sorted(everything) == sorted(f"t{n}" for n in range(100))


def test_an_empty_home(home: Home, database: Database) -> None:
    found = looked(home, database)
    assert (found.sound, found.records, found.sources, found.ready) == (True, 0, (), None)


def test_somebody_may_stop_it(home: Home, database: Database, mixed: list[str]) -> None:
    collect.run(work(home, database))
    with pytest.raises(Cancelled):
        health(msgspec.structs.replace(work(home, database), cancelled=lambda: True))
