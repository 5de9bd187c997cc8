"""Migrations: numbered, whole or not at all, a backup first, a newer or foreign file refused."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from core.database import Database, migrations
from core.database.backup import KEPT, Backups
from core.database.deletion import delete_rows
from core.database.migrations import MIGRATIONS, Migration, migrate, version
from core.errors import ConfigError, DatabaseError
from core.paths import Home
from tests.database.making import thumb, trace

FIXTURES = Path(__file__).parent / "fixtures"
NEXT = Migration(len(MIGRATIONS) + 1, "a column", "ALTER TABLE jobs ADD COLUMN extra TEXT; CREATE TABLE more (x);")
BROKEN = Migration(NEXT.number, "broken", "CREATE TABLE half_way (x); CREATE TABLE half_way (x);")


def schema(connection: apsw.Connection) -> list[object]:
    return connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
    ).fetchall()


def restore(home: Home, dump: Path) -> None:
    connection = apsw.Connection(str(home.database))
    connection.execute(dump.read_text()).fetchall()
    connection.close()


@pytest.mark.parametrize("dump", sorted(FIXTURES.glob("schema_v*.sql")), ids=lambda path: path.stem)
def test_every_shipped_schema_is_upgraded_with_its_data(home: Home, tmp_path: Path, dump: Path) -> None:
    restore(home, dump)
    with Database.open(home) as old, Database.open(Home(tmp_path / "fresh")) as fresh:
        assert schema(old._connections.get()) == schema(fresh._connections.get())
        assert old.integrity_check() == []
        assert old.traces.get("accepted").response == "North of Quuxia."
        assert [t.id for t in old.traces.search("corrected")] == ["corrected"]
        answers = {e.trace_id: (e.kind, e.answer) for e in old.exemplars.all()}
        assert answers == {
            "accepted": ("accepted", "North of Quuxia."),
            "corrected": ("accepted", "The better answer."),
            "partial": ("partial", "Somewhere."),
        }
        assert old.feedback.label("rejected").verdict == "rejected"
        assert old.jobs.get("job").state == "done"
        assert old.reviews.get("review").state == "approved"
        assert old.counts().traces == (4 if dump.stem < "schema_v3" else 5)
        old.traces.add(trace("new"))
        old.feedback.add(thumb("new", "new", True))
        old.traces.delete("corrected")
        assert old.integrity_check() == []


@pytest.mark.parametrize("dump", sorted(FIXTURES.glob("schema_v*.sql"))[2:], ids=lambda path: path.stem)
def test_what_was_imported_is_there_after_an_upgrade(home: Home, dump: Path) -> None:
    restore(home, dump)
    with Database.open(home) as old:
        assert old.imports.get("chats").counts == {"new": 1}
        assert old.imports.sources_of(["imported", "accepted"])["imported"].line_offset == 7
        assert old.sources.get("audits").path == "/data/audits.jsonl"
        assert old.forgotten.all() == {"2" * 64}
        assert [pair.run_id for _, pair in old.pairs.page("coder")] == ["accepted"]
        assert old.exemplars.of_traces(["imported"]) == {}
        old.reviews.decide("import:chats", "approved", decided_at="2026-11-22T00:00:00.000000Z")
        assert old.exemplars.of_traces(["imported"])["imported"].answer == "A chat."
        assert old.integrity_check() == []


def test_there_is_a_fixture_for_every_schema() -> None:
    assert [path.stem for path in sorted(FIXTURES.glob("*.sql"))] == [f"schema_v{m.number}" for m in MIGRATIONS]
    assert [m.number for m in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_each_migration_is_recorded(database: Database) -> None:
    recorded = database._connections.rows("SELECT number, name FROM migrations ORDER BY number")
    assert recorded == [(m.number, m.name) for m in MIGRATIONS]
    assert version(database._connections.get()) == MIGRATIONS[-1].number


def test_a_backup_comes_first_and_holds_the_state_before(
    home: Home, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.traces.add(trace("a"))
    database.close()
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, NEXT))
    monkeypatch.setattr(migrate, "__kwdefaults__", {"migrations": (*MIGRATIONS, NEXT)})
    with Database.open(home) as upgraded:
        assert version(upgraded._connections.get()) == NEXT.number
        assert upgraded.traces.get("a").id == "a"
    (copy,) = home.backups.iterdir()
    connection = apsw.Connection(str(copy))
    assert version(connection) == MIGRATIONS[-1].number
    assert connection.execute("SELECT trace_id FROM traces").fetchall() == [("a",)]
    connection.close()
    assert copy.stat().st_mode & 0o077 == 0


def test_a_failed_migration_leaves_the_file_as_it_was(home: Home, database: Database) -> None:
    connection = database._connections.get()
    before = schema(connection)
    with pytest.raises(apsw.SQLError):
        migrate(
            connection,
            backups=Backups(home.backups, delete_rows),
            applied_at="2026",
            migrations=(*MIGRATIONS, BROKEN),
        )
    assert schema(connection) == before
    assert version(connection) == MIGRATIONS[-1].number
    database.traces.add(trace("a"))


def test_only_the_last_backups_are_kept(home: Home, database: Database) -> None:
    backups = Backups(home.backups, delete_rows)
    for day in range(1, KEPT + 3):
        backups.take(database._connections.get(), version=1, stamp=f"2026-01-0{day}T00:00:00.000000Z")
    assert [path.name[:26] for path in backups.all()] == [f"nightschool-v1-2026-01-0{day}T0"[:26] for day in (3, 4, 5)]


def test_a_newer_database_is_refused_and_untouched(home: Home, database: Database) -> None:
    database._connections.rows(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    database.close()
    before = home.database.read_bytes()
    with pytest.raises(DatabaseError, match="newer Nightschool"):
        Database.open(home)
    assert home.database.read_bytes() == before


def test_a_file_of_another_program_is_refused(home: Home) -> None:
    other = apsw.Connection(str(home.database))
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(DatabaseError, match="not written by Nightschool"):
        Database.open(home)


@pytest.mark.parametrize("content", [b"hello, this is no database at all" * 99, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_said_to_be_damaged(home: Home, content: bytes) -> None:
    home.database.write_bytes(content)
    with pytest.raises(DatabaseError, match="damaged"):
        Database.open(home)


def test_a_home_stays_what_it_was_created_as(home: Home, database: Database) -> None:
    with pytest.raises(ConfigError, match="a real home"):
        Database.open(home, simulated=True)
    with Database.open(home) as again:
        assert again.simulated is False


def test_the_file_is_private_and_durable(home: Home, database: Database) -> None:
    database.traces.add(trace("a"))
    for path in home.root.glob("nightschool.db*"):
        assert path.stat().st_mode & 0o077 == 0, path.name
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "recursive_triggers": 1}
    pragmas |= {"temp_store": 2, "trusted_schema": 0}
    for name, expected in pragmas.items():
        assert database._connections.value(f"PRAGMA {name}") == expected, name
