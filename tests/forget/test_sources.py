"""Forgetting what came from elsewhere: an import, a stream, words in a stream; and it does not come back."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from core.database import Database, Pair
from core.evidence import collect, score
from core.forget import made_files
from core.forget.forget import Forgetting
from core.forget.records import STREAM, Receipt, Target
from core.paths import Home
from core.privacy.byte_search import search
from tests.cli.command import Nightschool
from tests.evidence.making import RECORDED, work
from tests.forget.making import NOW

NAME = "Quuxina Zorb"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder that is not the home."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def findings(folder: Path, count: int = 6) -> Path:
    """A stream of the shipped kind `audits`; row 2 speaks of somebody, row 4 does where no mapping looks."""
    rows = [
        {
            "finding_id": f"f{n}",
            "phase": "p",
            "severity": "low",
            "topic": f"island {n}",
            "ts": f"2026-04-2{n}T09:00:00Z",
        }
        for n in range(count)
    ]
    rows[2]["evidence"] = f"\u201cAsk {NAME.upper()}\u201d, it said"
    rows[4]["internal_note"] = NAME
    path = folder / "audits.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def runs(home: Home) -> list[str]:
    return [run_id for run_id, _ in made_files.rows_of_source(home, "audits")]


def collected(home: Home, database: Database) -> None:
    given = work(home, database)
    assert collect.run(given).passed and score.run(given).passed


@pytest.fixture
def streamed(home: Home, database: Database, elsewhere: Path) -> Path:
    path = findings(elsewhere)
    said = Nightschool()("import", "jsonl", str(path), "--mapping", "audits", "--approve")
    assert said.status == 0, said.stderr
    collected(home, database)
    assert len(runs(home)) == 6
    return path


def forget(home: Home, database: Database, kind: str, value: str) -> Receipt:
    return Forgetting(home, database).forget(msgspec.convert({"kind": kind, "value": value}, Target), now=NOW)


def test_a_stream(home: Home, database: Database, streamed: Path) -> None:
    before = streamed.read_bytes()
    handed_over = Pair(
        task_slug="s", role="judge", prompt_json='"x"', output_json='"y"', label=1.0, run_id=runs(home)[0],
        exported_at=RECORDED,
    )  # fmt: skip
    assert database.pairs.add([handed_over]) == 1
    receipt = forget(home, database, "source", "audits")
    assert receipt.removed["pairs"] == 1 and database.pairs.count() == 0
    assert receipt.state == "gone everywhere" and receipt.outside == (str(streamed),)
    assert receipt.removed["evidence"] == 6 and receipt.removed["scored"] == 6 and receipt.removed["streams"] == 1
    assert database.sources.all() == [] and runs(home) == [] and streamed.read_bytes() == before
    assert search(home.root, ["island 3"]).found == ()
    Nightschool()("import", "jsonl", str(streamed), "--mapping", "audits", "--approve")
    collected(home, database)
    assert runs(home) == [], "its rows do not come back"


def test_words_in_a_stream(home: Home, database: Database, streamed: Path) -> None:
    before = streamed.read_bytes()
    plan = Forgetting(home, database).plan(Target(kind="words", value=NAME), now=NOW)
    assert plan.places["evidence"] == 2 and plan.outside == (str(streamed),)
    receipt = forget(home, database, "words", NAME)
    assert receipt.state == "gone everywhere" and streamed.read_bytes() == before
    assert len(runs(home)) == 4 and search(home.root, [NAME]).found == ()
    with streamed.open("a") as file:
        file.write(before.decode().splitlines()[2] + "\n")
    collected(home, database)
    assert len(runs(home)) == 4, "a row that was forgotten is passed over, wherever it stands"


def test_words_in_rows_that_were_never_collected(home: Home, database: Database, elsewhere: Path) -> None:
    path = findings(elsewhere)
    Nightschool()("import", "jsonl", str(path), "--mapping", "audits", "--approve")
    forget(home, database, "words", NAME)
    collected(home, database)
    assert len(runs(home)) == 4


def test_a_missing_stream_is_no_obstacle(home: Home, database: Database, streamed: Path) -> None:
    streamed.unlink()
    receipt = forget(home, database, "words", NAME)
    assert receipt.state == "gone everywhere" and len(runs(home)) == 5


def test_an_import(home: Home, database: Database, elsewhere: Path) -> None:
    path = elsewhere / "chats.jsonl"
    asked = [f"What did the {n}th gardener say about the blue orchid?" for n in range(5)]
    path.write_text("".join(chat(one) for one in asked))
    said = Nightschool().json("import", "openai-jsonl", str(path), "--approve")
    collected(home, database)
    receipt = forget(home, database, "source", said["import_id"])
    assert receipt.state == "gone everywhere" and receipt.imports == (said["import_id"],)
    assert receipt.removed["traces"] == 5 and receipt.outside == (str(path),)
    assert database.imports.all() == [] and search(home.root, asked).found == ()
    Nightschool()("import", "openai-jsonl", str(path), "--approve")
    assert database.counts().traces == 0, "its rows do not come back"


def chat(question: str) -> str:
    said = [{"role": "user", "content": question}, {"role": "assistant", "content": "Nothing at all."}]
    return json.dumps({"messages": said}) + "\n"


def test_a_name_in_the_path_of_an_import(home: Home, database: Database, elsewhere: Path) -> None:
    """It stands beside each of its traces, where nothing can be changed: so they go."""
    folder = elsewhere / NAME
    folder.mkdir()
    path = folder / "chats.jsonl"
    path.write_text(chat("Where is Zorbia?"))
    said = Nightschool().json("import", "openai-jsonl", str(path), "--approve")
    ids = tuple(database.imports.trace_ids(said["import_id"]))
    receipt = forget(home, database, "words", NAME)
    assert receipt.traces == {"chosen": ids} and NAME not in repr(receipt)
    assert search(home.root, [NAME]).found == ()


def test_a_name_in_the_path_of_a_stream_is_named(home: Home, database: Database, elsewhere: Path) -> None:
    """Where the person keeps the file is theirs to say; forgetting the source takes it away."""
    folder = elsewhere / NAME
    folder.mkdir()
    Nightschool()("import", "jsonl", str(findings(folder)), "--mapping", "audits", "--approve")
    receipt = forget(home, database, "words", NAME)
    assert receipt.state == "still stands" and {one.why for one in receipt.standing} == {STREAM}
    forget(home, database, "source", "audits")
    assert forget(home, database, "words", NAME).state == "gone everywhere"
