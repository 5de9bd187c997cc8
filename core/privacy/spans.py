"""A piece of a text that should not be seen by others."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["secret", "card", "iban", "e-mail", "phone", "ip", "home", "user", "machine", "name"]


class Span(NamedTuple):
    start: int
    end: int
    kind: Kind
