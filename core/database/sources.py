"""Registered streams: JSONL files of other programs that are read in place, each through its mapping."""

from __future__ import annotations

from core.database.connection import Connections, Row
from core.errors import BadRequest, NotFound
from core.records import Record

COLUMNS = "name, path, mapping, added_at, source_file"
REVIEW = "source:"
"""A review of kind `import` with this and the stream's name decides whether its rows may be learned from."""


class RegisteredSource(Record, frozen=True):
    """`mapping` is the text of the mapping file, as it was when the stream was registered."""

    name: str
    path: str
    mapping: str
    added_at: str
    source_file: str = ""
    """The path as it was given, which stands in the provenance of its rows; `path` itself where it is ""."""

    @property
    def review_id(self) -> str:
        return f"{REVIEW}{self.name}"


class Sources:
    """Which streams there are; their rows are never copied in here."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, source: RegisteredSource) -> bool:
        """False when it was there already, just so. Raises BadRequest when the name is another stream's."""
        with self._connections.transaction():
            known = self._connections.row(f"SELECT {COLUMNS} FROM sources WHERE name = ?", (source.name,))
            if known is not None:
                if known[1:3] != (source.path, source.mapping):
                    raise BadRequest(
                        f"There is a source {source.name} already, of another file or mapping.",
                        param="name",
                        hint="Give this one another name with --name, or forget the other one first.",
                    )
                return False
            self._connections.rows(
                f"INSERT INTO sources ({COLUMNS}) VALUES (?, ?, ?, ?, ?)",
                (source.name, source.path, source.mapping, source.added_at, source.source_file or source.path),
            )
        return True

    def get(self, name: str) -> RegisteredSource:
        """Raises NotFound."""
        row = self._connections.row(f"SELECT {COLUMNS} FROM sources WHERE name = ?", (name,))
        if row is None:
            raise NotFound(f"There is no source {name}.")
        return _source(row)

    def all(self) -> list[RegisteredSource]:
        """In order of name."""
        return [_source(row) for row in self._connections.rows(f"SELECT {COLUMNS} FROM sources ORDER BY name")]

    def reviewed(self, name: str) -> bool:
        """Whether a person approved it."""
        found = self._connections.row(
            "SELECT 1 FROM reviews WHERE review_id = ? AND kind = 'import' AND state = 'approved'", (f"{REVIEW}{name}",)
        )
        return found is not None

    def forget(self, name: str) -> bool:
        """Takes the stream and its review away; its file stays where it is. False when there was none."""
        with self._connections.transaction():
            self._connections.rows("DELETE FROM reviews WHERE review_id = ?", (f"{REVIEW}{name}",))
            gone = self._connections.rows("DELETE FROM sources WHERE name = ? RETURNING 1", (name,))
        return bool(gone)


def _source(row: Row) -> RegisteredSource:
    return RegisteredSource(**dict(zip(RegisteredSource.__struct_fields__, row, strict=True)))
