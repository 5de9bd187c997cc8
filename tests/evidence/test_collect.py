"""Traces become records: which ones, what stands in them, and each only once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import msgspec
import pytest

from core.clock import now
from core.database import Database, Review
from core.database.approval import approve
from core.database.imports import Import, TraceSource
from core.evidence import collect
from core.evidence.records import EvidenceRecord
from core.evidence.stage import Cancelled
from core.paths import Home
from core.records import Escalation, Message, Validation
from tests.evidence.conftest import Elsewhere
from tests.evidence.making import RECORDED, a_mixed_lot, add, feedback, files, read_evidence, trace, work

LATER = "2026-06-01T02:00:00Z"


def collected(home: Home, database: Database, **options: object) -> dict[str, EvidenceRecord]:
    """By run id, after a run."""
    result = collect.run(work(home, database, **options))
    assert result.passed
    found = {one.run_id: one for one in read_evidence(home)}
    assert len(found) == len(read_evidence(home)) == result.totals["rows"]
    return found


def standing(home: Home) -> dict[str, bytes]:
    return files(home.evidence, home.skips)


def test_a_liked_trace_is_one_record(home: Home, database: Database) -> None:
    add(database, 1, thumb=True, conversation_id="c", role="coder", measured={"tests_passed": 3, "tests_total": 4})
    record = collected(home, database)["t1"]
    assert (record.human, record.reviewed, record.source_class) == (1.0, True, "verdict")
    assert (record.model_role, record.conversation_id, record.feedback) == ("coder", "c", ("f10",))
    assert record.measured is not None
    assert (record.measured.tests_passed, record.measured.tests_total, record.measured.coverage_pct) == (3, 4, None)
    assert record.messages[0].content == "How far is island 1 from the coast?"
    assert (record.provenance.source_file, record.provenance.line_offset) == ("nightschool.db", 1)
    assert record.provenance.recorded_at == RECORDED


def test_a_corrected_trace_is_two(home: Home, database: Database) -> None:
    add(database, 1, thumb=True, correction="It is nine miles.", tests=1.0, measured={"lint_errors": 3})
    found = collected(home, database)
    original, better = found["t1"], found["t1/correction"]
    assert (original.human, original.tests) == (0.0, 1.0)
    assert (better.human, better.tests, better.measured) == (1.0, None, None)
    assert (better.response, better.feedback) == ("It is nine miles.", ("f12",))
    assert better.task_id == original.task_id
    assert better.provenance == original.provenance


@pytest.mark.parametrize(
    ("origin", "simulated", "there"),
    [("user", False, True), ("import", False, True), ("simulated", False, False), ("simulated", True, True),
     ("benchmark", False, False), ("replay", False, False), ("benchmark", True, False)],
)  # fmt: skip
def test_whose_traces_are_read(home: Home, origin: str, simulated: bool, there: bool) -> None:
    with Database.open(home, simulated=simulated) as database:
        add(database, 1, origin=origin)
        assert list(collected(home, database)) == (["t1"] if there else [])


def test_a_simulated_word_counts_only_in_a_simulated_home(elsewhere: Elsewhere, home: Home) -> None:
    for simulated, human in ((False, None), (True, 1.0)):
        with Database.open(Home(home.root / str(simulated)), simulated=simulated) as database:
            add(database, 1)
            database.feedback.add(feedback(1, "t1", True, source="simulated"))
            record = collected(Home(home.root / str(simulated)), database)["t1"]
            assert record.human == human
            assert record.feedback == (("f1",) if simulated else ())


def test_an_open_trace_is_read_once_it_is_finished(home: Home, database: Database) -> None:
    begun = trace(1)
    database.traces.begin(msgspec.structs.replace(begun, finish_reason=None, response=""))
    assert collected(home, database) == {}
    database.traces.finish(begun)
    assert list(collected(home, database)) == ["t1"]


def test_what_is_said_later_replaces_what_stood(home: Home, database: Database) -> None:
    add(database, 1, thumb=True)
    add(database, 2)
    first = collected(home, database)
    database.feedback.add(feedback(5, "t1", False))
    result = collect.run(work(home, database, recorded_at=LATER))
    assert result.delta == {"files": 1, "read": 1, "written": 1}
    second = collected(home, database, recorded_at=LATER)
    assert (second["t1"].human, second["t1"].feedback) == (0.0, ("f10", "f5"))
    assert second["t1"].provenance.sig_hash != first["t1"].provenance.sig_hash
    assert second["t2"] == first["t2"], "it keeps the day on which it was first collected"
    database.feedback.add(feedback(6, "t1", "Ten miles.", metric="demonstration"))
    assert set(collected(home, database)) == {"t1", "t1/correction", "t2"}
    database.feedback.add(feedback(7, "t1", None, metric="demonstration"))
    assert collect.run(work(home, database, dry_run=True)).delta["removed"] == 1
    assert set(collected(home, database)) == {"t1", "t2"}


def test_a_deleted_trace_is_gone_with_its_correction(home: Home, database: Database) -> None:
    add(database, 1, correction="Ten miles.")
    add(database, 2, day=1)
    collected(home, database)
    database.traces.delete("t1")
    result = collect.run(work(home, database))
    assert [one.run_id for one in read_evidence(home)] == ["t2"]
    assert result.delta["removed"] == 2
    assert not (home.evidence / "2026/04/27").exists() or not list((home.evidence / "2026/04/27").iterdir())


def imported(database: Database) -> None:
    database.imports.begin(
        Import(import_id="i", format="openwebui", source_file="/x/chats.json", sha256="a" * 64, recorded_at=RECORDED)
    )
    database.imports.add_source(
        TraceSource(trace_id="t1", import_id="i", source_file="/x/chats.json", line_offset=7, sig_hash="b" * 64)
    )
    database.reviews.add(Review(id="import:i", kind="import", title="?", body={}, created_at=RECORDED))


def test_an_import_counts_once_a_person_approved_it(home: Home, database: Database) -> None:
    add(database, 1, thumb=True, origin="import")
    imported(database)
    record = collected(home, database)["t1"]
    assert (record.reviewed, record.human) == (False, 1.0)
    assert (record.provenance.source_file, record.provenance.line_offset) == ("/x/chats.json", 7)
    assert record.provenance.sig_hash == "b" * 64
    before = collect.run(work(home, database))
    approve(database, "import:i", now=now())
    after = collect.run(work(home, database, recorded_at=LATER))
    record = read_evidence(home)[0]
    assert record.reviewed
    assert record.provenance.recorded_at == RECORDED
    assert (before.content_hash, before.input_hash) != (after.content_hash, after.input_hash)


def test_files_that_are_not_there_are_named(home: Home, database: Database) -> None:
    said = Validation(status="failed", grounded=0.5, ungrounded=("src/made_up.py", "42 miles", "made_up"))
    add(database, 1, validation=said)
    record = collected(home, database)["t1"]
    assert record.missing_files == ("src/made_up.py",)
    assert record.markers["validation"] == "failed"
    assert record.source_class == "telemetry"


def test_work_with_tools_is_agentic(home: Home, database: Database) -> None:
    asked = Message(role="user", content="What is 6 x 7?")
    call = {"id": "1", "type": "function", "function": {"name": "calculator", "arguments": "{}"}}
    used = [asked, Message(role="assistant", tool_calls=[call]), Message(role="tool", content="42", tool_call_id="1")]
    add(database, 1, messages=used)
    add(database, 2, messages=[asked])
    found = collected(home, database)
    assert (found["t1"].agentic, found["t2"].agentic) == (True, False)
    assert found["t1"].task_id == found["t2"].task_id, "what the student did on the way is not the task"


def test_the_task_is_the_whole_dialogue(home: Home, database: Database) -> None:
    def said(*turns: str) -> list[Message]:
        roles = ("user", "assistant")
        return [Message(role=roles[n % 2], content=turn) for n, turn in enumerate(turns)]  # type: ignore[arg-type]

    dialogues = [
        said("a", "b", "go on"),
        said("x", "y", "go on"),
        said("go on"),
        said("go  on"),
        said("a", "b", "go on"),
    ]
    for number, messages in enumerate(dialogues, 1):
        add(database, number, messages=messages)
    tasks = [one.task_id for one in sorted(collected(home, database).values(), key=lambda one: one.run_id)]
    assert tasks[0] == tasks[4] != tasks[1]
    assert tasks[2] == tasks[3]
    assert len(set(tasks)) == 3


def test_how_it_ended_is_told(home: Home, database: Database) -> None:
    add(database, 1, finish_reason="length")
    add(database, 2, finish_reason="error", error="out of memory", retries=2)
    add(database, 3, escalation=Escalation(provider="p", model="m", outcome="answered"))
    found = collected(home, database)
    assert [(found[f"t{n}"].success, found[f"t{n}"].errors) for n in (1, 2, 3)] == [(False, 0), (False, 1), (True, 0)]
    assert found["t2"].retries == 2
    assert found["t3"].markers["escalated"] == "answered"


def test_a_trace_that_no_schema_lets_through_is_a_skip(home: Home, database: Database) -> None:
    add(database, 1, created_at="yesterday")
    add(database, 2, duration_ms=-1.0)
    add(database, 3)
    result = collect.run(work(home, database))
    assert result.totals == {
        "rows": 1, "source:traces": 1, "skip:traces:no_timestamp": 1, "skip:traces:wrong_type": 1
    }  # fmt: skip
    told = (home.skips / "traces.jsonl").read_bytes()
    assert b"yesterday" not in told
    assert b"duration_ms" in told
    assert collect.run(work(home, database)).totals == result.totals


def test_a_second_run_writes_nothing(home: Home, database: Database, mixed: list[str]) -> None:
    first = collect.run(work(home, database))
    inodes = {path: path.stat().st_ino for path in home.evidence.rglob("*")}
    again = collect.run(work(home, database, recorded_at=LATER))
    assert {path: path.stat().st_ino for path in home.evidence.rglob("*")} == inodes
    assert again == msgspec.structs.replace(first, delta={})


@pytest.mark.parametrize("options", [{"full": True}, {}])
def test_reading_it_all_again_comes_to_the_same_bytes(
    home: Home, database: Database, mixed: list[str], options: dict[str, bool]
) -> None:
    first = collect.run(work(home, database))
    before = standing(home)
    if not options:
        (home.evidence_state / "collect.json").unlink()
    again = collect.run(work(home, database, recorded_at=LATER, **options))
    assert standing(home) == before
    assert again.delta == {"deduped": 41, "read": 41}
    assert (again.content_hash, again.input_hash) == (first.content_hash, first.input_hash)


def test_step_by_step_is_as_at_once(home: Home, database: Database, elsewhere: Elsewhere) -> None:
    other, second = elsewhere("other")
    for where, one, every in ((home, database, 3), (other, second, 1000)):
        for step, do in enumerate(deeds(one)):
            do()
            if step % every == every - 1:
                collect.run(work(where, one))
        collect.run(work(where, one))
    assert standing(home) == standing(other)
    assert len(read_evidence(home)) == 36 + 5 - 4 - 1, "a correction went with its trace"


def deeds(database: Database) -> Iterator[Callable[[], object]]:
    """Thirty-six traces, then feedback and deletions among them."""
    for number in range(1, 37):
        yield partial(add, database, number, day=number % 3, thumb=None if number % 4 else True)
    for number in range(1, 37, 3):
        yield partial(database.feedback.add, feedback(number, f"t{number}", number % 2 == 0))
    for number in range(1, 37, 8):
        yield partial(database.feedback.add, feedback(100 + number, f"t{number}", "Nine.", metric="demonstration"))
    for number in range(1, 37, 9):
        yield partial(database.traces.delete, f"t{number}")


def test_two_homes_with_the_same_traces_come_to_the_same_bytes(
    home: Home, database: Database, elsewhere: Elsewhere
) -> None:
    other, second = elsewhere("other")
    results = []
    for where, one in ((home, database), (other, second)):
        a_mixed_lot(one)
        results.append(collect.run(work(where, one)))
    assert standing(home) == standing(other)
    assert results[0] == results[1]


def test_a_dry_run_tells_the_same_and_writes_nothing(home: Home, database: Database, mixed: list[str]) -> None:
    there = sorted(home.root.rglob("*"))
    dry = collect.run(work(home, database, dry_run=True))
    assert sorted(home.root.rglob("*")) == there
    real = collect.run(work(home, database))
    assert dry == real
    add(database, 99, thumb=True)
    before = standing(home)
    dry = collect.run(work(home, database, dry_run=True))
    assert standing(home) == before
    assert dry == collect.run(work(home, database))


@pytest.mark.parametrize("harm", ["gone", "cut", "another", "foreign"])
def test_what_somebody_did_to_the_files_is_mended(home: Home, database: Database, mixed: list[str], harm: str) -> None:
    collect.run(work(home, database))
    before = standing(home)
    path = home.evidence / "2026/04/27/traces.jsonl"
    if harm == "gone":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif harm == "another":
        path.write_bytes(path.read_bytes().replace(b"miles", b"smile"))
    else:
        (home.evidence / "2020/01/01").mkdir(parents=True)
        (home.evidence / "2020/01/01/traces.jsonl").write_bytes(path.read_bytes())
    collect.run(work(home, database))
    assert standing(home) == before
    assert collect.run(work(home, database)).delta == {}


def test_somebody_may_stop_it(home: Home, database: Database, mixed: list[str]) -> None:
    stopped = msgspec.structs.replace(work(home, database), cancelled=lambda: True)
    with pytest.raises(Cancelled):
        collect.run(stopped)
    assert standing(home) == {}
    assert collected(home, database)


def test_nothing_at_all(home: Home, database: Database) -> None:
    result = collect.run(work(home, database))
    assert (result.totals, result.outputs, result.delta) == ({"rows": 0}, (), {})


def test_a_restored_database_is_read_from_its_start(home: Home, database: Database, elsewhere: Elsewhere) -> None:
    for number in range(1, 6):
        add(database, number)
    collect.run(work(home, database))
    _, older = elsewhere("older")
    add(older, 1)
    assert [one.run_id for one in read_evidence(home)] == ["t1", "t2", "t3", "t4", "t5"]
    collect.run(work(home, older))
    assert [one.run_id for one in read_evidence(home)] == ["t1"]
