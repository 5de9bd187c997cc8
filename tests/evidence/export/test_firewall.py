"""All fifteen reasons by real cases, in every dataset that they concern."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from core.database import Database
from core.evidence.export import firewall, making
from core.evidence.records import EvidenceRecord, Reason, Sighting
from core.paths import Home
from tests.evidence.export.making import SEALED, Lines, dataset, ids, put, quarantined, rescored, row, tampered
from tests.evidence.making import RECORDED, add, moment, work

SIGHTING = Sighting(field="response", kind="secret", start=3, end=9)
SIG = "b" * 64


def provenance(**changes: Any) -> dict[str, Any]:
    return {"source_file": "nightschool.db", "line_offset": 2, "sig_hash": SIG, "recorded_at": RECORDED} | changes


CASES: dict[str, tuple[str, Lines]] = {
    "no source file": ("missing_provenance", tampered(row(2), provenance=provenance(source_file=""))),
    "no source hash": ("missing_provenance", tampered(row(2), provenance=provenance(sig_hash=None))),
    "no provenance": ("missing_provenance", tampered(row(2), provenance=...)),
    "scored as another row": ("missing_provenance", rescored(row(2), sig_hash=SIG)),
    "no run id": ("missing_source_run_id", tampered(row(2), run_id="")),
    "scored as another run": ("missing_source_run_id", rescored(row(2), run_id="t9")),
    "no answer": ("empty_content", row(2, response=" \n")),
    "not JSON": ("schema_violation", row(2)._replace(evidence=b'{"run_id": "t2", "task')),
    "a list": ("schema_violation", row(2)._replace(evidence=b"[1, 2]")),
    "a wrong type": ("schema_violation", tampered(row(2), retries="many")),
    "an unknown field": ("schema_violation", tampered(row(2), password="hunter2")),
    "a NUL": ("schema_violation", row(2)._replace(evidence=b"\0\0\0")),
    "a score that is none": ("schema_violation", row(2)._replace(scored=b"{}")),
    "scored when the person said otherwise": ("schema_violation", tampered(row(2), human=0.0)),
    "files that are not there": ("hallucinated_file_path", row(2, missing_files=("src/imaginary.py",))),
    "made by the benchmark": ("benchmark_leak", row(2, origin="benchmark")),
    "of a sealed conversation": ("benchmark_leak", row(2, conversation_id=SEALED)),
    "seen as sealed": ("benchmark_leak", row(2, screened={"sealed": True})),
    "near a sealed one": ("benchmark_leak", row(2, screened={"leak_of": "t7"})),
    "with a secret": ("secret_found", row(2, screened={"sightings": (SIGHTING,)})),
    "made by replay": ("category_disallowed", row(2, origin="replay")),
    "simulated in a real home": ("category_disallowed", row(2, origin="simulated")),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_case_is_refused_everywhere(name: str, home: Home, database: Database) -> None:
    reason, lines = CASES[name]
    put(home, [row(1), lines, row(3)])
    results = making.export(work(home, database), ["rag", "sft", "kto"])
    for each, result in results.items():
        assert ids(home, each) == ["t1", "t3"]
        assert list(quarantined(home, each).values()) == [reason]
        assert (result.status, result.errors, result.totals[f"reason:{reason}"]) == ("done", (), 1)


def test_nothing_of_the_text_stands_in_quarantine(home: Home, database: Database) -> None:
    spoken = "hunter2"
    put(
        home, [tampered(row(2), password=spoken), tampered(row(3), complexity=spoken), tampered(row(4), retries=spoken)]
    )
    making.export(work(home, database), ["rag"])
    (path,) = (home.quarantine / "rag").rglob("*.jsonl")
    assert len(path.read_bytes().splitlines()) == 3
    assert spoken.encode() not in path.read_bytes()


def test_a_secret_is_named_by_where_it_is(home: Home, database: Database) -> None:
    put(home, [row(2, screened={"sightings": (SIGHTING,)})])
    making.export(work(home, database), ["sft"])
    (path,) = (home.quarantine / "sft").rglob("*.jsonl")
    line = msgspec.json.decode(path.read_bytes())
    assert line["sightings"] == [{"field": "response", "kind": "secret", "start": 3, "end": 9}]
    assert line["detail"] == "secret"


def test_a_question_is_needed_to_learn_from_an_answer(home: Home, database: Database) -> None:
    put(home, [row(1, messages=[])])
    making.export(work(home, database), ["rag", "sft", "kto"])
    assert ids(home, "rag") == ["t1"]
    assert quarantined(home, "sft") == quarantined(home, "kto") == {"t1": "empty_content"}


def test_nobody_reviewed_it(home: Home, database: Database) -> None:
    put(home, [row(1, reviewed=False)])
    making.export(work(home, database), ["rag", "sft", "kto"])
    assert quarantined(home, "rag") == {"t1": "unsafe_rag_category"}
    assert quarantined(home, "sft") == {"t1": "unsafe_sft_category"}
    assert quarantined(home, "kto") == {"t1": "category_disallowed"}


def test_a_person_said_no_whatever_the_scorer_holds(home: Home, database: Database) -> None:
    put(home, [row(1, "accepted", human=0.3)], include_review=True)
    making.export(work(home, database, include_partial=True, include_review=True), ["rag", "sft", "kto"])
    assert quarantined(home, "rag") == {"t1": "unsafe_rag_category"}
    assert quarantined(home, "sft") == {"t1": "unsafe_sft_category"}
    assert quarantined(home, "kto") == {"t1": "category_disallowed"}


def test_what_is_near_an_earlier_one_stays_out(home: Home, database: Database) -> None:
    put(home, [row(1), row(2, screened={"duplicate_of": "t1"})])
    making.export(work(home, database), ["rag", "sft", "kto"])
    assert quarantined(home, "rag") == quarantined(home, "sft") == {"t2": "near_duplicate"}


def test_a_correction_may_be_near_what_it_corrects(home: Home, database: Database) -> None:
    put(home, [row(1, human=0.0), row(2, run_id="t1/correction", screened={"duplicate_of": "t1"})])
    making.export(work(home, database), ["sft"])
    assert ids(home, "sft") == ["t1/correction"]


def test_of_two_with_one_id_the_earlier_is_kept(home: Home, database: Database) -> None:
    rows = [row(3, run_id="same", timestamp=moment(9)), row(1, run_id="same", timestamp=moment(5, day=1)), row(2)]
    put(home, [*rows, row(4, run_id="same", timestamp=moment(9), human=0.5)])
    making.export(work(home, database, include_partial=True), ["sft"])
    kept = [one for one in dataset(home, "sft") if one["id"] == "same"]
    sigs = sorted(
        msgspec.json.decode(one.evidence, type=EvidenceRecord).provenance.sig_hash for one in (rows[0], row(4))
    )
    assert [one["lineage"]["sig_hash"] for one in kept] == sigs[:1]
    lines = [line for path in (home.quarantine / "sft").rglob("*.jsonl") for line in path.read_bytes().splitlines()]
    assert [msgspec.json.decode(line)["reason"] for line in lines] == ["duplicate_id", "duplicate_id"]


def test_decimals_of_a_moment_are_compared_as_numbers(home: Home, database: Database) -> None:
    early = row(1, run_id="same", timestamp="2026-04-27T09:00:00Z")
    late = row(2, run_id="same", timestamp="2026-04-27T09:00:00.5Z", human=0.5)
    put(home, [early, late])
    making.export(work(home, database, include_partial=True), ["sft"])
    assert [one["quality_score"] for one in dataset(home, "sft")] == ["accepted"]


def test_deleted_after_the_last_export(home: Home, database: Database) -> None:
    """The database is asked each time, whatever still stands in the evidence."""
    add(database, 1, thumb=True)
    add(database, 2, thumb=True)
    put(home, [row(1), row(2), row(3, run_id="t2/correction")])
    making.export(work(home, database), ["rag", "sft"])
    assert ids(home, "sft") == ["t1", "t2", "t2/correction"]
    database.traces.delete("t2")
    results = making.export(work(home, database), ["rag", "sft"])
    assert ids(home, "rag") == ids(home, "sft") == ["t1"]
    assert quarantined(home, "sft") == {"t2": "forgotten", "t2/correction": "forgotten"}
    assert results["sft"].passed


def test_a_forgotten_row_of_a_stream(home: Home, database: Database) -> None:
    put(home, [row(1), row(2)])
    database.forgotten.add([row(2).record.provenance.sig_hash])
    making.export(work(home, database), ["sft"])
    assert (ids(home, "sft"), quarantined(home, "sft")) == (["t1"], {"t2": "forgotten"})


def test_the_next_one_is_kept_where_the_first_of_its_id_was_forgotten(home: Home, database: Database) -> None:
    put(home, [row(1, run_id="same"), row(2, run_id="same")])
    database.forgotten.add([row(1).record.provenance.sig_hash])
    making.export(work(home, database), ["sft"])
    assert [one["lineage"]["sig_hash"] for one in dataset(home, "sft")] == [row(2).record.provenance.sig_hash]


def test_every_reason_has_a_guard() -> None:
    of_pairs = {"invalid_preference_pairing", "self_pairing"}
    assert {guard.reason for guard in firewall.GUARDS} | of_pairs == set(get_args(Reason))
    assert len({guard.name for guard in firewall.GUARDS}) == len(firewall.GUARDS)


def test_two_days_never_hold_the_same_run_even_without_the_guard(
    home: Home, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, [row(1, run_id="same"), row(2, run_id="same", timestamp=moment(2, day=1)), row(3)])
    left = tuple(guard for guard in firewall.GUARDS if guard.name != "duplicate id")
    monkeypatch.setattr(firewall, "GUARDS", left)
    result = making.export(work(home, database), ["sft"])["sft"]
    assert ids(home, "sft") == ["same", "t3"]
    assert len(result.errors) == 1 and "2026-04-28-traces.jsonl: line 1" in result.errors[0]


def test_the_same_row_twice_is_one_row(home: Home, database: Database) -> None:
    put(home, [row(1), row(1), row(1), row(2)])
    result = making.export(work(home, database), ["sft"])["sft"]
    assert (ids(home, "sft"), result.errors) == (["t1", "t2"], ())
    assert result.totals["reason:duplicate_id"] == 2
