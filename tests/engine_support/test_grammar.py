"""JSON schemas to grammars: what they let through satisfies the schema, and llama.cpp takes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest

from core.engine.grammar import check, from_schema, json_object
from core.engine.json_grammar import literal, whole_between
from core.engine.llama import lib
from core.engine.tools import grammar_for
from core.errors import BadRequest
from tests.engine_support.writing import Grammar
from tests.models import make_model

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "person": PERSON,
    "optional": {
        "type": "object",
        "properties": {"a": {"type": "boolean"}, "b": {"type": "null"}, "c": PERSON, "d": {"const": [1, {"x": None}]}},
        "required": ["b"],
    },
    "all optional": {"type": "object", "properties": {k: {"type": "integer"} for k in "abcde"}},
    "odd names": {
        "type": "object",
        "properties": {'a"b': {"type": "null"}, "c\\d": {"type": "null"}, "e\nf": {"type": "null"}, "ü ]": {}},
        "required": ['a"b', "c\\d", "e\nf", "ü ]"],
    },
    "enum": {"enum": ["red", "re", "", 'quo"te', "back\\slash", "ünï", 1, 1.5, -3, None, True, ["a"], {"k": "v"}]},
    "array": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 5},
    "none or one": {"type": "array", "items": {"type": "string"}, "maxItems": 1},
    "exactly three": {"type": "array", "items": {"enum": [1, 2]}, "minItems": 3, "maxItems": 3},
    "tuple": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    "empty array": {"type": "array", "items": False},
    "map": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "boolean"}}},
    "any": {},
    "any of": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "integer"}, PERSON]},
    "any of beside": {
        "type": "object",
        "properties": {"kind": {"enum": ["a", "b"]}},
        "required": ["kind"],
        "anyOf": [{"properties": {"x": {"type": "null"}}, "required": ["x"]}, {}],
    },
    "all of": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "null"}}, "required": ["a"]},
            {"properties": {"b": {"type": "boolean"}}, "required": ["b"]},
        ]
    },
    "types": {"type": ["string", "null", "integer"], "minimum": 5},
    "tree": {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "value": {"type": "integer"},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                },
                "required": ["value", "children"],
            }
        },
    },
    "two definitions that end alike": {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/x/item"}, "b": {"$ref": "#/$defs/y/item"}},
        "required": ["a", "b"],
        "$defs": {"x": {"item": {"type": "null"}}, "y": {"item": {"type": "boolean"}}},
    },
    "formats": {
        "type": "array",
        "prefixItems": [{"type": "string", "format": f} for f in ("date", "time", "date-time", "uuid", "email")],
    },
    "number from 0 to 1": {"type": "number", "minimum": 0, "maximum": 1},
    "number over 2": {"type": "number", "exclusiveMinimum": 2},
    "number below -1.5": {"type": "number", "exclusiveMaximum": -1.5},
    "number around zero": {"type": "number", "minimum": -2.5, "exclusiveMaximum": 3},
    "integer strictly": {"type": "integer", "exclusiveMinimum": -12, "exclusiveMaximum": 7},
    "length": {"type": "string", "minLength": 2, "maxLength": 4},
    "described": {"type": "string", "title": "t", "description": "d", "default": "x", "examples": ["y"]},
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_text_satisfies_the_schema(name: str) -> None:
    schema = SCHEMAS[name]
    grammar, random = Grammar(from_schema(schema)), Random(name)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(["date", "uuid"]))
    seen = set()
    for _ in range(150):
        text = grammar.write(random)
        seen.add(text)
        validator.validate(json.loads(text))
    assert len(seen) > 1 or name in ("empty array",)


DOCUMENTS: list[tuple[str, Any]] = [
    ("person", {"name": 'Ada "L" \\ \t é 日', "age": 150}),
    ("optional", {"b": None}),
    ("optional", {"a": True, "b": None, "c": {"name": "x", "age": 0}, "d": [1, {"x": None}]}),
    ("all optional", {}),
    ("all optional", {"b": 1, "d": -20}),
    ("odd names", {'a"b': None, "c\\d": None, "e\nf": None, "ü ]": [{"deep": [1.5e3]}]}),
    *(("enum", value) for value in SCHEMAS["enum"]["enum"]),
    ("array", [1, -2.5, 3e2]),
    ("none or one", []),
    ("none or one", ["x"]),
    ("map", {"a": [], "b": [True, False]}),
    ("any", {"a": [None, -1, "x", {"b": {}}]}),
    ("any of", "abc"),
    ("any of", -17),
    ("types", 5),
    ("types", None),
    ("tree", {"value": 1, "children": [{"value": 2, "children": []}]}),
    ("number from 0 to 1", 0.25),
    ("number from 0 to 1", 1),
    ("number below -1.5", -2.75),
    ("integer strictly", -11),
    ("length", "äé"),
]


@pytest.mark.parametrize(("name", "document"), DOCUMENTS)
def test_what_the_schema_allows_can_be_written(name: str, document: Any) -> None:
    grammar = Grammar(from_schema(SCHEMAS[name]))
    assert grammar.accepts(json.dumps(document, ensure_ascii=False))
    if document not in SCHEMAS["enum"]["enum"] and name != "optional":  # a constant has one spelling
        assert grammar.accepts(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("person", '{"name": "", "age": 1}'),
        ("person", '{"name": "x", "age": 151}'),
        ("person", '{"age": 1}'),
        ("person", '{"name": "x", "age": 1, "more": 2}'),
        ("person", '{"name": "a\nb", "age": 1}'),
        ("array", "[1]"),
        ("array", "[1, 2, 3, 4, 5, 6]"),
        ("exactly three", "[1, 2]"),
        ("any of", '"abcd"'),
        ("types", "4"),
        ("integer strictly", "7"),
        ("integer strictly", "-12"),
        ("two definitions that end alike", '{"a": true, "b": true}'),
        ("length", '"x"'),
    ],
)
def test_what_the_schema_forbids_cannot(name: str, text: str) -> None:
    assert not Grammar(from_schema(SCHEMAS[name])).accepts(text)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path: Path = make_model(tmp_path_factory.mktemp("model") / "m.gguf")
    model = lib.llama_model_load_from_file(str(path).encode(), lib.llama_model_default_params())
    yield lib.llama_model_get_vocab(model)
    lib.llama_model_free(model)


@pytest.mark.parametrize("name", SCHEMAS)
def test_llama_takes_every_grammar(vocabulary: Any, name: str) -> None:
    sampler = lib.llama_sampler_init_grammar(vocabulary, from_schema(SCHEMAS[name]).encode(), b"root")
    assert sampler
    lib.llama_sampler_free(sampler)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^a(?=b)"},
        {"type": "string", "pattern": "(a)\\1"},
        {"type": "string", "pattern": "\\bword\\b"},
        {"type": "string", "pattern": "^a|b$"},
        {"type": "string", "pattern": "a)("},
        {"type": "string", "pattern": "[z-a]"},
        {"type": "string", "pattern": "a{2,1}"},
        {"type": "string", "pattern": "^a$", "maxLength": 3},
        {"type": "string", "pattern": 5},
        {"type": "array", "uniqueItems": True},
        {"type": "number", "multipleOf": 0.1},
        {"not": {"type": "string"}},
        {"$ref": "https://example.org/schema.json"},
        {"$ref": "#/$defs/missing"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
        {
            "$ref": "#/$defs/a",
            "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}, {"type": "null"}]}, "b": {"$ref": "#/$defs/a"}},
        },
        {"allOf": [{"$ref": "#"}]},
        {"type": "strnig"},
        {"enum": []},
        {"anyOf": []},
        {"type": "array", "minItems": 5, "maxItems": 2},
        {"type": "string", "minLength": -1},
        {"type": "string", "maxLength": 1.5},
        {"type": "string", "minLength": 100_000},
        {"type": "integer", "minimum": float("nan")},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "number", "minimum": 0.2, "maximum": 0.8},
        {"type": "object", "properties": {"a": False}},
        {"type": "object", "properties": {"a": 3}},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "object", "properties": {f"p{i}": {} for i in range(200)}},
    ],
)
def test_what_cannot_be_kept_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        from_schema(schema)


PATTERNS = {
    r"^[A-Z]{2,3}-\d{4}$": (["AB-1234", "XYZ-0000"], ["A-1234", "AB-123", "xAB-1234", "AB-12345"]),
    r"^(red|green|bl(?:ue|ack))$": (["red", "blue", "black"], ["bl", "redgreen"]),
    r"^\w+@\w+\.(com|org)$": (["a_1@b.com"], ["a@b", "@b.com", "a@bxcom"]),
    r"^[^\s\"\\]*$": (["", "abc"], ["a b", 'a"b', "a\\b", "a\tb"]),
    r"^.*$": (["", 'say "hi" \\ there', "tab\there"], ["two\nlines"]),
    r"^\x41\u0042\$\^$": (["AB$^"], ["AB"]),
    r"^(a|b){2}c+?$": (["abc", "bbccc"], ["ac", "abab"]),
    r"end$": (["end", "the end"], ["end."]),
    r"^\S\D\W$": (["ab!", "1a "], ["a1!", "aab"]),
    r"^[^\w]+$": (["!?", " "], ["a", "_"]),
    r"[\d-]": (["a-b", "x9"], ["abc", ""]),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns(pattern: str) -> None:
    grammar, random = Grammar(from_schema({"type": "string", "pattern": pattern})), Random(pattern)
    right, wrong = PATTERNS[pattern]
    for text in right:
        assert re.search(pattern, text)
        assert grammar.accepts(json.dumps(text, ensure_ascii=False)), text
    for text in wrong:
        assert not re.search(pattern, text)
        assert not grammar.accepts(json.dumps(text, ensure_ascii=False)), text
    for _ in range(100):
        assert re.search(pattern, json.loads(grammar.write(random)))


def test_ranges_are_exact() -> None:
    random = Random(7)
    pairs = [(random.randint(-2000, 2000), random.randint(-2000, 2000)) for _ in range(40)]
    for low, high in [(0, 0), (-1, 1), (0, 9), (9, 10), (99, 101), (-100, -99), *(sorted(pair) for pair in pairs)]:
        grammar = Grammar(f"root ::= {whole_between(low, high)}")
        around = {low - 1, low, low + 1, high - 1, high, high + 1, 0, *(random.randint(-2500, 2500) for _ in range(40))}
        for number in around:
            assert grammar.accepts(str(number)) == (low <= number <= high), (low, high, number)


def test_literals_are_themselves() -> None:
    for text in ('"', "\\", "\n", "a\x00b", "\x7f", "日本", "😀", "[^a]", '\\"', "\\n", "\r\n\t"):
        grammar = Grammar(f"root ::= {literal(text)}")
        assert grammar.accepts(text)
        assert not grammar.accepts(text + "x")


def test_json_object_is_any_object() -> None:
    grammar = Grammar(json_object())
    assert grammar.accepts('{"a": [1, {"b": null}], "c": "d"}')
    assert grammar.accepts("{}")
    assert not grammar.accepts("[1]")


GOOD = {
    "arithmetic": 'root ::= (expr "=" ws term "\\n")+\nexpr ::= term ([-+*/] term)*\n'
    'term ::= num | "(" ws expr ")" ws\nnum ::= [0-9]+ ws\nws ::= [ \\t\\n]*',
    "list": 'root ::= item+\n# a comment\nitem ::= "- " [^\\r\\n\\x0b\\x0c]+ "\\n"',
    "two words": 'root ::= [a-z]+ " "? [a-z]+',
    "counted": 'root ::= "a"{3} "b"{0,2000} "c"{2,} ("d" | "e"){1,3}',
    "lines": 'root ::= (\n  "a" |\n  "b"\n)\r\n\r\n',
    "escapes": 'root ::= "\\x41\\u00e9\\U0001F600\\"\\\\" [\\]\\[\\-x^] .',
}


@pytest.mark.parametrize("name", GOOD)
def test_good_grammars_pass_here_and_there(vocabulary: Any, name: str) -> None:
    check(GOOD[name])
    sampler = lib.llama_sampler_init_grammar(vocabulary, GOOD[name].encode(), b"root")
    assert sampler
    lib.llama_sampler_free(sampler)


def test_tool_grammars_write_calls() -> None:
    tools = [
        {"type": "function", "function": {"name": "find", "parameters": PERSON}},
        {"type": "function", "function": {"name": "now"}},
    ]
    grammar = grammar_for(tools, "required")
    assert grammar is not None
    either = Grammar(grammar)
    assert either.accepts('TOOL find {"name": "x", "age": 3}')
    assert either.accepts('TOOL now {"anything": [1]}')
    assert not either.accepts("TOOL other {}")
    assert not either.accepts("Hello")
    named = grammar_for(tools, {"type": "function", "function": {"name": "now"}})
    assert named is not None
    assert not Grammar(named).accepts('TOOL find {"name": "x", "age": 3}')
    assert grammar_for(tools, "auto") is grammar_for(tools, None) is grammar_for(tools, "none") is None
