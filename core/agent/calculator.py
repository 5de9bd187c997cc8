"""A calculator for the student: arithmetic read by Python's parser, worked out by a closed list of node types.

Nothing is ever evaluated as code: a name is a constant or one of a few functions, everything else is refused. Size is
bounded before work is done: 200 characters in, integers of at most 4,096 bits at every step.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable

Number = int | float

MAX_LENGTH = 200
MAX_BITS = 4_096
_AS_WRITTEN_BY_PEOPLE = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "^": "**"})

_BINARY: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: dict[str, tuple[Callable[..., Number], int, int]] = {
    "abs": (abs, 1, 1),
    "round": (round, 1, 2),
    "min": (min, 1, 20),
    "max": (max, 1, 20),
    "sqrt": (math.sqrt, 1, 1),
    "floor": (math.floor, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "exp": (math.exp, 1, 1),
    "log": (math.log, 1, 2),
    "log10": (math.log10, 1, 1),
    "log2": (math.log2, 1, 1),
    "sin": (math.sin, 1, 1),
    "cos": (math.cos, 1, 1),
    "tan": (math.tan, 1, 1),
}
_CONSTANTS = {"pi": math.pi, "e": math.e}


class CannotCalculate(ValueError):
    """The expression is not arithmetic, or its value is too large; the text says which."""


def calculate(expression: str) -> str:
    """The value of an expression as text: integers exact, others to 12 digits. Raises CannotCalculate."""
    if len(expression) > MAX_LENGTH:
        raise CannotCalculate(f"the expression is longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(expression.translate(_AS_WRITTEN_BY_PEOPLE).strip(), mode="eval")
        value = _value(tree.body)
        return str(value) if isinstance(value, int) else _text_of_float(value)
    except ZeroDivisionError:
        raise CannotCalculate("division by zero") from None
    except OverflowError:
        raise CannotCalculate("the value is too large") from None
    except (SyntaxError, MemoryError, RecursionError):
        raise CannotCalculate("that is not an arithmetic expression") from None
    except CannotCalculate:
        raise
    except (ValueError, TypeError):
        raise CannotCalculate("a number is outside of what the function takes") from None


def _text_of_float(value: float) -> str:
    if not math.isfinite(value):
        raise CannotCalculate("the value is too large")
    return f"{value:.12g}"


def _value(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _bounded(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left), _value(right))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_value(left), _value(right)))
        case ast.Name(id=name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _call(name, [_value(argument) for argument in args])
    raise CannotCalculate("that is not an arithmetic expression")


def _call(name: str, arguments: list[Number]) -> Number:
    function, fewest, most = _FUNCTIONS[name]
    if not fewest <= len(arguments) <= most:
        raise CannotCalculate(f"{name} takes {fewest if fewest == most else f'{fewest} to {most}'} numbers")
    return _bounded(function(*arguments))


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, int) and isinstance(exponent, int) and abs(exponent) * base.bit_length() > MAX_BITS:
        raise CannotCalculate("the value is too large")
    value = base**exponent
    if isinstance(value, complex):
        raise CannotCalculate("the value is not a real number")
    return _bounded(value)


def _bounded(value: Number) -> Number:
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise CannotCalculate("the value is too large")
    return value
