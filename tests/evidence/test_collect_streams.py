"""JSONL streams: read in place, in pieces, from where one left off; whatever stands in them, nothing is lost."""

from __future__ import annotations

import io
import os
import random
import tracemalloc
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import now
from core.database import Database, Review
from core.database.approval import approve
from core.errors import NightschoolError
from core.evidence import collect, spill
from core.evidence.sources import SourceVanished, cutting, lines
from core.evidence.stage import StageResult
from core.paths import Home
from tests.evidence.conftest import Elsewhere
from tests.evidence.making import MAPPING, RECORDED, files, jsonl, read_evidence, register, row, work

LATER = "2026-06-01T02:00:00Z"


@pytest.fixture
def stream(tmp_path: Path, database: Database) -> Path:
    """A registered stream; its file is yet to be written."""
    path = tmp_path / "audits.jsonl"
    register(database, path)
    return path


def ids(home: Home) -> list[int]:
    return sorted(int(one.run_id.removeprefix("audits:")) for one in read_evidence(home))


def skips(home: Home) -> list[tuple[str, int]]:
    path = home.skips / "audits.jsonl"
    told = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []
    return [(one["reason"], one["line_offset"]) for one in told]


def standing(home: Home) -> dict[str, bytes]:
    return files(home.evidence, home.skips)


def append(path: Path, text: bytes) -> None:
    with path.open("ab") as file:
        file.write(text)


def test_rows_become_records(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(jsonl(row(n, day=n % 3) for n in range(10)))
    result = collect.run(work(home, database))
    assert result.passed
    assert result.totals == {"rows": 10, "source:audits": 10}
    assert sorted(str(path.relative_to(home.evidence)) for path in home.evidence.rglob("*.jsonl")) == [
        "2026/04/27/audits.jsonl", "2026/04/28/audits.jsonl", "2026/04/29/audits.jsonl"
    ]  # fmt: skip
    found = read_evidence(home)
    assert ids(home) == list(range(10))
    assert not any(one.reviewed for one in found)
    for one in found:
        at = one.provenance.line_offset
        line = stream.read_bytes()[at:].split(b"\n")[0]
        assert f"audits:{msgspec.json.decode(line)['id']}" == one.run_id
        assert one.provenance.source_file == str(stream)
    assert [(ref.path, ref.rows) for ref in result.inputs] == [(str(stream), 10)]


def test_a_second_run_writes_nothing(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(jsonl(map(row, range(10))))
    first = collect.run(work(home, database))
    before = files(home.evidence), files(home.evidence_state)
    again = collect.run(work(home, database, recorded_at=LATER))
    assert again == msgspec.structs.replace(first, delta={})
    assert (files(home.evidence), files(home.evidence_state)) == before


def test_what_is_appended_is_read_alone(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(jsonl(map(row, range(10))))
    collect.run(work(home, database))
    append(stream, jsonl([row(10), row(11, day=2)]))
    result = collect.run(work(home, database, recorded_at=LATER))
    assert (result.delta["read"], result.delta["written"]) == (2, 2)
    assert ids(home) == list(range(12))
    assert {one.run_id: one.provenance.recorded_at for one in read_evidence(home)}["audits:10"] == LATER
    assert result.inputs[0].rows == 12


BAD: list[tuple[bytes, str]] = [
    (b"{not json}", "not_json"), (b"\x00\x00\x00\x00", "not_json"), (b'{"id": 1, "x": "\x00"}', "not_json"),
    (b'{"id": "\xff\xfe"}', "not_utf8"), (b"[1, 2]", "not_an_object"), (b"null", "not_an_object"),
    (b'"text"', "not_an_object"), (b'{"id": NaN}', "not_json"), (b'{"id": 1e999}', "not_json"),
    (b"[" * 50_000, "not_json"),
    (b'{"id": 5, "asked": "a", "said": "b"}', "no_timestamp"),
    (b'{"id": 5, "at": "yesterday", "asked": "a", "said": "b"}', "no_timestamp"),
    (b'{"id": {}, "at": "2026-04-27T09:00:00Z"}', "wrong_type"),
    (b'{"id": 5, "at": "2026-04-27T09:00:00Z", "said": 7}', "wrong_type"),
    (b'{"id": "a\\u0000b", "at": "2026-04-27T09:00:00Z", "said": "x"}', "wrong_type"),
    (b'{"id": "' + b"x" * 600 + b'", "at": "2026-04-27T09:00:00Z", "said": "x"}', "wrong_type"),
    (b'{"id": "\\ud800", "at": "2026-04-27T09:00:00Z", "said": "x"}', "not_json"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "reason"), BAD, ids=[f"{n}-{reason}" for n, (_, reason) in enumerate(BAD)])
def test_a_line_that_is_no_row_is_a_skip(home: Home, database: Database, stream: Path, bad: bytes, reason: str) -> None:
    first = jsonl([row(1)])
    stream.write_bytes(first + bad + b"\n" + jsonl([row(2)]))
    result = collect.run(work(home, database))
    assert result.passed
    assert ids(home) == [1, 2]
    assert skips(home) == [(reason, len(first))]
    assert result.totals[f"skip:audits:{reason}"] == result.delta["skipped"] == 1
    again = collect.run(work(home, database))
    assert again.totals == result.totals


def test_blank_lines_and_windows_line_ends_and_a_byte_order_mark(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(b"\xef\xbb\xbf" + jsonl([row(1)]).replace(b"\n", b"\r\n") + b"\n \r\n" + jsonl([row(2)]))
    result = collect.run(work(home, database))
    assert ids(home) == [1, 2]
    assert skips(home) == []
    assert result.totals["rows"] == 2


@pytest.mark.slow
def test_a_line_of_fifty_megabytes_is_named_and_never_held(home: Home, database: Database, stream: Path) -> None:
    first, long = jsonl([row(1)]), b'{"said": "' + b"x" * (50 << 20) + b'"}\n'
    stream.write_bytes(first + long + jsonl([row(2)]))
    tracemalloc.start()
    collect.run(work(home, database))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < cutting.LONGEST_LINE + 2 * lines.PIECE
    assert ids(home) == [1, 2]
    assert skips(home) == [("too_large", len(first))]
    append(stream, jsonl([row(3)]))
    collect.run(work(home, database))
    assert ids(home) == [1, 2, 3]


@pytest.mark.parametrize("stops", [(40,), (5, 40), (14, 15, 16, 40), (30, 40)])
def test_a_line_belongs_to_the_piece_that_it_begins_in(stops: tuple[int, ...]) -> None:
    file = io.BytesIO(b"first\n\na line too long\nlast\nopen")
    found = [
        (line.raw, line.offset, line.whole)
        for start, stop in pairwise((0, *stops))
        for line in cutting.lines(file, start, stop, longest=6)
    ]
    assert found == [
        (b"first", 0, True), (b"", 6, True), (None, 7, True), (b"last", 23, True), (b"open", 28, False)
    ]  # fmt: skip


def test_half_a_last_line_is_left_until_it_is_whole(home: Home, database: Database, stream: Path) -> None:
    text = jsonl([row(1), row(2)])
    stream.write_bytes(text[:-20])
    result = collect.run(work(home, database))
    assert ids(home) == [1]
    assert skips(home) == []
    assert result.delta["unfinished"] == 1
    append(stream, text[-20:])
    assert collect.run(work(home, database)).delta["read"] == 1
    assert ids(home) == [1, 2]


def test_a_last_line_without_its_newline_is_read_where_it_is_whole(
    home: Home, database: Database, stream: Path
) -> None:
    stream.write_bytes(jsonl([row(1), row(2)])[:-1])
    result = collect.run(work(home, database))
    assert ids(home) == [1, 2]
    assert result.inputs[0].rows == 2
    append(stream, b"\n" + jsonl([row(3)]))
    result = collect.run(work(home, database))
    assert ids(home) == [1, 2, 3]
    assert result.inputs[0].rows == 3
    assert result.delta == {"deduped": 1, "files": 1, "read": 2, "written": 1}


def test_every_way_to_stop_in_a_line(home: Home, database: Database, stream: Path) -> None:
    text = jsonl(row(n, day=n) for n in range(3))
    for stop in range(0, len(text) + 1, 7):
        stream.write_bytes(text[:stop])
        os.utime(stream, ns=(stop, stop))
        collect.run(work(home, database))
        done = text[:stop].count(b"\n") + (text[stop : stop + 1] == b"\n")
        assert ids(home) == list(range(done))
        assert skips(home) == []


def test_the_same_row_twice_is_one_record(home: Home, database: Database, stream: Path) -> None:
    text = jsonl([row(1), row(2), row(1)])
    stream.write_bytes(text)
    result = collect.run(work(home, database))
    assert ids(home) == [1, 2]
    assert result.delta["deduped"] == 1
    append(stream, b'{"severity":"low", ' + jsonl([{k: v for k, v in row(1).items() if k != "severity"}])[1:])
    result = collect.run(work(home, database))
    assert ids(home) == [1, 2], "other spaces and another order of keys are the same row"
    assert {one.provenance.line_offset for one in read_evidence(home)} == {0, len(jsonl([row(1)]))}
    before = standing(home)
    collect.run(work(home, database, full=True))
    assert standing(home) == before


def test_a_file_that_is_not_there_is_counted(home: Home, database: Database, stream: Path) -> None:
    result = collect.run(work(home, database))
    assert result.passed
    assert result.totals == {"rows": 0, "source_missing:audits": 1}
    stream.write_bytes(jsonl([row(1)]))
    first = collect.run(work(home, database))
    assert "source_missing:audits" not in first.totals
    before = standing(home)
    stream.unlink()
    for full in (False, True):
        again = collect.run(work(home, database, full=full))
        assert standing(home) == before
        assert again.totals == {**first.totals, "source_missing:audits": 1}
        assert again.inputs == first.inputs


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to nothing"])
def test_what_is_no_file_is_not_there(home: Home, database: Database, stream: Path, kind: str) -> None:
    if kind == "folder":
        stream.mkdir()
    elif kind == "pipe":
        os.mkfifo(stream)
    else:
        stream.symlink_to(stream.parent / "nothing")
    assert collect.run(work(home, database)).totals == {"rows": 0, "source_missing:audits": 1}


def test_a_file_that_goes_while_it_is_read_is_told(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(jsonl(map(row, range(3))))
    collect.run(work(home, database))
    before = standing(home)
    append(stream, jsonl([row(3)]))
    with pytest.raises(SourceVanished):
        collect.run(msgspec.structs.replace(work(home, database), cancelled=lambda: stream.unlink(missing_ok=True)))
    assert standing(home) == before
    assert collect.run(work(home, database)).totals["source_missing:audits"] == 1


def test_a_rotated_file_adds_and_takes_nothing_away(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(jsonl(map(row, range(10))) + b"{bad}\n")
    collect.run(work(home, database))
    stream.write_bytes(jsonl(map(row, range(8, 12))))
    collect.run(work(home, database))
    assert ids(home) == list(range(12))
    assert skips(home) == [], "they speak of the file as it is now"
    offsets = {one.run_id: one.provenance.line_offset for one in read_evidence(home)}
    assert offsets["audits:8"] == 0, "where it is now"


@pytest.mark.parametrize("grown", [False, True])
def test_another_file_of_the_same_name_is_noticed(home: Home, database: Database, stream: Path, grown: bool) -> None:
    stream.write_bytes(jsonl(map(row, range(10))))
    collect.run(work(home, database))
    other = jsonl(map(row, range(100, 110)))
    size = stream.stat().st_size
    stream.write_bytes(other + (jsonl([row(110)]) if grown else b""))
    assert grown or stream.stat().st_size >= size
    collect.run(work(home, database))
    assert ids(home) == [*range(10), *range(100, 111 if grown else 110)]


def test_the_order_of_lines_changes_only_where_they_stand(
    home: Home, database: Database, stream: Path, elsewhere: Elsewhere
) -> None:
    rows = [row(n, day=n % 3) for n in range(40)]
    stream.write_bytes(jsonl(rows))
    other, second = elsewhere("other")
    register(second, stream)
    results = [collect.run(work(home, database))]
    random.Random(1).shuffle(rows)
    stream.write_bytes(jsonl(rows))
    results.append(collect.run(work(other, second)))

    def placeless(where: Home) -> list[Any]:
        return [(one.run_id, one.timestamp, one.provenance.sig_hash, one.response) for one in read_evidence(where)]

    assert placeless(home) == placeless(other)
    assert results[0].input_hash == results[1].input_hash
    assert results[0].inputs == results[1].inputs


def test_forgotten_rows_stay_away(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(jsonl(map(row, range(5))))
    collect.run(work(home, database))
    gone = next(one for one in read_evidence(home) if one.run_id == "audits:3")
    database.forgotten.add([gone.provenance.sig_hash])
    result = collect.run(work(home, database, full=True))
    assert ids(home) == [0, 1, 2, 4]
    assert result.inputs[0].rows == 4
    stream.write_bytes(jsonl([row(3)]) + jsonl(map(row, range(5))))
    collect.run(work(home, database))
    assert ids(home) == [0, 1, 2, 4]


def test_an_approved_stream_says_so_in_each_record(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(jsonl(row(n, day=n % 2, said='then ,"reviewed":false, it said') for n in range(4)))
    before = collect.run(work(home, database))
    database.reviews.add(Review(id="source:audits", kind="import", title="?", body={}, created_at=RECORDED))
    approve(database, "source:audits", now=now())
    stream.unlink()
    after = collect.run(work(home, database, recorded_at=LATER))
    found = read_evidence(home)
    assert len(found) == 4
    assert all(one.reviewed and one.response == 'then ,"reviewed":false, it said' for one in found)
    assert {one.provenance.recorded_at for one in found} == {RECORDED}
    assert before.content_hash != after.content_hash
    assert before.input_hash != after.input_hash
    assert collect.run(work(home, database)).delta == {}
    stream.write_bytes(jsonl([row(9)]))
    collect.run(work(home, database))
    assert all(one.reviewed for one in read_evidence(home))


def test_a_stream_that_is_no_longer_registered_is_taken_away(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(jsonl([row(1)]) + b"{bad}\n")
    collect.run(work(home, database))
    database.sources.forget("audits")
    result = collect.run(work(home, database))
    assert standing(home) == {}
    assert result.totals == {"rows": 0}
    assert stream.exists()


def test_another_mapping_makes_all_anew(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(jsonl(map(row, range(4))))
    collect.run(work(home, database))
    database.sources.forget("audits")
    register(database, stream, mapping=MAPPING.replace('run_id = "id"', 'run_id = "task"'))
    collect.run(work(home, database))
    assert {one.run_id for one in read_evidence(home)} == {"audits:task 0", "audits:task 1"}


def test_a_mapping_that_is_wrong_is_told(home: Home, database: Database, stream: Path) -> None:
    stream.write_bytes(jsonl([row(1)]))
    database.sources.forget("audits")
    register(database, stream, mapping="class = 7")
    with pytest.raises(NightschoolError):
        collect.run(work(home, database))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_small(monkeypatch, 512)


def cut_small(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    """Everything that is cut is cut small, so that a few rows go through every seam."""
    monkeypatch.setattr(lines, "PIECE", piece)
    monkeypatch.setattr(cutting, "STEP", 100)
    monkeypatch.setattr(spill, "IN_MEMORY", 2_000)
    monkeypatch.setattr(spill, "FRAME", piece + 200)
    monkeypatch.setattr(spill, "MOST_ROWS", 3)


@pytest.mark.parametrize("piece", [512, 12_000])
def test_however_it_is_cut_it_comes_to_the_same(
    home: Home, database: Database, stream: Path, elsewhere: Elsewhere, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(n % 90, day=n % 2, said="x" * (n * 37 % 900)) for n in range(100)]
    random.Random(2).shuffle(rows)
    stream.write_bytes(jsonl(rows[:50]) + b"{bad}\n" + jsonl(rows[50:]))
    whole = collect.run(work(home, database))
    other, second = elsewhere("other")
    register(second, stream)
    cut_small(monkeypatch, piece)
    cut = collect.run(work(other, second))
    assert standing(home) == standing(other)
    assert cut == whole
    for where, one in ((home, database), (other, second)):
        again = collect.run(work(where, one, full=True))
        assert again.content_hash == whole.content_hash
    assert standing(home) == standing(other)


@pytest.mark.slow
def test_several_processes_come_to_the_same(
    home: Home, database: Database, stream: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "PIECE", 20_000)
    monkeypatch.setattr(collect, "WORTH_A_POOL", 0)
    rows = [row(n, day=n % 5) for n in range(1_000)]
    random.Random(3).shuffle(rows)
    stream.write_bytes(jsonl(rows) + b"{bad}\n")
    results: list[StageResult] = []
    for name, workers in (("one", 1), ("two", 2), ("three", 3)):
        where, one = elsewhere(name)
        register(one, stream)
        results.append(collect.run(work(where, one, workers=workers)))
        assert standing(where) == standing(Home(where.root.parent / "one"))
    assert results[0] == results[1] == results[2]


LINE = st.one_of(
    st.integers(0, 20).map(lambda n: jsonl([row(n, day=n % 2)])),
    st.sampled_from([bad + b"\n" for bad, _ in BAD[:6]]),
    st.sampled_from([b"\n", b"\r\n", b"  \n"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(LINE, max_size=12).map(b"".join), cuts=st.lists(st.integers(0, 3000), max_size=4))
def test_whenever_it_is_looked_at_it_ends_the_same(
    tmp_path_factory: pytest.TempPathFactory, tiny: None, text: bytes, cuts: list[int]
) -> None:
    """A file that grows, read again and again, ends where one reading of the whole does."""
    folder = tmp_path_factory.mktemp("grows")
    path = folder / "audits.jsonl"
    stops = [*sorted(cut for cut in cuts if cut < len(text)), len(text)]
    results: dict[str, StageResult] = {}
    for name, looks in (("often", stops), ("once", stops[-1:])):
        home = Home(folder / name)
        with Database.open(home) as database:
            register(database, path)
            for tick, stop in enumerate(looks):
                path.write_bytes(text[:stop])
                os.utime(path, ns=(tick, tick))
                last = collect.run(work(home, database))
        results[name] = last
    assert standing(Home(folder / "often")) == standing(Home(folder / "once"))
    assert len({(one.content_hash, one.input_hash, tuple(one.totals.items())) for one in results.values()}) == 1
