"""What was forgotten is gone from every byte of a home that has everything in it, and the receipt says so."""

from __future__ import annotations

import threading
import time
import zipfile
from pathlib import Path

import msgspec
import pytest

from core.clock import stamp
from core.database import Database
from core.database.connection import connect
from core.errors import BadRequest, NotFound
from core.evidence.importers.bringing import Wanted, bring_in
from core.forget.forget import Forgetting
from core.forget.intents import Intents
from core.forget.records import CannotForget, Receipt, Target
from core.lock import HomeLock
from core.paths import Home
from core.privacy.takeout import takeout
from core.records import Message
from core.replay.saved_index import rows_on_disk
from core.replay.vectors import VectorIndex
from tests.evidence.making import add, feedback, files
from tests.forget import making
from tests.forget.making import NAME, NOW, QUESTION, TEXTS, everything, standing

TRACE = Target(kind="trace", value="t1")


def forget(home: Home, database: Database, target: Target = TRACE, **more: float) -> Receipt:
    return Forgetting(home, database, **more).forget(target, now=NOW)


def test_everything_is_gone_from_every_byte(home: Home, database: Database) -> None:
    everything(home, database)
    before = standing(home)
    planted = {
        "nightschool.db", "takeout.zip", "logs/server.log", "logs/server.log.1.gz",
        "learning/benchmarks/personal_v1.json", "datasets/sft/train/2026-04-27-traces.jsonl",
        "datasets/preference/train/2026-04-27-traces.jsonl", "datasets/openai/assistant.jsonl",
        "datasets/rag/2026-04-27-traces.jsonl", "evidence/2026/04/27/traces.jsonl",
    }  # fmt: skip
    assert planted <= before and any(path.startswith("backups/") for path in before)
    receipt = forget(home, database)
    assert standing(home) == set() and receipt.state == "gone everywhere" and receipt.standing == ()
    assert receipt.traces == {
        "chosen": ("t1",),
        "goes on from it": ("t2", "t4"),
        "was shown it": ("t3",),
        "holds the same words": ("t5",),
    }
    assert receipt.adapters == ("night-1",) and receipt.adapters_unknown == ("foreign",)
    assert receipt.jobs == ("retrain-night-1-1",)
    assert not home.evidence_state.exists(), "signatures and cursors that knew of it"
    assert database.jobs.get("retrain-night-1-1").payload == {"adapter": "night-1", "forget": receipt.id}
    for place in ("traces", "evidence", "datasets/sft", "datasets/preference", "benchmark tasks", "pairs", "takeouts"):
        assert receipt.removed[place] > 0, place


def test_the_rest_stays(home: Home, database: Database) -> None:
    everything(home, database)
    rows = making.index(home, database)
    of_it = {one.row for one in database.exemplars.of_traces(["t1", "t2", "t3", "t4", "t5"]).values()}
    forget(home, database)
    assert [one.id for one in database.traces.list(limit=50, order="asc")] == [f"t{n}" for n in range(20, 28)]
    assert rows_on_disk(home.index) == set(rows) - of_it and of_it
    assert database.state.get("window") == "10,10" and database.pairs.count() == 1
    assert b"harmless" in (home.datasets / "openai" / "assistant.jsonl").read_bytes()
    kept = (home.datasets / "sft" / "train" / "2026-04-27-traces.jsonl").read_bytes()
    assert kept.count(b"\n") == 8
    assert (home.logs / "server.log").read_text() == "started\n[forgotten]\nstopped\n"
    benchmark = msgspec.json.decode((home.learning / "benchmarks" / "personal_v1.json").read_bytes())
    assert [task["trace_id"] for task in benchmark["tasks"]] == ["t20"]
    assert database.integrity_check() == []


def test_the_plan_says_what_would_go_and_changes_nothing(home: Home, database: Database) -> None:
    everything(home, database)
    before = {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file() and "db-" not in path.name}
    plan = Forgetting(home, database).plan(TRACE, now=NOW)
    assert {path: path.read_bytes() for path in before} == before
    assert plan.traces == {"chosen": 1, "goes on from it": 2, "was shown it": 1, "holds the same words": 1}
    assert plan.adapters == ("night-1",) and plan.places["benchmark tasks"] == 1
    assert forget(home, database).removed == plan.places


def test_an_index_is_without_it_also_in_old_bytes(home: Home, database: Database) -> None:
    making.the_secret(database)
    making.others(database)
    making.index(home, database)
    vector = np_vector(home, database)
    assert any(vector in path.read_bytes() for path in home.index.iterdir())
    forget(home, database)
    assert not any(vector in path.read_bytes() for path in home.index.iterdir())


def np_vector(home: Home, database: Database) -> bytes:
    (exemplar,) = database.exemplars.of_traces(["t1"]).values()
    return VectorIndex.load(home.index).vectors([exemplar.row]).tobytes()


def test_a_conversation(home: Home, database: Database) -> None:
    everything(home, database)
    receipt = forget(home, database, Target(kind="conversation", value="c1"))
    assert receipt.traces["chosen"] == ("t1", "t2") and standing(home) == set()


def test_only_this_leaves_the_others_and_says_so(home: Home, database: Database) -> None:
    everything(home, database)
    receipt = forget(home, database, Target(kind="trace", value="t1", only=True))
    assert receipt.traces == {"chosen": ("t1",)} and receipt.left == ("t2", "t3", "t4", "t5")
    assert receipt.state == "still stands"
    made = ("nightschool.db", "evidence/", "scored/", "datasets/", "quarantine/")
    assert {one.why for one in receipt.standing if one.place.startswith(made)} == {
        "in the traces that you chose to keep"
    }
    assert any(one.place.startswith("evidence/") for one in receipt.standing)


def test_words_wherever_they_stand(home: Home, database: Database) -> None:
    everything(home, database)
    plan = Forgetting(home, database).plan(Target(kind="words", value="quuxina"), now=NOW)
    assert plan.traces["chosen"] == 4 and plan.found_as["Quuxina"] > 0
    receipt = forget(home, database, Target(kind="words", value="qUuXiNa"))
    assert standing(home, [NAME]) == set() and receipt.state == "gone everywhere"
    assert receipt.traces == {"chosen": ("t1", "t2", "t3", "t5")}
    assert "t4" in {one.id for one in database.traces.list(limit=50)}, "it does not hold the name"


@pytest.mark.parametrize(
    "where", ["feedback", "metadata", "tool call", "early message", "bundle", "correction", "escaped", "title"]
)
def test_words_in_any_part_of_a_trace(home: Home, database: Database, where: str) -> None:
    arguments = '{"who": "\\u00d6tzi \\u00c5ngstr\\u00f6m"}'
    many = [Message(role="user", content="x") for _ in range(60)]
    name = "Ötzi Ångström"
    given: dict[str, dict[str, object]] = {
        "metadata": {"metadata": {"of": name}},
        "tool call": {"tool_calls": [{"function": {"name": "find", "arguments": arguments}}]},
        "early message": {"messages": [Message(role="system", content=name), *many]},
        "bundle": {"bundle": f"Q: {name}"},
        "escaped": {"messages": [Message(role="user", content="say \\u00f6TZI \\u00e5NGSTR\\u00d6m")]},
        "title": {"conversation_id": name},
    }  # fmt: skip
    add(database, 1, **given.get(where, {}))
    add(database, 2)
    if where == "feedback":
        database.feedback.add(feedback(5, "t1", metric="comment", comment=f"by {name}"))
    if where == "correction":
        database.feedback.add(feedback(5, "t1", name, metric="demonstration"))
    receipt = forget(home, database, Target(kind="words", value="ötzi  ångström"))
    assert receipt.traces == {"chosen": ("t1",)} and receipt.state == "gone everywhere"


@pytest.mark.parametrize("words", ["", "ab", " a ", "\n"])
def test_words_that_say_too_little_are_refused(home: Home, database: Database, words: str) -> None:
    with pytest.raises(BadRequest):
        forget(home, database, Target(kind="words", value=words))


def test_what_was_written_by_hand_is_named_not_changed(home: Home, database: Database) -> None:
    everything(home, database)
    agent = home.agents / "gardener.toml"
    agent.write_text(f'system_prompt = "You help {NAME}."')
    receipt = forget(home, database, Target(kind="words", value=NAME))
    assert receipt.state == "still stands" and agent.read_text() == f'system_prompt = "You help {NAME}."'
    assert [(one.place, one.why) for one in receipt.standing] == [
        ("agents/gardener.toml", "written by hand: change it yourself")
    ]


def test_a_file_of_another_kind_is_named_without_its_words(home: Home, database: Database) -> None:
    making.the_secret(database)
    (home.root / f"letter to {NAME}.txt").write_text("Dear aunt")
    receipt = forget(home, database, Target(kind="words", value=NAME))
    assert [one.place for one in receipt.standing] == ["[forgotten]"]
    assert NAME not in repr(receipt)


@pytest.mark.slow
def test_a_log_that_a_reader_holds_is_told_and_gone_after_it(
    home: Home, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.forget.forget.SCRUB_S", 0.1)
    everything(home, database)
    reader = connect(home.database)
    reader.execute("BEGIN").fetchall()
    reader.execute("SELECT count(*) FROM traces").fetchall()
    receipt = forget(home, database)
    assert receipt.state == "still stands" and {one.place for one in receipt.standing} <= {
        "nightschool.db", "nightschool.db-wal"
    }  # fmt: skip
    reader.execute("COMMIT").fetchall()
    reader.close()
    database.scrub()
    assert standing(home) == set()


def test_what_never_was_is_not_found(home: Home, database: Database) -> None:
    for kind in ("trace", "conversation", "source"):
        with pytest.raises(NotFound):
            forget(home, database, Target(kind=kind, value="t404"))


def test_a_trace_that_was_deleted_before_goes_from_what_was_made_of_it(home: Home, database: Database) -> None:
    everything(home, database)
    database.traces.delete("t1")
    receipt = forget(home, database)
    assert receipt.state == "gone everywhere" and standing(home) == set()
    assert receipt.removed["evidence"] > 0 and receipt.removed["datasets/sft"] > 0


@pytest.mark.parametrize(("lock", "what"), [("evidence", "Evidence is being made"), ("import", "being imported")])
def test_it_waits_for_a_run_of_evidence_and_for_an_import(
    home: Home, database: Database, monkeypatch: pytest.MonkeyPatch, lock: str, what: str
) -> None:
    making.the_secret(database)
    monkeypatch.setattr("core.forget.forget.LOCK_WAIT_S", 0.05)
    with HomeLock(home.lock(lock)), pytest.raises(CannotForget, match=what):
        forget(home, database)
    assert database.traces.get("t1")


def test_nothing_is_imported_meanwhile(home: Home, database: Database, tmp_path: Path) -> None:
    """It would bring back what was searched for already."""
    making.the_secret(database)
    chat = tmp_path / "chat.jsonl"
    said = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": making.ANSWER}]
    chat.write_bytes(msgspec.json.encode({"messages": said}))
    wanted = Wanted(format="openai-jsonl", path=chat, source_file="chat.jsonl", recorded_at=stamp(NOW))
    told = set[str]()

    def progress(about: str, done: int, of: int) -> None:
        try:
            bring_in(home, database, wanted)
        except BadRequest as error:
            told.add(about)
            assert "forgetting" in str(error)

    receipt = Forgetting(home, database, progress=progress).forget(TRACE, now=NOW)
    assert receipt.state == "gone everywhere" and standing(home) == set()
    assert {"looking for it", "files made of it", "searching every byte"} <= told


def test_the_receipt_has_no_text_and_is_the_same_again(home: Home, database: Database) -> None:
    everything(home, database)
    receipt = forget(home, database)
    path = home.receipts / "forget" / f"{receipt.id}.json"
    written = path.read_bytes()
    assert not any(text.encode() in written for text in (*TEXTS, NAME, "orchid"))
    assert Intents(home).receipts() == [receipt] and Intents(home).pending() == []


def test_two_homes_give_the_same_receipt(tmp_path: Path) -> None:
    """And leave the same bytes in everything that is bit-stable."""
    written = []
    for name in ("one", "two"):
        home = Home(tmp_path / name)
        with Database.open(home) as database:
            everything(home, database)
            receipt = forget(home, database)
        written.append(files(home.evidence, home.scored, home.datasets, home.receipts, home.quarantine))
        assert f"receipts/forget/{receipt.id}.json" in written[-1]
    assert written[0] == written[1]


def test_a_running_server_takes_it_out_of_the_index(home: Home, database: Database) -> None:
    """Who holds the server's lock follows the database; it is waited for."""
    making.the_secret(database)
    making.others(database)
    rows = set(making.index(home, database))
    (of_it,) = [one.row for one in database.exemplars.of_traces(["t1"]).values()]

    def follow() -> None:
        while not database.traces.is_deleted("t1"):
            time.sleep(0.01)
        time.sleep(0.3)
        index = VectorIndex.load(home.index)
        index.delete(of_it, forget=True)
        index.save()

    follower = threading.Thread(target=follow)
    with HomeLock(home.lock("server")):
        follower.start()
        receipt = forget(home, database)
        follower.join()
    assert receipt.state == "gone everywhere" and rows_on_disk(home.index) == rows - {of_it}


def test_a_server_that_does_not_follow_is_told(home: Home, database: Database) -> None:
    making.the_secret(database)
    making.index(home, database)
    with HomeLock(home.lock("server")):
        receipt = forget(home, database, index_wait_s=0.2)
    assert receipt.state == "still stands"
    assert [(one.place, one.how) for one in receipt.standing] == [("index", "vectors")]
    again = forget(home, database)
    assert again.state in ("gone everywhere", "not proved")


def test_a_damaged_index_is_thrown_away(home: Home, database: Database) -> None:
    making.the_secret(database)
    making.index(home, database)
    next(home.index.glob("*.graph")).write_bytes(b"broken")
    assert forget(home, database).state == "gone everywhere" and list(home.index.iterdir()) == []


def test_a_takeout_of_somebody_else_is_named(home: Home, database: Database) -> None:
    making.the_secret(database)
    with zipfile.ZipFile(home.root / "mine.zip", "w") as archive:
        archive.writestr("note.txt", QUESTION)
    receipt = forget(home, database)
    assert {one.place for one in receipt.standing} == {"mine.zip", "mine.zip > note.txt"}


def test_a_stock_answer_makes_no_kin(home: Home, database: Database) -> None:
    """Others were told the same by the model: they keep it, and it is not held against the proof."""
    stock = "I am sorry, but I cannot help anybody at all with a request of this kind."
    for number in (1, 2, 3):
        add(
            database,
            number,
            f"Tell me the {number}th secret of the island of Zorbia",
            stock,
            conversation_id=f"c{number}",
        )
    receipt = forget(home, database)
    assert receipt.traces == {"chosen": ("t1",)} and receipt.state == "gone everywhere"


def test_too_short_to_be_told_apart_is_said(home: Home, database: Database) -> None:
    add(database, 1, "hi", "Hello!")
    add(database, 2, "hi", "Hello!")
    receipt = forget(home, database)
    assert receipt.traces == {"chosen": ("t1",)} and receipt.state == "not proved"
    assert "too short" in receipt.not_searched[0].why


@pytest.mark.parametrize("damage", ["cut", "garbled", "empty", "no zip"])
def test_a_damaged_takeout_is_no_obstacle_and_is_named(home: Home, database: Database, damage: str) -> None:
    making.the_secret(database)
    path = home.root / "takeout.zip"
    takeout(home, database, path, at=NOW)
    data = path.read_bytes()
    middle = bytes(byte ^ 0xFF for byte in data[60:90])
    damaged = {"cut": data[:-40], "garbled": data[:60] + middle + data[90:], "empty": b"", "no zip": b"PK\x03\x04?"}
    path.write_bytes(damaged[damage])
    receipt = forget(home, database)
    states = {"empty": "gone everywhere", "garbled": "still stands"}
    assert receipt.state == states.get(damage, "not proved") and path.read_bytes() == damaged[damage]
    named = {one.place.split(" > ")[0] for one in receipt.not_searched}
    assert named == (set() if damage == "empty" else {"takeout.zip"})
