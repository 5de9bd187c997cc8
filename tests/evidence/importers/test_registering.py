"""Streams that stay where they are: the mapping is tried at once, the name is settled, one review decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.database import Database
from core.errors import BadRequest
from core.evidence.importers.bringing import Brought
from core.evidence.importers.files import ImportProblem
from core.evidence.importers.registering import Registration, mapping_text, name_of, register
from core.evidence.sources.mapping import MappingError
from tests.evidence.importers.making import RECORDED, jsonl

MAPPING = """
class = "verdict"
rule = "severity"
[[record]]
timestamp = "ts"
prompt = "topic"
response = "evidence"
[record.markers]
severity = "severity"
"""


def finding(number: int, **more: Any) -> dict[str, Any]:
    return {"ts": f"2026-04-27T00:00:{number:02d}Z", "topic": "t", "evidence": "e", "severity": "low", **more}


def registered(database: Database, path: Path, **more: Any) -> Brought:
    fields = {"name": "audits", "source_file": path.name, "mapping": MAPPING, "recorded_at": RECORDED, **more}
    return register(database, Registration(path=path, **fields))


def test_a_stream_is_registered_and_waits_for_its_review(database: Database, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "audits.jsonl", [finding(1), finding(2), {"ts": "never"}, "no object"])
    done = registered(database, path)
    assert done.review_id == "source:audits"
    assert done.counts == {"read": 2, "new": 2, "skipped:no_timestamp": 1, "skipped:not_an_object": 1}
    kept = database.sources.get("audits")
    assert (kept.path, kept.mapping, kept.added_at) == (str(path), MAPPING, RECORDED)
    assert kept.source_file == "audits.jsonl"
    review = database.reviews.get("source:audits")
    assert (review.kind, review.body["source"], review.body["counts"]) == ("import", "audits", done.counts)
    assert database.sources.reviewed("audits") is False
    assert database.counts().traces == 0, "its rows stay where they are"
    before = database.last_change()
    again = registered(database, path)
    assert again.counts["known"] == 2 and "new" not in again.counts and database.last_change() == before


def test_a_dry_run_registers_nothing(database: Database, tmp_path: Path) -> None:
    done = registered(database, jsonl(tmp_path / "a.jsonl", [finding(1)]), dry_run=True)
    assert done.counts["read"] == 1 and done.review_id is None
    assert database.sources.all() == [] and database.last_change() == 0


@pytest.mark.parametrize("name", ["traces", "Audits", "", "a-b", "../x", "x" * 61])
def test_a_name_that_cannot_be_one(database: Database, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadRequest, match="name"):
        registered(database, jsonl(tmp_path / "a.jsonl", [finding(1)]), name=name)


def test_a_name_of_another_stream(database: Database, tmp_path: Path) -> None:
    registered(database, jsonl(tmp_path / "a.jsonl", [finding(1)]))
    with pytest.raises(BadRequest, match="audits already"):
        registered(database, jsonl(tmp_path / "b.jsonl", [finding(1)]))
    assert len(database.sources.all()) == 1


def test_a_file_that_is_read_already_by_the_same_mapping(database: Database, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", [finding(1)])
    registered(database, path)
    with pytest.raises(BadRequest, match="registered already, as audits"):
        registered(database, path, name="again")
    registered(database, path, name="otherwise", mapping=MAPPING + "# reads it in another way\n")
    assert [one.name for one in database.sources.all()] == ["audits", "otherwise"]


def test_a_mapping_that_fits_no_row_is_refused_at_once(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match=r"makes nothing of a\.jsonl .*no_timestamp: 2"):
        registered(database, jsonl(tmp_path / "a.jsonl", [{"x": 1}, {"x": 2}]))
    with pytest.raises(MappingError):
        registered(database, jsonl(tmp_path / "b.jsonl", [finding(1)]), mapping="rule = 7")
    assert database.sources.all() == []


def test_mappings_by_file_and_by_name(tmp_path: Path) -> None:
    file = tmp_path / "My Log.v2.toml"
    file.write_text(MAPPING)
    assert mapping_text(str(file)) == MAPPING
    assert 'rule = "severity"' in mapping_text("audits")
    assert (name_of(str(file)), name_of("audits")) == ("my_log_v2", "audits")
    with pytest.raises(BadRequest, match="no mapping") as problem:
        mapping_text("nothing")
    assert "audits" in problem.value.hint
