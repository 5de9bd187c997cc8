"""JSON Schema to a GBNF grammar, with limits, so that whatever the model writes satisfies the schema.

The grammar may allow less than the schema (properties that it does not name are not invented, a date's day ends at
28), never more: a keyword that cannot be kept is refused by name instead of being ignored; only `oneOf` is read as
`anyOf`. llama-cpp-python's converter is not used: at 0.3.36 it does not escape backslashes (a quote in a property's
name ends the literal), merges definitions whose paths end alike, drops what it does not know, and recurses freely.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NoReturn

from core.engine.grammar_check import check
from core.engine.json_grammar import FORMATS, MOST, PRIMITIVES, choices, encoded, literal, whole_between
from core.engine.pattern_grammar import from_pattern
from core.errors import BadRequest

__all__ = ["Converter", "bounded", "check", "from_schema", "json_object", "literal"]

MAX_DEPTH: Final = 32
MAX_SCHEMAS: Final = 2000
MAX_CHOICES: Final = 2000
MAX_CHARACTERS: Final = 200_000
MAX_REPEAT: Final = 1000
MAX_OPTIONAL: Final = 64
"""Optional properties of one object: each may come next after each, which the sampler tries for every token."""
TYPES: Final = ("object", "array", "string", "number", "integer", "boolean", "null")
NOT_KEPT: Final = (
    *("patternProperties", "propertyNames", "minProperties", "maxProperties", "multipleOf", "not", "if"),
    *("contains", "uniqueItems", "dependentRequired", "dependentSchemas", "dependencies", "$dynamicRef"),
    *("unevaluatedItems", "contentEncoding"),
)
IMPLIED: Final[dict[str, str]] = {
    **dict.fromkeys(("properties", "required", "additionalProperties"), "object"),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems"), "array"),
    **dict.fromkeys(("minLength", "maxLength", "format", "pattern"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), "number"),
}
NOTES: Final = frozenset(
    (
        *("title", "description", "default", "examples", "$schema", "$id", "$comment", "$anchor", "$defs"),
        *("definitions", "deprecated", "readOnly", "writeOnly", "strict", "discriminator", "name"),
    )
)
"""Keywords that say nothing about which values are allowed."""
NOTHING: Final = '""'

Schema = Mapping[str, Any]


def from_schema(schema: Schema) -> str:
    """The grammar of the JSON texts that satisfy `schema`. Raises BadRequest (param `json_schema`), in bounded time."""
    return _from_text(bounded(schema))


def bounded(schema: Schema) -> str:
    """The schema as JSON. Raises BadRequest when it is too long, nested too deeply, or not JSON."""
    try:
        text = json.dumps(schema, ensure_ascii=False)
    except (RecursionError, ValueError, TypeError):
        refuse("it is nested too deeply, or not JSON")
    if len(text) > MAX_CHARACTERS:
        refuse(f"it is longer than {MAX_CHARACTERS // 1000} thousand characters")
    return text


@lru_cache(maxsize=64)
def _from_text(text: str) -> str:
    schema = json.loads(text)
    converter = Converter(schema)
    converter.rules["root"] = converter.visit(schema, 0)
    return converter.grammar()


def json_object() -> str:
    """The grammar of any JSON object (`response_format: json_object`)."""
    return from_schema({"type": "object"})


def refuse(why: str) -> NoReturn:
    raise BadRequest(f"The JSON schema cannot be used: {why}.", param="json_schema")


class Converter:
    """One schema document becoming rules. `visit` returns an expression; what is used twice gets a rule."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.rules: dict[str, str] = {}
        self.references: dict[str, str] = {}
        self.seen = 0

    def grammar(self) -> str:
        """All rules as text, checked. Raises BadRequest."""
        text = "\n".join(f"{name} ::= {rule}" for name, rule in sorted(self.rules.items()))
        check(text)
        return text

    def add(self, expression: str) -> str:
        name = f"r{len(self.rules)}"
        self.rules[name] = expression
        return name

    def use(self, primitive: str) -> str:
        todo = [primitive]
        while todo:
            name = todo.pop()
            if name not in self.rules:
                self.rules[name], needed = PRIMITIVES[name]
                todo += needed
        return primitive

    def visit(self, schema: Any, depth: int) -> str:
        """The name of a rule for the values that satisfy this schema."""
        self.seen += 1
        if depth > MAX_DEPTH or self.seen > MAX_SCHEMAS:
            refuse(f"it is nested deeper than {MAX_DEPTH}, or has more than {MAX_SCHEMAS} parts")
        if schema is True:
            return self.use("value")
        if not isinstance(schema, Mapping):
            refuse("a part of it is not a schema, or allows nothing")
        for keyword in NOT_KEPT:
            if schema.get(keyword):
                refuse(f"{keyword!r} is not supported")
        return self.add(self.expression({k: v for k, v in schema.items() if k not in NOTES}, depth))

    def expression(self, schema: Schema, depth: int) -> str:
        if "$ref" in schema:
            return self.reference(schema, depth)
        if "allOf" in schema:
            return self.visit(self.merged(schema, depth), depth + 1)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                return self.union(schema, keyword, depth)
        if "const" in schema or "enum" in schema:
            return self.fixed(schema)
        kind = schema.get("type") or next((IMPLIED[k] for k in schema if k in IMPLIED), None)
        if isinstance(kind, list | tuple):
            names = [self.visit({**schema, "type": each}, depth + 1) for each in kind]
            return " | ".join(dict.fromkeys(names)) or refuse("its list of types is empty")
        return self.typed(kind, schema, depth)

    def typed(self, kind: Any, schema: Schema, depth: int) -> str:
        if kind is None:
            return self.use("value")
        if kind not in TYPES:
            refuse(f"the type {str(kind)[:40]!r} is unknown")
        if kind == "object":
            return self.object(schema, depth)
        if kind == "array":
            return self.array(schema, depth)
        if kind == "string":
            return self.string(schema)
        if kind in ("integer", "number"):
            return self.number(schema, kind)
        return self.use(kind)

    def reference(self, schema: Schema, depth: int) -> str:
        pointer = schema["$ref"]
        if set(schema) - {"$ref"}:
            return self.visit(self.merged({"allOf": [schema]}, depth), depth + 1)
        if pointer not in self.references:
            target = self.resolve(pointer)
            self.references[pointer] = name = f"d{len(self.references)}"
            self.rules[name] = ""
            self.rules[name] = self.visit(target, depth + 1)
        return self.references[pointer]

    def resolve(self, pointer: Any) -> Any:
        """Only references into this same document: nothing is fetched."""
        if not isinstance(pointer, str) or not pointer.startswith("#"):
            refuse("a $ref leads outside of it")
        target = self.document
        for part in pointer[1:].split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(target, Mapping) and key in target:
                target = target[key]
            elif isinstance(target, list) and key.isdigit() and int(key) < len(target):
                target = target[int(key)]
            else:
                refuse(f"the reference {pointer[:80]!r} leads nowhere")
        return target

    def merged(self, schema: Schema, depth: int) -> dict[str, Any]:
        """allOf, and a $ref with more beside it, as one schema; what contradicts is refused."""
        whole: dict[str, Any] = {k: v for k, v in schema.items() if k not in ("allOf", "$ref") and k not in NOTES}
        parts = [schema["$ref"]] if "$ref" in schema else []
        todo = [self.resolve(pointer) for pointer in parts] + list(schema.get("allOf", ()))
        for part in todo:
            self.seen += 1 + (len(part.get("properties") or ()) if isinstance(part, Mapping) else 0)
            if not isinstance(part, Mapping) or self.seen > MAX_SCHEMAS or depth > MAX_DEPTH:
                refuse("an allOf is too large, or not of schemas")
            flat = self.merged(part, depth + 1) if "allOf" in part or "$ref" in part else part
            for key, value in flat.items():
                self.merge_keyword(whole, key, value)
        return whole

    @staticmethod
    def merge_keyword(whole: dict[str, Any], key: str, value: Any) -> None:
        if key in NOTES:
            return
        if key == "properties" and key in whole:
            clash = [name for name, part in value.items() if whole[key].get(name, part) != part]
            if clash:
                refuse(f"allOf states the property {clash[0]!r} twice")
            whole[key] = {**whole[key], **value}
        elif key == "required" and key in whole:
            whole[key] = list(dict.fromkeys([*whole[key], *value]))
        elif key == "additionalProperties" and key in whole:
            whole[key] = whole[key] and value
        elif whole.setdefault(key, value) != value:
            refuse(f"allOf states {key!r} twice")

    def union(self, schema: Schema, keyword: str, depth: int) -> str:
        rest = {k: v for k, v in schema.items() if k != keyword}
        parts = schema[keyword]
        if not isinstance(parts, list) or not parts:
            refuse(f"{keyword!r} is not a list of schemas")
        names = [self.visit({"allOf": [rest, part]} if rest else part, depth + 1) for part in parts]
        return " | ".join(dict.fromkeys(names))

    def fixed(self, schema: Schema) -> str:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        if not isinstance(values, list) or not 0 < len(values) <= MAX_CHOICES:
            refuse(f"an enum is empty, or has more than {MAX_CHOICES} values")
        return choices([encoded(value) for value in values], self.add)

    def string(self, schema: Schema) -> str:
        least, most = self.bounds(schema, "minLength", "maxLength")
        stated = [k for k in ("format", "pattern") if k in schema and (k == "pattern" or schema[k] in FORMATS)]
        if len(stated) > 1 or (stated and (least or most is not None)):
            refuse("only one of a format, a pattern and a length is supported")
        if stated == ["pattern"]:
            return rf'"\"" {self.pattern(schema["pattern"])} "\""'
        if stated == ["format"]:
            return rf'"\"" {self.use(schema["format"])} "\""'
        if not least and most is None:
            return self.use("string")
        return rf'"\"" {self.use("char")}{_times(least, most)} "\""'

    def pattern(self, pattern: Any) -> str:
        if not isinstance(pattern, str):
            refuse("a pattern is not text")
        return from_pattern(pattern, self.use("char"), refuse)

    def bounds(self, schema: Schema, low: str, high: str) -> tuple[int, int | None]:
        """A least and a most; a most over what a grammar can count to becomes that (stricter, so still true)."""
        least, most = schema.get(low, 0), schema.get(high)
        for value in (least, 0 if most is None else most):
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != int(value):
                refuse(f"{low!r} or {high!r} is not a whole number")
        if least > MAX_REPEAT or (most is not None and most < least):
            refuse(f"{low!r} is over {high!r}, or over {MAX_REPEAT}")
        return int(least), None if most is None else min(int(most), MAX_REPEAT)

    def array(self, schema: Schema, depth: int) -> str:
        least, most = self.bounds(schema, "minItems", "maxItems")
        space, comma = self.use("space"), '"," space'
        first = schema.get("prefixItems")
        if isinstance(first, list) and first:
            if len(first) < least or (most is not None and len(first) > most):
                refuse("'prefixItems' and the number of items do not agree")
            return f'"[" {space} {f" {comma} ".join(self.visit(each, depth + 1) for each in first)} "]"'
        if schema.get("items") is False or most == 0:
            return '"[]"' if not least else refuse("an array may have no items, but must")
        item = self.visit(schema.get("items", True), depth + 1)
        more = _times(max(least - 1, 0), None if most is None else most - 1)
        many = f"{item} ({comma} {item}){more}"
        return f'"[" {space} {many} "]"' if least else f'"[" {space} ({many})? "]"'

    def object(self, schema: Schema, depth: int) -> str:
        properties, required = schema.get("properties") or {}, schema.get("required") or []
        if not isinstance(properties, Mapping) or not isinstance(required, list):
            refuse("'properties' or 'required' is not what it should be")
        missing = [name for name in required if name not in properties]
        extra = schema.get("additionalProperties", True)
        if missing:
            properties = {**properties, **{str(name): extra for name in missing}}
        if not properties:
            return self.map(extra, depth)
        if len(properties) - len(set(required)) > MAX_OPTIONAL:
            refuse(f"an object has more than {MAX_OPTIONAL} optional properties")
        space = self.use("space")
        members = [
            (self.add(f'{literal(encoded(name))} {space} ":" {space} {self.visit(part, depth + 1)}'), name in required)
            for name, part in properties.items()
        ]
        return f'"{{" {space} {self.members(members)} "}}"'

    def map(self, extra: Any, depth: int) -> str:
        if extra is False:
            return '"{}"'
        if extra is True or extra == {}:
            return self.use("object")
        space, value = self.use("space"), self.visit(extra, depth + 1)
        member = self.add(f'{self.use("string")} {space} ":" {space} {value}')
        return f'"{{" {space} ({member} ("," {space} {member})*)? "}}"'

    def members(self, members: Sequence[tuple[str, bool]]) -> str:
        """In the schema's order, optional ones at will, with a comma between any two: two rules for each member."""
        alone, after = NOTHING, NOTHING
        for member, needed in reversed(members):
            rest = after if after == NOTHING else self.add(after)
            follow = f'"," space {member}' + ("" if rest == NOTHING else f" {rest}")
            start = member + ("" if rest == NOTHING else f" {rest}")
            if needed:
                alone, after = start, follow
            else:
                later = alone if alone == NOTHING else self.add(alone)
                alone = f"{start} | {later}"
                after = f"{follow} | {rest}"
        return f"({alone})"

    def number(self, schema: Schema, kind: str) -> str:
        """Within its bounds: whole numbers, and for `number` also n.f where all of n..n+1 lies within them."""
        low, high = (
            self.limit(schema, "minimum", "exclusiveMinimum", 1),
            self.limit(schema, "maximum", "exclusiveMaximum", -1),
        )
        if low is None and high is None:
            return self.use(kind)
        least = -MOST if low is None else max(math.ceil(low), -MOST)
        most = MOST if high is None else min(math.floor(high), MOST)
        least += low == least and schema.get("exclusiveMinimum") == low
        most -= high == most and schema.get("exclusiveMaximum") == high
        if least > most:
            refuse("no whole number lies between its bounds, which is not supported")
        whole = self.add(whole_between(least, most))
        if kind == "integer":
            return whole
        return " | ".join([whole, *self.fractions(schema, low, high)])

    def fractions(self, schema: Schema, low: float | None, high: float | None) -> list[str]:
        """n.f is strictly inside (n, n+1), since it never ends in 0; below zero the same mirrored."""
        start = 0 if low is None else max(math.ceil(low), 0)
        stop = MOST if high is None else min(math.floor(high), MOST) - 1
        fraction = '"." [0-9]{0,14} [1-9]'
        found = [f"{self.add(whole_between(start, stop))} {fraction}"] if start <= stop else []
        start = 0 if high is None else max(math.ceil(-high), 0)
        stop = MOST if low is None else min(math.floor(-low), MOST) - 1
        return found + ([f'"-" {self.add(whole_between(start, stop))} {fraction}'] if start <= stop else [])

    @staticmethod
    def limit(schema: Schema, including: str, excluding: str, sign: int) -> float | None:
        """The tighter of the two forms of a bound."""
        given = [schema[key] for key in (including, excluding) if schema.get(key) is not None]
        for value in given:
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
                refuse(f"{including!r} or {excluding!r} is not a sensible number")
        return max(given, key=lambda value: value * sign) if given else None


def _times(least: int, most: int | None) -> str:
    return "*" if (least, most) == (0, None) else f"{{{least},{'' if most is None else most}}}"
