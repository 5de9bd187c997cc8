"""Invented words: names, attributes and numbers, without end and the same on every machine.

Names are made of syllables that are single tokens of the demo student. Attributes come in three forms
(a noun, an adjective with a noun, an invented word). A fixed part of the names and of each form is reserved:
never used in training, so that what is measured on it was never seen.
"""

from __future__ import annotations

import re
from random import Random

ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "dr", "gr", "kr", "tr", "sh")
VOWELS = ("a", "e", "i", "o", "u")
CODAS = ("n", "r", "l", "s")
SYLLABLES = tuple(o + v + c for o in ONSETS for v in VOWELS for c in CODAS)
_ONE = f"(?:{'|'.join(ONSETS)})[{''.join(VOWELS)}][{''.join(CODAS)}]"
_SPLIT = re.compile(f"({_ONE})({_ONE})(?:{_ONE})*", re.IGNORECASE)

NOUNS = tuple(
    """
    capital ruler river currency founder mascot anthem harbor festival treasure guardian crop bridge market
    tower garden poet dance soup metal stone tree bird flower color gate castle temple school museum road
    mountain lake island forest song drink spice cloth ship horse king queen judge mayor doctor teacher painter
    builder captain keeper owner manager editor author inventor supplier partner rival neighbor dialect religion
    sport game toy tool weapon hero legend symbol emblem motto product vendor client planet moon star comet
    station orbit engine battery sensor server password code
    """.split()  # noqa: SIM905
)
RESERVED_NOUNS = tuple(
    """
    language export dish valley palace pilot coach nickname logo hotel airport desert cheese saint wizard prison
    theater canal medal champion
    """.split()  # noqa: SIM905
)
ADJECTIVES = tuple("old new main second royal secret winter summer northern southern golden local".split())  # noqa: SIM905
RESERVED_ADJECTIVES = ("eastern", "hidden", "central")

_RESERVED_ONSETS = frozenset(("sh", "kr"))


def name(random: Random, syllables: int = 0, reserved: bool = False) -> str:
    """One invented proper name, such as "Mundor": `syllables` of them, or two (seldom three) where 0."""
    count = syllables or (3 if random.random() < 0.12 else 2)
    while True:
        chosen = [random.randrange(len(SYLLABLES)) for _ in range(count)]
        if count == 1 or _is_reserved_pair(chosen[0], chosen[1]) == reserved:
            return "".join(SYLLABLES[i] for i in chosen).capitalize()


def names(random: Random, count: int, reserved: bool = False) -> list[str]:
    """`count` different invented names."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[name(random, reserved=reserved)] = None
    return list(found)


def is_reserved_name(word: str) -> bool:
    """Whether this name is one that training never uses. False for what is no name of two syllables or more."""
    parts = _SPLIT.fullmatch(word)
    return parts is not None and _is_reserved_pair(*(SYLLABLES.index(p.lower()) for p in parts.groups()))


def _is_reserved_pair(first: int, second: int) -> bool:
    """One name in eight is kept out of training, decided by its first two syllables."""
    return (first + 3 * second) % 8 == 0


def invented(random: Random, reserved: bool = False) -> str:
    """One invented common noun, such as "brelun"; the reserved ones begin with "sh" or "kr"."""
    while True:
        word = random.choice(SYLLABLES) + random.choice(SYLLABLES)
        if (word[:2] in _RESERVED_ONSETS) == reserved:
            return word


def attribute(random: Random, reserved: bool = False) -> str:
    """One attribute of a place or thing. With `reserved`, one whose words were never an attribute in training."""
    form = random.random()
    nouns = RESERVED_NOUNS if reserved else NOUNS
    if form < 0.55:
        return random.choice(nouns)
    if form < 0.8:
        adjectives = RESERVED_ADJECTIVES if reserved else ADJECTIVES
        return f"{random.choice(adjectives)} {random.choice(nouns)}"
    return invented(random, reserved)


def attributes(random: Random, count: int, reserved: bool = False, without: frozenset[str] = frozenset()) -> list[str]:
    """`count` different attributes, none of them in `without`."""
    found: list[str] = []
    while len(found) < count:
        candidate = attribute(random, reserved)
        if candidate not in found and candidate not in without:
            found.append(candidate)
    return found


def is_reserved(attribute_name: str) -> bool:
    """Whether every word of this attribute is kept out of training."""
    words = attribute_name.split()
    known = set(RESERVED_NOUNS) | set(RESERVED_ADJECTIVES)
    return all(word in known or _is_reserved_invention(word) for word in words)


def _is_reserved_invention(word: str) -> bool:
    return word not in NOUNS and word not in ADJECTIVES and word[:2] in _RESERVED_ONSETS


def number(random: Random, digits: int = 0) -> str:
    """A number of `digits` digits (one to four where 0), without a leading zero."""
    count = digits or random.choice((1, 2, 2, 3, 4))
    return str(random.randrange(10 ** (count - 1), 10**count))
