"""Reads a mapping: TOML that says by JMESPath where in another tool's row each field of a record is found."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from core.errors import NightschoolError
from core.evidence.records import Measured, SourceClass
from core.evidence.rules import RULES
from core.paths import resources
from core.records import Complexity, QueryClass, Record, Role

Expression = Annotated[str, Meta(min_length=1, max_length=2000)]
"""JMESPath (jmespath.org), of the whole row."""
Word = str | int | float | bool
Getter = Callable[[dict[str, Any]], Any]
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
RAW = re.compile(r"'([^'\\]*)'")
FIRST = re.compile(rf"{NAME.pattern}(\s*\|\|\s*{NAME.pattern})+")


class MappingError(NightschoolError):
    """A mapping that cannot be followed."""

    code, status, title = "mapping_error", 400, "This mapping cannot be used"


class RecordMapping(Record, frozen=True):
    """One record that is made of each row: for each field, the expression that finds it. `timestamp` is needed."""

    timestamp: Expression
    """ISO-8601 (UTC where it names no zone), or seconds or milliseconds since 1970."""
    when: Expression | None = None
    """Only rows where this is found, and neither false nor empty, give this record."""
    run_id: Expression | None = None
    """Without it, the row's hash. The stream's name is put before it."""
    task_id: Expression | None = None
    """What the same task has in common, in all streams; without it, the run id."""
    model: Expression | None = None
    conversation_id: Expression | None = None
    """Without it, the task: what is held back is then held back whole."""
    system: Expression | None = None
    prompt: Expression | None = None
    messages: Expression | None = None
    """A list of {role, content}; a last one of the assistant is the response, where no other is named."""
    response: Expression | None = None
    human: Expression | None = None
    """True, false, or a share from 0 to 1."""
    tests: Expression | None = None
    reported: Expression | None = None
    success: Expression | None = None
    errors: Expression | None = None
    retries: Expression | None = None
    duration_ms: Expression | None = None
    duration_s: Expression | None = None
    missing_files: Expression | None = None
    measured: dict[str, Expression] = msgspec.field(default_factory=dict)
    markers: dict[str, Expression] = msgspec.field(default_factory=dict)
    """What the rule reads."""
    words: dict[str, dict[str, Word]] = msgspec.field(default_factory=dict)
    """Of a field or marker: the row's word, and what it means here. A word that is not in the list is as none."""


class StreamMapping(Record, frozen=True, rename={"source_class": "class"}):
    """A mapping file."""

    source_class: SourceClass
    rule: str
    record: Annotated[tuple[RecordMapping, ...], Meta(min_length=1, max_length=8)]
    about: str = ""
    """What the stream is, for people."""
    role: Role = "assistant"
    query_class: QueryClass = "chat"
    complexity: Complexity = "easy"
    agentic: bool = False


def read_mapping(text: str) -> StreamMapping:
    """The mapping of a TOML text, with everything in it that can be wrong found. Raises MappingError."""
    try:
        found = msgspec.convert(tomllib.loads(text), StreamMapping)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingError(f"The mapping is no valid TOML: {error}.") from error
    except msgspec.ValidationError as error:
        raise MappingError(
            f"The mapping cannot be followed: {error}.", hint="docs/evidence.md tells its keys."
        ) from error
    if found.rule not in RULES:
        raise MappingError(f"There is no rule {found.rule!r}.", hint=f"The rules are: {', '.join(RULES)}.")
    for record in found.record:
        refuse_unknown_names(record)
    return found


def refuse_unknown_names(record: RecordMapping) -> None:
    known = {*RecordMapping.__struct_fields__, *record.markers, *record.measured}
    for name in record.words:
        if name not in known:
            raise MappingError(f"`words` speaks of {name!r}, which is no field of the record.")
    for name in record.measured:
        if name not in Measured.__struct_fields__:
            hint = f"Measured are: {', '.join(Measured.__struct_fields__)}."
            raise MappingError(f"`measured` speaks of {name!r}, which is not measured.", hint=hint)


def getter(expression: str, field: str) -> Getter:
    """What finds an expression's value in a row: a plain look-up where that is enough. Raises MappingError."""
    if NAME.fullmatch(expression):
        return path_getter(tuple(expression.split(".")))
    if found := RAW.fullmatch(expression):
        constant = found[1]
        return lambda row: constant
    if FIRST.fullmatch(expression):
        return first_getter([path_getter(tuple(part.strip().split("."))) for part in expression.split("||")])
    import jmespath  # only where a mapping needs more than a path

    try:
        found = jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as error:
        told = str(error).splitlines()[0].rstrip(":")
        raise MappingError(f"{field}: {expression!r} is no JMESPath expression: {told}.") from error
    known = jmespath.functions.Functions.FUNCTION_TABLE
    if unknown := [name for name in functions_in(found.parsed) if name not in known]:
        raise MappingError(
            f"{field}: JMESPath has no function {unknown[0]}.", hint=f"It has: {', '.join(sorted(known))}."
        )
    return found.search  # type: ignore[no-any-return]


def functions_in(tree: dict[str, Any]) -> Iterator[str]:
    """Names that a parsed expression calls: jmespath itself looks only when it gets there."""
    if tree["type"] == "function_expression":
        yield tree["value"]
    for child in tree["children"]:
        yield from functions_in(child) if isinstance(child, dict) else ()


def path_getter(names: tuple[str, ...]) -> Getter:
    first, rest = names[0], names[1:]
    if not rest:
        return lambda row: row.get(first)

    def get(row: dict[str, Any]) -> Any:
        value: Any = row.get(first)
        for name in rest:
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    return get


def first_getter(getters: list[Getter]) -> Getter:
    """As `||` does: the first that is there and neither false nor empty (0 is neither), else the last."""

    def get(row: dict[str, Any]) -> Any:
        value: Any = None
        for one in getters:
            value = one(row)
            if value or (value == 0 and value is not False):
                return value
        return value

    return get


def shipped() -> dict[str, Path]:
    """The mappings that come with Nightschool, by the name of their stream."""
    return {path.stem: path for path in sorted((resources() / "mappings").glob("*.toml"))}
