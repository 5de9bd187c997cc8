"""Other tools' rows as evidence: the shipped mappings land where seed 003 says, and what is wrong is named."""

from __future__ import annotations

import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.config import RewardConfig
from core.evidence.canonical import sig_hash
from core.evidence.records import EvidenceRecord, Provenance
from core.evidence.rules import RULES, Seen
from core.evidence.scoring import score
from core.evidence.sources import Refused
from core.evidence.sources.mapped import moment, row_maker
from core.evidence.sources.mapping import MappingError, RecordMapping, getter, read_mapping, shipped

FIXTURES = Path(__file__).parent / "fixtures" / "lakehouse"
ACCEPTED, PARTLY, REJECTED, OPEN = "accepted", "partially_accepted", "rejected", "needs_human_review"
EXPECTED: dict[str, list[str]] = {
    "distilled_facts": [OPEN, OPEN],
    "distilled_procedures": [OPEN],
    "config_hints": [OPEN],
    "contract_analyses": [ACCEPTED, REJECTED, PARTLY],
    "mode_experiments": [REJECTED, PARTLY, OPEN, PARTLY, REJECTED],
    "scrum_reviews": [ACCEPTED, PARTLY, PARTLY, PARTLY, ACCEPTED],
    "observer_escalations": [OPEN],
    "audit_facts": [OPEN],
    "auto_apply": [ACCEPTED, REJECTED, REJECTED, OPEN],
    "observer_reviews": [ACCEPTED, REJECTED, PARTLY],
    "audits": [ACCEPTED, ACCEPTED, PARTLY, REJECTED, REJECTED, PARTLY],
    "outcomes": [ACCEPTED, PARTLY, ACCEPTED, OPEN, "no_timestamp"],
    "audit_discrepancies": [REJECTED, ACCEPTED, ACCEPTED, REJECTED, PARTLY],
    "model_trust": [ACCEPTED, REJECTED, PARTLY, ACCEPTED],
}
"""What becomes of each row of the fixture, alone: an extraction finds no parent here. Two records of a dispute."""


def provenance(row: Any) -> Provenance:
    return Provenance(source_file="x.jsonl", line_offset=0, sig_hash=sig_hash(row), recorded_at="2026-05-01T02:00:00Z")


def records(name: str, mapping: str, *rows: dict[str, Any], reviewed: bool = True) -> list[EvidenceRecord]:
    make = row_maker(name, mapping, reviewed=reviewed)
    return [record for row in rows for record in make(row, provenance(row))]


def held(record: EvidenceRecord) -> str:
    seen = msgspec.json.decode(msgspec.json.encode(record), type=Seen)
    return score(seen, RewardConfig(), "v").category


def rows(name: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in (FIXTURES / f"{name}.jsonl").read_bytes().splitlines()]


def test_every_stream_of_the_seed_has_a_mapping_and_a_fixture() -> None:
    assert set(shipped()) == set(EXPECTED) == {path.stem for path in FIXTURES.glob("*.jsonl")}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_shipped_mapping_lands_in_the_verdicts_of_the_seed(name: str) -> None:
    found: list[str] = []
    for row in rows(name):
        try:
            found += [held(record) for record in records(name, shipped()[name].read_text(), row)]
        except Refused as why:
            found.append(why.reason)
    assert found == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_before_a_person_let_the_stream_in_nothing_counts(name: str) -> None:
    made = records(name, shipped()[name].read_text(), rows(name)[0], reviewed=False)
    assert made and {held(record) for record in made} == {OPEN}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_made_is_a_record_with_all_it_needs(name: str) -> None:
    mapping = shipped()[name].read_text()
    for record in records(name, mapping, *rows(name)[:4]):
        assert msgspec.json.decode(msgspec.json.encode(record), type=EvidenceRecord) == record
        assert record.source == name and record.origin == "import" and record.reviewed
        assert record.run_id.startswith(f"{name}:") and record.timestamp.startswith("2026-04-2")
        assert record.conversation_id == record.task_id
        assert record.rule in RULES and read_mapping(mapping).about
        assert record.response or name in ("model_trust", "mode_experiments", "auto_apply")


def test_verdict_bearing_streams_leave_nothing_to_review() -> None:
    """Seed 003: scrum_reviews, observer_reviews, audits and contract_analyses land with 0 % for a person."""
    for name in ("scrum_reviews", "observer_reviews", "audits", "contract_analyses"):
        assert OPEN not in {held(record) for record in records(name, shipped()[name].read_text(), *rows(name))}


def test_a_dispute_gives_both_sides_of_one_task() -> None:
    mapping = shipped()["audit_discrepancies"].read_text()
    claim, counter = records("audit_discrepancies", mapping, rows("audit_discrepancies")[0])
    assert claim.task_id == counter.task_id == "F-7" and claim.run_id != counter.run_id
    assert claim.messages == counter.messages
    assert (held(claim), held(counter)) == (REJECTED, ACCEPTED)
    assert (claim.model, counter.model) == ("gpt-oss:120b", "kimi-k2:1t")


# What a mapping can say.

BASE = 'class = "verdict"\nrule = "person"\n[[record]]\ntimestamp = "ts"\n'
NOON = "2026-04-27T12:00:00.000000Z"


def one(lines: str, **row: Any) -> EvidenceRecord:
    (record,) = records("stream", BASE + lines, {"ts": NOON, **row})
    return record


def test_paths_constants_alternatives_and_expressions() -> None:
    record = one(
        'prompt = "a.b.c"\nresponse = "x || y.z"\nmodel = "\'fixed\'"\ntask_id = "join(\'/\', [repo, file])"\n',
        a={"b": {"c": "deep"}}, x="", y={"z": "second"}, repo="r", file="f",
    )  # fmt: skip
    assert [message.content for message in record.messages] == ["deep"]
    assert (record.response, record.model, record.task_id) == ("second", "fixed", "r/f")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(
    row=st.dictionaries(st.sampled_from("abc"), VALUES),
    expression=st.sampled_from(["a", "a.b", "a.b.c", "a || b", "a.b || c || b.a"]),
)
@example(row={"a": 0, "b": 1}, expression="a || b")
@example(row={"a": False, "b": 1}, expression="a || b")
@example(row={"a": "", "b": {}}, expression="a || b")
def test_the_quick_paths_find_what_jmespath_finds(row: dict[str, Any], expression: str) -> None:
    import jmespath

    assert getter(expression, "field")(row) == jmespath.search(expression, row)


def test_ids_are_the_rows_own_or_its_hash() -> None:
    record = one("")
    assert record.run_id == f"stream:{record.provenance.sig_hash[:32]}" == record.task_id == record.conversation_id
    assert one('run_id = "n"\ntask_id = "t"', n=7, t=" x ").run_id == "stream:7"
    assert one('run_id = "n"\ntask_id = "t"', n=7, t=" x ").task_id == "x"
    assert one('run_id = "n"', n="").run_id.startswith("stream:") and len(one('run_id = "n"', n="").run_id) == 39


def test_messages_end_with_the_answer_where_no_other_is_named() -> None:
    chat = [{"role": "user", "content": "Why?", "id": 3}, {"role": "assistant", "content": "So."}]
    record = one('messages = "chat"\nsystem = "\'Be brief.\'"', chat=chat)
    assert [(message.role, message.content) for message in record.messages] == [
        ("system", "Be brief."), ("user", "Why?"),
    ]  # fmt: skip
    assert record.response == "So."
    kept = one('messages = "chat"\nresponse = "r"', chat=chat, r="Another.")
    assert (len(kept.messages), kept.response) == (2, "Another.")


def test_measurements_markers_and_words() -> None:
    record = one(
        'human = "thumb"\nduration_s = "took"\nerrors = "problems"\nmissing_files = "files"\n'
        'measured = { compile_pass = "built", tests_passed = "ok", tests_total = "all" }\n'
        'markers = { gaps = "gap", phase = "phase", none = "nothing" }\n'
        "[record.words.human]\nup = 1\ndown = 0\n[record.words.phase]\n41 = 'late'\n",
        thumb="UP ", took=1.5, problems=["a", "b"], files=["b", "a", "a"], built=True, ok=3, all=4, gap=[1, 2],
        phase=41,
    )  # fmt: skip
    assert (record.human, record.duration_ms, record.errors, record.missing_files) == (1.0, 1500.0, 2, ("a", "b"))
    assert record.measured is not None and (record.measured.compile_pass, record.measured.tests_passed) == (True, 3)
    assert record.markers == {"gaps": 2, "phase": "late"}
    assert one('human = "thumb"\n[record.words.human]\nup = 1', thumb="sideways").human is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-04-27T12:00:00Z", NOON),
        ("2026-04-27T14:00:00+02:00", NOON),
        ("2026-04-27 12:00:00", NOON),
        ("2026-04-27T12:00:00.123456789Z", "2026-04-27T12:00:00.123456Z"),
        ("2026-04-27", "2026-04-27T00:00:00.000000Z"),
        (1777291200, NOON),
        (1777291200.5, "2026-04-27T12:00:00.500000Z"),
        (1777291200000, NOON),
        ("0999-04-27T12:00:00Z", "0999-04-27T12:00:00.000000Z"),
        ("20260427T120000Z", NOON),
    ],
)
def test_times_in_all_the_usual_ways(value: Any, expected: str) -> None:
    assert moment(value, "timestamp") == expected


@pytest.mark.parametrize(
    ("lines", "row", "reason", "detail"),
    [
        ("", {"ts": None}, "no_timestamp", "timestamp"),
        ("", {"ts": "soon"}, "no_timestamp", "timestamp"),
        ("", {"ts": True}, "no_timestamp", "timestamp"),
        ("", {"ts": 10**30}, "no_timestamp", "timestamp"),
        ("", {"ts": "0001-01-01T00:00:00+23:00"}, "no_timestamp", "timestamp"),
        ('response = "r"', {"r": 5}, "wrong_type", "response"),
        ('response = "r"', {"r": {"secret": 1}}, "wrong_type", "response"),
        ('human = "h"', {"h": 1.5}, "wrong_type", "human"),
        ('human = "h"', {"h": 10**400}, "wrong_type", "human"),
        ('human = "h"', {"h": "yes"}, "wrong_type", "human"),
        ('errors = "e"', {"e": 1.5}, "wrong_type", "errors"),
        ('errors = "e"', {"e": -1}, "wrong_type", "errors"),
        ('run_id = "i"', {"i": "x" * 600}, "wrong_type", "run_id"),
        ('messages = "m"', {"m": [{"role": "narrator", "content": "secret"}]}, "wrong_type", "messages[0].role"),
        ('messages = "m"', {"m": "secret"}, "wrong_type", "messages"),
        ('measured = { tests_passed = "t" }', {"t": "secret"}, "wrong_type", "measured.tests_passed"),
        ('markers = { x = "m" }', {"m": {"secret": 1}}, "wrong_type", "x"),
        ('errors = "length(e)"', {"e": 5}, "wrong_type", "errors"),
        ('when = "w"', {"w": ""}, "not_learnable", "when"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_by_the_name_of_the_field(
    lines: str, row: dict[str, Any], reason: str, detail: str
) -> None:
    with pytest.raises(Refused) as caught:
        one(lines, **row)
    assert (caught.value.reason, caught.value.detail) == (reason, detail)


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("class = ", "no valid TOML"),
        ('class = "verdict"\nrule = "person"\n', "record"),
        ('class = "verdict"\nrule = "person"\nrecord = []\n', "record"),
        ('class = "verdict"\nrule = "person"\n[[record]]\nresponse = "r"\n', "timestamp"),
        (BASE + 'answer = "r"', "answer"),
        (BASE.replace("verdict", "guess"), "class"),
        (BASE.replace("person", "guess"), "no rule 'guess'"),
        (BASE + 'response = "a["', "no JMESPath"),
        (BASE + 'response = "nosuch(a)"', "nosuch"),
        (BASE + "response = 5", "response"),
        (BASE + "[record.words.humour]\nup = 1", "humour"),
        (BASE + 'measured = { speed = "s" }', "speed"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_told(mapping: str, told: str) -> None:
    with pytest.raises(MappingError, match=told):
        row_maker("stream", mapping, reviewed=True)


def test_the_mapping_in_the_docs_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text()
    block = page[page.index('    about = "Findings') : page.index("Each value is a [JMESPath]")]
    (record,) = records("mine", textwrap.dedent(block), {"ts": NOON, "severity": "Terrible", "finding_id": "F"})
    assert (record.model_role, held(record)) == ("judge", REJECTED)
    assert all(f"`{name}`" in page for name in {*RULES, *RecordMapping.__struct_fields__, *shipped()})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abrolecontent", max_size=7), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(name=st.sampled_from(sorted(EXPECTED)), data=st.data())
def test_any_row_is_a_record_or_refused(name: str, data: st.DataObject) -> None:
    """Rows of the shipped streams with values of any kind put in."""
    row = dict(data.draw(st.sampled_from(rows(name))))
    for key in data.draw(st.lists(st.sampled_from(sorted(row)), max_size=3)):
        row[key] = data.draw(ANYTHING)
    try:
        made = records(name, shipped()[name].read_text(), row)
    except Refused as why:
        assert why.reason in ("no_timestamp", "wrong_type", "not_learnable")
        return
    for record in made:
        assert msgspec.json.decode(msgspec.json.encode(record), type=EvidenceRecord) == record
    assert Counter(record.run_id for record in made).most_common(1)[0][1] == 1
