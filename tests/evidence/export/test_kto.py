"""Single thumbs: a person's yes or no, and nobody else's; and rag rows beside them."""

from __future__ import annotations

from pathlib import Path

from core.database import Database
from core.evidence.export import kto, rag
from core.paths import Home
from core.records import Message
from tests.evidence.export.making import dataset, put, quarantined, row
from tests.evidence.making import work


def test_a_thumb_is_a_persons_yes_or_no(home: Home, database: Database) -> None:
    said = {1: 1.0, 2: 0.7, 3: 0.69, 4: 0.5, 5: 0.31, 6: 0.3, 7: 0.0}
    rows = [row(n, "accepted" if x >= 0.7 else "rejected" if x <= 0.3 else "partially_accepted", human=x)
            for n, x in said.items()]  # fmt: skip
    put(home, rows)
    result = kto.run(work(home, database))
    assert {one["id"]: one["label"] for one in dataset(home, "kto")} == {
        "t1": True,
        "t2": True,
        "t6": False,
        "t7": False,
    }
    assert quarantined(home, "kto") == {}
    assert result.report["taken"] == 4


def test_tests_and_rules_give_no_thumbs(home: Home, database: Database) -> None:
    put(home, [row(1, "accepted", human=None, tests=1.0), row(2, "rejected", human=None, tests=0.0)])
    kto.run(work(home, database))
    assert dataset(home, "kto") == []
    assert quarantined(home, "kto") == {}


def test_a_thumb_against_the_verdict_is_none(home: Home, database: Database) -> None:
    put(home, [row(1, "rejected", human=1.0), row(2, "accepted", human=0.0), row(3)])
    kto.run(work(home, database))
    assert [one["id"] for one in dataset(home, "kto")] == ["t3"]
    assert quarantined(home, "kto") == {"t1": "category_disallowed", "t2": "category_disallowed"}


def test_a_thumb_holds_the_prompt_and_the_answer(home: Home, database: Database) -> None:
    put(home, [row(1, model_role="coder")])
    kto.run(work(home, database))
    (one,) = dataset(home, "kto")
    assert one["prompt"] == [{"role": "user", "content": "How far is island 1 from the coast?"}]
    assert one["completion"] == [{"role": "assistant", "content": "Island 1 lies 1 miles from the coast."}]
    assert (one["role"], one["human"], one["lineage"]["run_id"]) == ("coder", 1.0, "t1")


def test_past_work_holds_the_last_question_and_the_answer(home: Home, database: Database) -> None:
    asked = [Message(role="user", content="First?"), Message(role="assistant", content="Yes."),
             Message(role="user", content="And then?")]  # fmt: skip
    put(
        home,
        [row(1, messages=asked, response="The second.", query_class="lookup"), row(2, human=0.5), row(3, human=0.0)],
    )
    rag.run(work(home, database))
    first, second = dataset(home, "rag")
    assert first["content"] == "And then?\n\nThe second."
    assert first["tags"] == ["traces", "lookup", "assistant"]
    assert second["source_category"] == "partially_accepted"
    assert quarantined(home, "rag") == {"t3": "unsafe_rag_category"}


def test_what_is_simulated_counts_in_a_simulated_home_only(tmp_path: Path) -> None:
    for simulated, expected in ((True, ["t1"]), (False, [])):
        home = Home(tmp_path / f"home-{simulated}")
        with Database.open(home, simulated=simulated) as database:
            put(home, [row(1, origin="simulated")])
            rag.run(work(home, database))
            assert [one["id"] for one in dataset(home, "rag")] == expected
