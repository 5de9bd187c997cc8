"""What was begun, on disk before anything goes; and the receipts of what was done."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from core.clock import stamp
from core.evidence.partitions import write_lines
from core.forget.records import Intent, Receipt
from core.paths import Home

UNREADABLE = ".unreadable"
_intent = msgspec.json.Decoder(Intent).decode


class Intents:
    """`receipts/forget/<id>.json`, and `receipts/forget/.pending/<id>.json` while it is under way."""

    def __init__(self, home: Home) -> None:
        self._folder, self._begun = home.receipts / "forget", home.begun_forgettings

    def pending(self) -> list[Intent]:
        """In order of time; without those that cannot be read. Changes nothing."""
        found = (_read(path) for path in self._waiting())
        return sorted((one for one in found if one is not None), key=lambda one: (one.at, one.id))

    def wait(self) -> bool:
        """Whether anything was begun that is neither done nor set aside."""
        return bool(self._waiting())

    def set_aside(self) -> None:
        """What cannot be read (damaged, or of a newer version) is kept as `<id>.unreadable` and holds nothing up."""
        for path in self._waiting():
            if _read(path) is None:
                path.replace(path.with_suffix(UNREADABLE))

    def unreadable(self) -> list[Path]:
        """What was set aside: nobody can say what was to be forgotten, so a person must be told."""
        return sorted(self._begun.glob(f"forget_*{UNREADABLE}"))

    def begin(self, intent: Intent) -> None:
        """Durable when it returns. Raises OSError."""
        write_lines(self._begun / f"{intent.id}.json", [msgspec.json.encode(intent)])

    def end(self, receipt: Receipt) -> None:
        """The receipt stands, read again, before the intent goes."""
        path = self._folder / f"{receipt.id}.json"
        encoded = msgspec.json.format(msgspec.json.encode(receipt, order="deterministic"), indent=2)
        write_lines(path, [encoded])
        if msgspec.json.decode(path.read_bytes(), type=Receipt) != receipt:
            raise OSError(f"{path.name} was not written as it was given")
        (self._begun / path.name).unlink(missing_ok=True)

    def receipts(self) -> list[Receipt]:
        """In order of time."""
        read = (msgspec.json.decode(path.read_bytes(), type=Receipt) for path in self._folder.glob("forget_*.json"))
        return sorted(read, key=lambda one: (one.recorded_at, one.id))

    @staticmethod
    def stamp(now: datetime) -> str:
        return stamp(now)

    def _waiting(self) -> list[Path]:
        return sorted(self._begun.glob("forget_*.json"))


def _read(path: Path) -> Intent | None:
    """None where it cannot be understood. Raises OSError."""
    try:
        return _intent(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
