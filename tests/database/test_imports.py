"""Imports: one review decides for all their traces, and what was deleted does not come back."""

from __future__ import annotations

import apsw
import pytest

from core.database import Database, Import, RegisteredSource, Review, TraceSource
from core.errors import BadRequest, NotFound
from tests.database.making import thumb, tick, trace


def begun(database: Database, import_id: str = "one", traces: tuple[str, ...] = ("a", "b", "c")) -> Import:
    """An import of some traces; each has a thumb up but the last."""
    one = Import(import_id=import_id, format="chatgpt", source_file="x.zip", sha256="0" * 64, recorded_at=tick())
    database.imports.begin(one)
    for number, trace_id in enumerate(traces):
        database.traces.add(trace(trace_id, origin="import"))
        database.imports.add_source(
            TraceSource(
                trace_id=trace_id, import_id=import_id, source_file="x.zip", line_offset=number, sig_hash=sig(trace_id)
            )
        )
        if trace_id != traces[-1]:
            database.feedback.add(thumb(f"{trace_id}-up", trace_id, True))
    database.reviews.add(Review(id=one.review_id, kind="import", title="Chats", body={}, created_at=tick()))
    return one


def sig(trace_id: str) -> str:
    return trace_id.encode().hex().rjust(64, "0")


def test_an_import_is_kept_and_counted(database: Database) -> None:
    one = begun(database)
    assert database.imports.get("one") == one
    database.imports.begin(Import(**{**_fields(one), "format": "another"}))
    assert database.imports.get("one") == one, "the same id again changes nothing"
    database.imports.count("one", {"new": 3})
    assert database.imports.get("one").counts == {"new": 3}
    assert database.imports.all() == [database.imports.get("one")]
    assert database.imports.trace_ids("one") == ["a", "b", "c"]
    assert database.imports.known(["a", "x"]) == {"a"}
    for missing in (lambda: database.imports.get("x"), lambda: database.imports.count("x", {})):
        with pytest.raises(NotFound):
            missing()


def _fields(one: Import) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def test_one_review_decides_for_all_traces_of_an_import(database: Database) -> None:
    one = begun(database)
    begun(database, "other", ("x", "y"))
    assert database.exemplars.count() == 0, "an import waits for its review"
    assert database.imports.reviewed(["a", "x"]) == set()
    before = database.last_change()
    database.reviews.decide(one.review_id, "approved", decided_at=tick())
    assert set(database.exemplars.of_traces(["a", "b", "c", "x", "y"])) == {"a", "b"}
    assert database.imports.reviewed(["a", "c", "x", "unknown"]) == {"a", "c"}
    changes = database.changes_since(before)
    assert [(change.kind, change.trace_id, change.subject) for change in changes] == [
        ("review", trace_id, one.review_id) for trace_id in ("a", "b", "c")
    ]
    assert [change.row for change in changes] == [1, 2, None]
    assert database.integrity_check() == []


def test_a_thumb_given_after_the_review_counts_at_once(database: Database) -> None:
    one = begun(database)
    database.reviews.decide(one.review_id, "approved", decided_at=tick())
    database.feedback.add(thumb("late", "c", True))
    assert database.exemplars.count() == 3


def test_a_refused_import_teaches_nothing(database: Database) -> None:
    one = begun(database)
    database.reviews.decide(one.review_id, "rejected", decided_at=tick())
    assert database.exemplars.count() == 0
    assert database.integrity_check() == []


def test_a_review_of_another_kind_with_that_id_decides_nothing(database: Database) -> None:
    one = Import(import_id="odd", format="chatgpt", source_file="x", sha256="0" * 64, recorded_at=tick())
    database.reviews.add(Review(id=one.review_id, kind="edit", title="No import", body={}, created_at=tick()))
    begun(database, "odd")
    database.reviews.decide(one.review_id, "approved", decided_at=tick())
    database.reviews.add(Review(id="r", kind="edit", title="One", body={}, created_at=tick(), trace_id="a"))
    database.reviews.decide("r", "approved", decided_at=tick())
    assert database.exemplars.count() == 0
    assert database.imports.reviewed(["a", "b"]) == set()
    assert database.integrity_check() == []


def test_deciding_about_an_import_that_is_gone_is_told_all_the_same(database: Database) -> None:
    one = begun(database)
    database.traces.delete_many(["a", "b", "c"])
    before = database.last_change()
    database.reviews.decide(one.review_id, "approved", decided_at=tick())
    assert [(c.kind, c.subject) for c in database.changes_since(before)] == [("review", one.review_id)]


def test_what_was_imported_is_not_the_last_answer(database: Database) -> None:
    database.traces.add(trace("mine"))
    begun(database)
    assert database.traces.last().id == "mine"


def test_the_review_of_a_single_trace_still_counts(database: Database) -> None:
    begun(database)
    database.reviews.add(Review(id="r", kind="import", title="One", body={}, created_at=tick(), trace_id="a"))
    database.reviews.decide("r", "approved", decided_at=tick())
    assert list(database.exemplars.of_traces(["a", "b"])) == ["a"]
    assert database.imports.reviewed(["a", "b"]) == {"a"}


def test_what_is_deleted_is_remembered_by_its_hash_only_and_stays_away(database: Database) -> None:
    begun(database)
    report = database.traces.delete("a")
    assert report.rows["trace_sources"] == 1
    assert database.traces.deleted_ids() == {"a"}
    assert database.forgotten.all() == {sig("a")} and database.forgotten.contains(sig("a"))
    assert database.forgotten.of([sig("a"), sig("b")]) == {sig("a")}
    database.traces.add(trace("again", origin="import"))
    with pytest.raises(apsw.ConstraintError, match="forgotten"):
        database.imports.add_source(
            TraceSource(trace_id="again", import_id="one", source_file="x", line_offset=0, sig_hash=sig("a"))
        )
    assert database.integrity_check() == []


def test_two_traces_are_never_made_from_one_row(database: Database) -> None:
    begun(database)
    database.traces.add(trace("twice", origin="import"))
    with pytest.raises(apsw.ConstraintError):
        database.imports.add_source(
            TraceSource(trace_id="twice", import_id="one", source_file="x", line_offset=0, sig_hash=sig("b"))
        )


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE trace_sources SET line_offset = 9",
        "DELETE FROM trace_sources",
        "DELETE FROM forgotten_rows",
        "UPDATE forgotten_rows SET sig_hash = 'x'",
    ],
)
def test_where_things_came_from_cannot_be_changed(database: Database, harm: str) -> None:
    begun(database)
    database.forgotten.add(["f" * 64])
    with pytest.raises(apsw.ConstraintError, match="append-only"):
        database._connections.rows(harm)


def test_an_import_is_forgotten_only_after_its_traces(database: Database) -> None:
    one = begun(database)
    with pytest.raises(apsw.ConstraintError):
        database.imports.forget("one")
    assert database.reviews.get(one.review_id).state == "pending", "all or nothing"
    database.traces.delete_many(database.imports.trace_ids("one"))
    assert database.imports.forget("one") is True
    assert database.imports.forget("one") is False
    with pytest.raises(NotFound):
        database.reviews.get(one.review_id)
    assert database.imports.all() == []


def test_a_stream_is_registered_once_and_reviewed_as_a_whole(database: Database) -> None:
    stream = RegisteredSource(
        name="audits", path="/data/audits.jsonl", mapping="x = 1", added_at=tick(), source_file="audits.jsonl"
    )
    assert database.sources.add(stream) is True
    assert database.sources.add(stream) is False
    with pytest.raises(BadRequest, match="audits already"):
        database.sources.add(RegisteredSource(name="audits", path="/else", mapping="x = 1", added_at=tick()))
    assert database.sources.get("audits") == stream
    assert database.sources.all() == [stream]
    assert database.sources.reviewed("audits") is False
    database.reviews.add(Review(id=stream.review_id, kind="import", title="Audits", body={}, created_at=tick()))
    before = database.last_change()
    database.reviews.decide(stream.review_id, "approved", decided_at=tick())
    assert database.sources.reviewed("audits") is True
    assert [(c.kind, c.subject) for c in database.changes_since(before)] == [("review", "source:audits")]
    assert database.sources.forget("audits") is True
    assert database.sources.forget("audits") is False
    assert database.sources.reviewed("audits") is False
    with pytest.raises(NotFound):
        database.sources.get("audits")
