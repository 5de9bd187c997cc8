"""The screen sees every secret, every sealed task that got out, and every repetition; and nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from core.config import Config
from core.config.evidence import EvidenceConfig
from core.database import Database
from core.evidence import screen, screening
from core.evidence.canonical import file_hash
from core.evidence.partitions import Tree
from core.evidence.records import EvidenceRecord, Screened
from core.evidence.scoring import DamagedEvidence
from core.evidence.sealing import is_sealed
from core.evidence.stage import Cancelled, StageResult
from core.paths import Home
from core.records import Message
from tests.evidence.conftest import Elsewhere
from tests.evidence.export.making import SEALED, TRAIN
from tests.evidence.making import evidence, files, scored, work, write_evidence

LONG = (
    "Please write a function in Python that reads a large log file line by line, counts how often each status code"
    " occurs, leaves out lines that are broken, and prints a table sorted by count with the most frequent on top."
)
ANSWER = (
    "Open the file and go through it line by line so that memory stays flat. Split each line at white space, take the"
    " ninth field, and count it in a Counter. Lines with fewer fields are broken and left out. At the end print"
    " most_common() as a table, one line for each status code, with its count to the right of it."
)


def row(number: int, question: str, answer: str, *, conversation: str = "", **more: Any) -> EvidenceRecord:
    asked = [Message(role="user", content=question)]
    fields: dict[str, Any] = {"messages": asked, "response": answer, "conversation_id": conversation or TRAIN[number]}
    return evidence(number, **{**fields, **more})


def put(home: Home, records: Iterable[EvidenceRecord], category: str = "accepted", **by_run: str) -> None:
    """Evidence with its scores; the category of single runs by their id."""
    every = list(records)
    for partition in write_evidence(home, every):
        of_it = [msgspec.json.decode(line, type=EvidenceRecord) for line in Tree(home.evidence).lines(partition)]
        lines = [msgspec.json.encode(scored(one, by_run.get(one.run_id, category))) for one in of_it]
        Tree(home.scored).write(partition, lines)


def found(home: Home) -> dict[str, Screened]:
    """What was found, by run."""
    tree = Tree(home.screened)
    lines = [line for one in tree.all() for line in list(tree.lines(one))[1:]]
    return {one.run_id: one for one in (msgspec.json.decode(line, type=Screened) for line in lines)}


@pytest.fixture
def run(home: Home, database: Database) -> Any:
    def run(**options: Any) -> StageResult:
        return screen.run(work(home, database, **options))

    return run


def test_a_secret_is_named_with_its_place(home: Home, run: Any) -> None:
    planted = row(2, "How do I log in?", "Use password='hunter22' there.")
    put(home, [row(1, "What is a key?", "A column."), planted])
    result = run()
    assert list(found(home)) == ["t2"]
    (seen,) = found(home)["t2"].sightings
    assert (seen.field, seen.kind) == ("response", "secret")
    assert planted.response[seen.start : seen.end] == "hunter22"
    assert result.status == "done" and not result.errors
    assert result.totals == {"found": 1, "kind:secret": 1, "looked": 2, "rows": 2}
    assert b"hunter22" not in b"".join(files(home.screened).values())


@pytest.mark.parametrize(
    ("field", "messages"),
    [
        ("messages[0].content", [Message(role="system", content="mail bob@corp.example.org"), "q"]),
        ("messages[0].content", ["call +49 30 1234567 now"]),
        ("messages[1].content", ["q", Message(role="tool", content="93.184.216.34", tool_call_id="c")]),
        (
            "messages[1].tool_calls[0].arguments",
            ["q", Message(role="assistant", tool_calls=[
                {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"path": "/home/bob/x"}'}}])],
        ),
        ("messages[0].name", [Message(role="user", content="q", name="bob@example.org")]),
        (
            "messages[1].tool_calls[0]",
            ["q", Message(role="assistant", tool_calls=[{"name": "f", "input": {"to": "bob@example.org"}}])],
        ),
        (
            "messages[1].tool_calls[0]",
            ["q", Message(role="assistant", tool_calls=[{"function": "bob@example.org"}])],
        ),
        (
            "messages[1].tool_calls[0].arguments",
            ["q", Message(role="assistant", tool_calls=[
                {"name": "f", "arguments": {"iban": "GB82WEST12345698765432"}}])],
        ),
    ],
)  # fmt: skip
def test_every_field_is_searched(field: str, messages: list[Any], home: Home, run: Any) -> None:
    said = [each if isinstance(each, Message) else Message(role="user", content=each) for each in messages]
    put(home, [row(1, "", "An answer.", messages=said)])
    run()
    assert [seen.field for seen in found(home)["t1"].sightings] == [field]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("task_id", "ask bob@example.org"),
        ("task_id", "/home/bob/notes.py"),
        ("run_id", "bob@example.org#3"),
        ("run_id", "bob@example.org/correction"),
        ("model", "bob@example.org"),
    ],
)
def test_what_a_row_is_called_is_searched(field: str, text: str, home: Home, run: Any) -> None:
    put(home, [row(1, "q", "An answer."), row(1, "q", "An answer.", **{field: text})])
    result = run()
    assert [seen.field for one in found(home).values() for seen in one.sightings] == [field]
    assert result.totals["found"] == 1


def test_another_name_for_the_same_words_is_searched_too(home: Home, run: Any) -> None:
    put(home, [row(1, "q", "An answer.")])
    run()
    put(home, [row(1, "q", "An answer.", task_id="bob@example.org")])
    run()
    assert [seen.field for seen in found(home)["t1"].sightings] == ["task_id"]


@pytest.mark.parametrize(
    "name",
    [
        "t12", "run-0123456789abcdef01234567", "550e8400-e29b-41d4-a716-446655440000", "audit-20240501-000123",
        "1714557600", "fix/core/evidence/run.py:120", "mini-ledger__fix-rounding__3", "msg_01XFDUDYJgAACzvnptvVoYEL",
    ],
)  # fmt: skip
def test_ordinary_names_are_nobodys(name: str, home: Home, run: Any) -> None:
    put(home, [row(1, "q", "An answer.", run_id=name, task_id=name, model="Qwen/Qwen2.5-7B-Instruct-Q4_K_M.gguf")])
    run()
    assert found(home) == {}


def test_only_what_may_be_exported_is_searched(home: Home, run: Any) -> None:
    put(home, [row(1, "q", "mail bob@corp.example.org")], "needs_human_review")
    run()
    assert found(home) == {}
    run(include_review=True)
    assert list(found(home)) == ["t1"]


def test_sealed_tasks_and_what_repeats_them(home: Home, run: Any) -> None:
    nearly = LONG.replace("large", "very large").replace("most frequent", "commonest")
    records = [
        row(1, LONG, ANSWER, conversation=SEALED),
        row(2, nearly, "Something else entirely."),
        row(3, LONG, "In another conversation."),
        row(4, "How are you today?", "Fine.", conversation=SEALED),
        row(5, "how are  you today", "Very well."),
        row(6, "How old are you today?", "Six."),
    ]
    put(home, records)
    run()
    seen = found(home)
    assert {run_id: one.leak_of for run_id, one in seen.items()} == {
        "t1": None, "t2": "t1", "t3": "t1", "t4": None, "t5": "t4"
    }  # fmt: skip
    assert [run_id for run_id, one in seen.items() if one.sealed] == ["t1", "t4"]


def test_a_sealed_task_in_the_turns_before(home: Home, run: Any) -> None:
    turns = [
        Message(role="user", content=LONG), Message(role="assistant", content=ANSWER),
        Message(role="user", content="And now the same in Go, please, with tests."),
    ]  # fmt: skip
    put(home, [row(1, LONG, ANSWER, conversation=SEALED), row(2, "", "package main", messages=turns)])
    run()
    assert found(home)["t2"].leak_of == "t1"


def test_a_short_follow_up_is_no_task_of_its_own(home: Home, run: Any) -> None:
    def turns(first: str) -> list[Message]:
        return [
            Message(role="user", content=first), Message(role="assistant", content="Shall I?"),
            Message(role="user", content="Go on"),
        ]  # fmt: skip

    sealed = row(1, "", "Done.", messages=turns("Tidy the kitchen"), conversation=SEALED)
    put(home, [sealed, row(2, "", "Well.", messages=turns("Mend the roof"))])
    run()
    assert set(found(home)) == {"t1"}


def test_the_earlier_of_two_that_are_alike_stays(home: Home, run: Any) -> None:
    put(home, [
        row(1, LONG, ANSWER), row(2, LONG, ANSWER.replace("flat", "low")), row(3, LONG, ANSWER, day=1),
        row(4, "yes?", "Yes."), row(5, "no?", "Yes."), row(6, "Yes?", "yes"),
    ])  # fmt: skip
    result = run()
    assert {run_id: one.duplicate_of for run_id, one in found(home).items()} == {"t2": "t1", "t3": "t1", "t6": "t4"}
    assert result.totals["duplicate"] == 3


def test_a_yes_and_a_no_are_never_repetitions_of_each_other(home: Home, run: Any) -> None:
    put(home, [row(1, LONG, ANSWER), row(2, LONG, ANSWER)], t1="rejected")
    run()
    assert found(home) == {}


def test_a_repetition_of_what_cannot_be_exported_is_none(home: Home, run: Any) -> None:
    put(home, [row(1, LONG, ANSWER + " Ask bob@corp.example.org."), row(2, LONG, ANSWER)])
    run()
    assert list(found(home)) == ["t1"]
    assert found(home)["t1"].duplicate_of is None


def test_the_threshold_is_the_settings(home: Home, database: Database) -> None:
    put(home, [row(1, LONG, ANSWER), row(2, LONG, ANSWER.replace("memory stays flat", "nothing is held in memory"))])
    for threshold, repeats in ((0.95, False), (0.6, True)):
        config = msgspec.structs.replace(Config(), evidence=EvidenceConfig(near_duplicate=threshold))
        screen.run(work(home, database, config=config))
        assert ("t2" in found(home)) is repeats


def test_private_names_are_seen_and_kept_nowhere(home: Home, database: Database) -> None:
    put(home, [row(1, "Who is it?", "ask Zacharias, please"), row(2, "Where is the zachariasweg?", "There.")])
    config = msgspec.structs.replace(Config(), evidence=EvidenceConfig(private_names=("zacharias", " ")))
    screen.run(work(home, database, config=config))
    assert [seen.kind for seen in found(home)["t1"].sightings] == ["name"]
    assert set(found(home)) == {"t1"}
    kept = [*files(home.screened).values(), *(path.read_bytes() for path in home.evidence_state.rglob("*.*"))]
    assert not any(b"zacharias" in raw.lower() for raw in kept)


def test_the_header_says_what_was_screened(home: Home, database: Database, run: Any) -> None:
    put(home, [row(1, "q", "a")])
    run()
    (partition,) = Tree(home.screened).all()
    header = msgspec.json.decode(next(Tree(home.screened).lines(partition)))
    version, policy = screen.standing(work(home, database))
    assert header == {
        "evidence_sha256": file_hash(Tree(home.evidence).path(partition)),
        "scored_sha256": file_hash(Tree(home.scored).path(partition)),
        "screen_version": version,
        "policy": policy,
    }


def a_lot(seed: int, count: int = 60) -> list[EvidenceRecord]:
    """Rows of several days and conversations, with secrets, repetitions and sealed tasks among them."""
    made = random.Random(seed)
    texts = [LONG, ANSWER, "Short question?", "Mail bob@corp.example.org", f"{LONG} {ANSWER}", "password='hunter22'"]
    names = [*TRAIN[:20], *(f"sealed-{number}" for number in range(40) if is_sealed(f"sealed-{number}"))]
    return [
        row(n, made.choice(texts), f"{made.choice(texts)} {made.randrange(3)}", day=made.randrange(4),
            conversation=made.choice(names))
        for n in range(1, count)
    ]  # fmt: skip


def categories(seed: int, count: int = 60) -> dict[str, str]:
    made = random.Random(seed)
    kinds = ("accepted", "accepted", "rejected", "partially_accepted", "needs_human_review")
    return {f"t{n}": made.choice(kinds) for n in range(1, count)}


@pytest.mark.parametrize("lot", [a_lot(1), [row(1, "q", "a", conversation=SEALED)]], ids=["many", "one"])
def test_a_second_run_writes_nothing(lot: list[EvidenceRecord], home: Home, run: Any) -> None:
    put(home, lot, **categories(1))
    first = run()
    before = {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()}
    again = run()
    assert {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()} == before
    assert (again.delta["read"], again.delta["written"]) == (0, 0)
    assert (again.outputs, again.content_hash, again.totals) == (first.outputs, first.content_hash, first.totals)


@pytest.mark.parametrize("seed", range(4))
def test_step_by_step_ends_where_all_at_once_does(seed: int, home: Home, elsewhere: Elsewhere, run: Any) -> None:
    made = random.Random(seed)
    lot = a_lot(seed)
    for step in (15, 30, 59):
        put(home, lot[:step], **categories(seed + step))
        run()
        if made.random() < 0.5:
            lot[made.randrange(step)] = row(400 + step, ANSWER, LONG)
    put(home, lot, **categories(seed))
    result = run()
    other, database = elsewhere("whole")
    put(other, lot, **categories(seed))
    whole = screen.run(work(other, database))
    assert files(home.screened) == files(other.screened)
    assert (result.content_hash, result.input_hash, result.totals) == (
        whole.content_hash, whole.input_hash, whole.totals
    )  # fmt: skip


def test_what_is_gone_leaves_nothing(home: Home, run: Any) -> None:
    put(home, [row(1, "q", "password='hunter22'"), row(2, "q2", "password='hunter22'", day=1)])
    run()
    gone = Tree(home.evidence).all()[0]
    Tree(home.evidence).path(gone).unlink()
    Tree(home.scored).path(gone).unlink()
    result = run()
    assert list(found(home)) == ["t2"] and result.totals["rows"] == 1
    assert not list((home.evidence_state / "screen").rglob(f"{gone.day[-2:]}/*.look"))


def test_only_new_texts_are_searched(home: Home, run: Any) -> None:
    put(home, a_lot(2), **categories(2))
    run()
    screening.sightings.cache_clear()
    screening.task_mark.cache_clear()
    put(home, [*a_lot(2), row(99, "A new question", "and its answer")], **categories(2))
    run()
    assert screening.sightings.cache_info().misses == 3  # the model's name with them
    run(full=True)
    assert screening.sightings.cache_info().misses > 5


def test_several_workers_find_the_same(home: Home, elsewhere: Elsewhere, run: Any, monkeypatch: Any) -> None:
    other, database = elsewhere("other")
    monkeypatch.setattr(screen, "ALONE_BYTES", 0)
    for each in (home, other):
        put(each, a_lot(3), **categories(3))
    run()
    screen.run(work(other, database, workers=2))
    assert files(home.screened) == files(other.screened)


@pytest.mark.parametrize("damage", ["look", "state", "screened", "torn", "tail"])
def test_what_was_damaged_is_made_again(damage: str, home: Home, run: Any) -> None:
    put(home, a_lot(4), **categories(4))
    run()
    whole = files(home.screened)
    for path in [*(home.evidence_state / "screen").rglob("*.look")][:2] if damage in ("look", "torn", "tail") else []:
        path.write_bytes(path.read_bytes()[: {"look": 0, "torn": 4000, "tail": -20}[damage]])
    if damage in ("look", "torn", "tail"):
        (more,) = write_evidence(home, [row(99, "more", "of it", day=9)])
        put(home, [row(99, "more", "of it", day=9)])
        assert run().errors == ()
        Tree(home.evidence).path(more).unlink()
        Tree(home.scored).path(more).unlink()
    if damage == "tail":
        for path in home.screened.rglob("*.jsonl"):
            path.unlink()
    if damage == "state":
        (home.evidence_state / "screen.json").write_bytes(b"{")
    if damage == "screened":
        next(home.screened.rglob("*.jsonl")).write_bytes(b"")
        max(home.screened.rglob("*.jsonl")).unlink()
    run()
    assert files(home.screened) == whole


def test_stopped_anywhere_it_goes_on_to_the_same_end(home: Home, database: Database, elsewhere: Elsewhere) -> None:
    put(home, a_lot(5), **categories(5))
    other, its = elsewhere("other")
    put(other, a_lot(5), **categories(5))
    screen.run(work(other, its))
    for stop in (0, 1, 3, 7, 20):
        asked = 0

        def cancelled(stop: int = stop) -> bool:
            nonlocal asked
            asked += 1
            return asked > stop

        with pytest.raises(Cancelled):
            screen.run(msgspec.structs.replace(work(home, database), cancelled=cancelled))
    assert not list(home.root.rglob("*.part"))
    screen.run(work(home, database))
    assert files(home.screened) == files(other.screened)


@pytest.mark.parametrize("stop", range(12))
def test_stopped_while_files_are_brought_up_to_date(home: Home, database: Database, run: Any, stop: int) -> None:
    """What is found anew in a file that did not change itself is found by the next run, wherever this one ended."""
    before = [row(1, LONG, "In another conversation."), row(2, "How old are you?", "Six.", day=1)]
    put(home, before)
    run()
    put(home, [*before, row(3, LONG, ANSWER, conversation=SEALED, day=1)])
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > stop

    with suppress(Cancelled):
        screen.run(msgspec.structs.replace(work(home, database), cancelled=cancelled))
    run()
    assert found(home)["t1"].leak_of == "t3"


def test_scores_of_other_runs_are_not_theirs(home: Home, run: Any) -> None:
    put(home, [row(1, "q", "a"), row(2, "q", "b")])
    (partition,) = Tree(home.scored).all()
    Tree(home.scored).write(partition, list(Tree(home.scored).lines(partition))[::-1])
    with pytest.raises(DamagedEvidence, match="do not belong together"):
        run()


def test_a_dry_run_writes_nothing(home: Home, run: Any) -> None:
    put(home, a_lot(6), **categories(6))
    before = files(home.root)
    dry = run(dry_run=True)
    assert files(home.root) == before
    assert dry.totals == run().totals


def test_without_evidence_it_is_skipped(run: Any) -> None:
    result = run()
    assert (result.status, result.reason) == ("skipped", "there is no evidence")


def test_a_score_for_each_record_or_nothing(home: Home, run: Any) -> None:
    """A record without its score would not be screened, and its partition then seem to be."""
    put(home, [row(1, "q", "a"), row(2, "q", "b")])
    (partition,) = Tree(home.scored).all()
    Tree(home.scored).write(partition, list(Tree(home.scored).lines(partition))[:1])
    with pytest.raises(DamagedEvidence):
        run()
    assert files(home.screened) == {}
    Tree(home.scored).path(partition).unlink()
    with pytest.raises(DamagedEvidence, match="without scores"):
        run()
