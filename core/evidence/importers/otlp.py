"""The values of OTLP JSON: `{"stringValue": …}` and its like, as plain values."""

from __future__ import annotations

from typing import Any

from core.evidence.importers.turns import as_name, as_object

DEPTH = 32


def attributes(pairs: Any) -> dict[str, Any]:
    """Of a list of `{"key": …, "value": …}`; what is none is left out."""
    found = [as_object(pair) for pair in pairs] if isinstance(pairs, list) else []
    return {name: value(pair.get("value")) for pair in found if (name := as_name(pair.get("key")))}


def value(given: Any, depth: int = DEPTH) -> Any:
    """The plain value; None for what is none, or too deep."""
    if not isinstance(given, dict) or depth == 0:
        return None
    for name in ("stringValue", "boolValue", "doubleValue", "bytesValue"):
        if name in given:
            return given[name]
    if "intValue" in given:
        number = given["intValue"]
        return int(number) if isinstance(number, str) and number.lstrip("-").isdigit() else number
    if "arrayValue" in given:
        inner = as_object(given["arrayValue"]).get("values")
        return [value(one, depth - 1) for one in inner] if isinstance(inner, list) else []
    if "kvlistValue" in given:
        pairs = as_object(given["kvlistValue"]).get("values")
        inner_pairs = [as_object(pair) for pair in pairs] if isinstance(pairs, list) else []
        return {as_name(pair.get("key")): value(pair.get("value"), depth - 1) for pair in inner_pairs}
    return None
