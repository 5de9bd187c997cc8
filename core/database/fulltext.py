"""Turns what a person typed into an FTS5 query that cannot be a syntax error or an operator."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W_]+")
MAX_TERMS = 64


def words(text: str) -> list[str]:
    """The distinct words of `text` in order, lower case, at most MAX_TERMS."""
    found = dict.fromkeys(word.lower() for word in WORD.findall(text))
    return list(found)[:MAX_TERMS]


def every_word(text: str) -> str:
    """A query for records that hold all the words, the last one as a prefix; "" when there is no word."""
    query = all_words(words(text))
    return f"{query}*" if query else ""


def all_words(terms: list[str]) -> str:
    return " AND ".join(f'"{term}"' for term in terms)


def any_word(terms: list[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)
