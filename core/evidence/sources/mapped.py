"""Makes evidence of another tool's rows, as its mapping says: every value checked, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from core.evidence.records import EvidenceRecord, Provenance
from core.evidence.sources import Refused
from core.evidence.sources.mapping import Getter, RecordMapping, StreamMapping, getter, read_mapping
from core.records import Message

MAPPED_VERSION = "1"
"""Counted up when the same row and mapping make another record: then streams are read anew."""
MILLISECONDS_FROM = 100_000_000_000
"""Numbers from here on are milliseconds: as seconds this is the year 5138, as milliseconds 1973."""
LARGEST = 2**53
PATH = re.compile(r"at `\$\.?([^`]*)`")
MESSAGE_FIELDS = frozenset(Message.__struct_fields__)
Convert = Callable[[Any, str], Any]


class Field(NamedTuple):
    """One field of the record: where its value is, and what it must be."""

    name: str
    get: Getter
    convert: Convert


def field(name: str, expression: str, convert: Convert, words: dict[str, Any] | None = None) -> Field:
    """Raises MappingError."""
    if words is None:
        return Field(name, getter(expression, name), convert)
    meanings = {word.lower(): meaning for word, meaning in words.items()}

    def worded(value: Any, name: str) -> Any:
        found = meanings.get(str(value).strip().lower())
        return None if found is None else convert(found, name)

    return Field(name, getter(expression, name), worded)


def values_of(fields: Sequence[Field], row: dict[str, Any]) -> dict[str, Any]:
    """What the row has of these. Raises Refused."""
    found = {}
    name = ""
    try:
        for name, get, convert in fields:
            value = get(row)
            if value is not None and (value := convert(value, name)) is not None:
                found[name] = value
    except ValueError as error:  # jmespath's own errors: a function that was given the wrong type
        raise Refused("wrong_type", name) from error
    return found


def row_maker(
    name: str, mapping: str, *, reviewed: bool
) -> Callable[[dict[str, Any], Provenance], Sequence[EvidenceRecord]]:
    """What makes the records of one row of the stream `name`: one, or as many as the mapping says; none is refused.

    mapping: the text of its TOML. Raises MappingError; the maker raises Refused.
    """
    told = read_mapping(mapping)
    makers = [
        _Maker(name, told, one, suffix=f"/{place}" if place > 1 else "", reviewed=reviewed)
        for place, one in enumerate(told.record, start=1)
    ]

    def records(row: dict[str, Any], provenance: Provenance) -> Sequence[EvidenceRecord]:
        made = tuple(record for maker in makers if (record := maker.record(row, provenance)) is not None)
        if not made:
            raise Refused("not_learnable", "when")
        return made

    return records


class _Maker:
    """Makes one record of a row, or none where the mapping's `when` is not met."""

    def __init__(self, name: str, told: StreamMapping, one: RecordMapping, *, suffix: str, reviewed: bool) -> None:
        self._name = name
        self._suffix = suffix
        self._when = [field("when", one.when, as_it_is)] if one.when is not None else []
        self._always: dict[str, Any] = {
            "source": name, "source_class": told.source_class, "rule": told.rule, "model_role": told.role,
            "origin": "import", "reviewed": reviewed, "query_class": told.query_class, "complexity": told.complexity,
            "agentic": told.agentic,
        }  # fmt: skip
        self._fields = [_field(each, one) for each in PLAIN if getattr(one, each) is not None]
        self._conversation = [_field(each, one) for each in CONVERSATION if getattr(one, each) is not None]
        self._measured = [field(n, path, as_it_is, one.words.get(n)) for n, path in one.measured.items()]
        self._markers = [field(n, path, scalar, one.words.get(n)) for n, path in one.markers.items()]

    def record(self, row: dict[str, Any], provenance: Provenance) -> EvidenceRecord | None:
        if self._when and values_of(self._when, row).get("when") in (None, False, "", [], {}):
            return None
        values = self._always | values_of(self._fields, row)
        if "timestamp" not in values:
            raise Refused("no_timestamp", "timestamp")
        if (seconds := values.pop("duration_s", None)) is not None:
            values["duration_ms"] = seconds * 1000
        self._name_it(values, provenance)
        if self._conversation:
            values["messages"], values["response"] = conversation(values_of(self._conversation, row))
        if self._measured:
            values["measured"] = values_of(self._measured, row)
        if self._markers:
            values["markers"] = values_of(self._markers, row)
        values["provenance"] = provenance
        return checked(values)

    def _name_it(self, values: dict[str, Any], provenance: Provenance) -> None:
        """Ids of different streams never meet; tasks do."""
        run_id = values.get("run_id") or f"{provenance.sig_hash[:32]}{self._suffix}"
        values["run_id"] = f"{self._name}:{run_id}"
        values["task_id"] = values.get("task_id") or values["run_id"]
        values.setdefault("conversation_id", values["task_id"])


def checked(values: dict[str, Any]) -> EvidenceRecord:
    """Raises Refused with the name of the field that is wrong; never with its text."""
    try:
        return msgspec.convert(values, EvidenceRecord)
    except msgspec.ValidationError as error:
        found = PATH.search(str(error))
        raise Refused("wrong_type", found[1] if found else "") from error


def conversation(values: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The messages of the request, and the answer."""
    messages = [{"role": "system", "content": values["system"]}] if values.get("system") else []
    messages += values.get("messages") or []
    if values.get("prompt"):
        messages.append({"role": "user", "content": values["prompt"]})
    response = values.get("response")
    if response is None and messages and messages[-1].get("role") == "assistant":
        response = messages.pop().get("content")
    return messages, response or ""


def text(value: Any, name: str) -> str:
    if isinstance(value, str):
        return value
    raise Refused("wrong_type", name)


def identity(value: Any, name: str) -> str:
    """An id, which may be a number."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Refused("wrong_type", name)


def share(value: Any, name: str) -> float:
    """A yes, a no, or a number; its range is checked with the record."""
    if isinstance(value, bool | int | float) and abs(value) < LARGEST:
        return float(value)
    raise Refused("wrong_type", name)


def count(value: Any, name: str) -> int:
    """A whole number; of a list, how many it holds."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST or value % 1:
        raise Refused("wrong_type", name)
    return int(value)


def scalar(value: Any, name: str) -> Any:
    """A marker; of a list, how many it holds."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, dict):
        raise Refused("wrong_type", name)
    return value


def as_it_is(value: Any, name: str) -> Any:
    return value


def chat(value: Any, name: str) -> list[dict[str, Any]]:
    """Messages with what we keep of each; parts of text run together."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Refused("wrong_type", name)
    return [{key: each[key] for key in each if key in MESSAGE_FIELDS} for each in value]


def names(value: Any, name: str) -> list[str]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return sorted(set(value))
    raise Refused("wrong_type", name)


def moment(value: Any, name: str) -> str:
    """Any of the usual ways to write a time, as `core.clock.stamp` writes it. Raises Refused."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            zone = found.tzinfo
            found = found if zone is UTC or zone is None else found.astimezone(UTC)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found = datetime.fromtimestamp(value / 1000 if abs(value) >= MILLISECONDS_FROM else value, UTC)
        else:
            raise Refused("no_timestamp", name)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused("no_timestamp", name) from error
    return f"{found.isoformat(timespec='microseconds')[:26]}Z"  # a tenth of what strftime takes


PLAIN: dict[str, Convert] = {
    "timestamp": moment, "run_id": identity, "task_id": identity, "model": text, "conversation_id": identity,
    "human": share, "tests": share, "reported": share, "success": as_it_is, "errors": count, "retries": count,
    "duration_ms": as_it_is, "duration_s": share, "missing_files": names,
}  # fmt: skip
CONVERSATION: dict[str, Convert] = {"system": text, "prompt": text, "messages": chat, "response": text}


def _field(name: str, one: RecordMapping) -> Field:
    convert = PLAIN.get(name) or CONVERSATION[name]
    return field(name, getattr(one, name), convert, one.words.get(name))
