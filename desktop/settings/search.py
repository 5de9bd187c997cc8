"""Finds settings by label, description and key, the best first."""

from __future__ import annotations

from typing import NamedTuple

from core.config import describe
from desktop.settings.pages import parts
from desktop.settings.words import declared


class Hit(NamedTuple):
    title: str
    page: str
    control: str
    """Its object name."""


def hits(text: str) -> list[Hit]:
    """Everything that holds each word; a word of the label weighs more than one of the key or the description."""
    words = text.casefold().split()
    found: list[tuple[int, Hit]] = []
    for info in describe():
        texts = (declared(info.label), info.label, info.key, declared(info.description), info.description)
        if rank := ranked(words, texts):
            control = "setting_" + info.key.replace(".", "_")
            found.append((rank, Hit(declared(info.label), info.page, control)))
    for part in parts():
        if rank := ranked(words, (part.title,)):
            found.append((rank, Hit(part.title, part.page, part.control)))
    return [hit for _, hit in sorted(found, key=lambda each: each[0])]


def ranked(words: list[str], texts: tuple[str, ...]) -> int:
    """0: not all words are there; else 1 + the place of the last text that was needed, so that less is better."""
    lowest = 0
    for word in words:
        place = next((at for at, text in enumerate(texts) if word in text.casefold()), None)
        if place is None:
            return 0
        lowest = max(lowest, place)
    return lowest + 1
