"""What is alike is found, what is not is left, and nothing of it hangs on luck, the machine or the day."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evidence import shingles
from core.evidence.looks import ROW, TASK, Outline, stacked
from core.evidence.nearness import Place, nearness
from core.evidence.screening import task_groups, task_mark
from core.evidence.shingles import NUMBERS, SHORT, bands, groups, key, rows_for, same, similarity, words

WORDS = [
    f"{a}{b}{c}" for a in ("ka", "to", "mi", "re") for b in ("su", "lo", "ven", "dar") for c in ("pol", "zin", "x")
]
TEXT = "The quick brown fox jumps over the lazy dog, and the dog does not care at all about that fox. " * 3


def prose(made: random.Random, length: int) -> list[str]:
    return [made.choice(WORDS) for _ in range(length)]


def mutated(made: random.Random, text: list[str], edits: int) -> list[str]:
    """Words replaced, left out, or put in."""
    changed = list(text)
    for _ in range(edits):
        at = made.randrange(len(changed))
        how = made.randrange(3)
        changed[at : at + (how != 2)] = [] if how == 1 else [made.choice(WORDS)]
    return changed


def of(text: list[str]) -> shingles.Groups:
    return np.unique(groups(words(" ".join(text))))


def test_similarity_is_jaccards() -> None:
    made = random.Random(3)
    for _ in range(50):
        one = prose(made, 60)
        other = mutated(made, one, made.randrange(12))
        sets = [{tuple(text[at : at + 3]) for at in range(len(text) - 2)} for text in (one, other)]
        assert similarity(of(one), of(other)) == len(sets[0] & sets[1]) / len(sets[0] | sets[1])


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.85, 0.9, 0.95])
def test_bands_are_as_strict_as_recall_allows(threshold: float) -> None:
    rows = rows_for(threshold)
    assert 1 - (1 - threshold**rows) ** (NUMBERS // rows) >= shingles.RECALL
    assert 1 - (1 - threshold ** (rows + 1)) ** (NUMBERS // (rows + 1)) < shingles.RECALL


@pytest.mark.parametrize(("threshold", "edits"), [(0.9, 6), (0.8, 13)])
def test_recall_on_mutated_texts(threshold: float, edits: int) -> None:
    """Of pairs that are just alike enough (up to 0.04 more), at least 99 in 100 are compared; of unlike ones few."""
    made, found, alike, compared, unlike = random.Random(5), 0, 0, 0, 0
    rows = rows_for(threshold)
    while alike < 300:
        one = prose(made, 300)
        other = mutated(made, one, made.randrange(edits - 3, edits + 3))
        meets = bool((bands(groups(words(" ".join(one))), rows) == bands(groups(words(" ".join(other))), rows)).any())
        if threshold <= similarity(of(one), of(other)) < threshold + 0.04:
            alike, found = alike + 1, found + meets
        stranger = mutated(made, one, 120)
        if similarity(of(one), of(stranger)) < threshold / 2:
            unlike, compared = unlike + 1, compared + bool((bands(of(one), rows) == bands(of(stranger), rows)).any())
    assert found / alike >= 0.99
    assert unlike > 100 and compared / unlike < 0.5


def test_the_same_numbers_for_ever() -> None:
    """Kept files would otherwise not fit each other."""
    digest = hashlib.sha256(bands(groups(words(TEXT)), 8).tobytes()).hexdigest()
    assert (digest[:16], key(TEXT)) == ("38ace4b5964622be", 15744876463682829912)


def test_the_hash_seed_of_the_process_does_not_matter() -> None:
    code = f"from core.evidence.shingles import *; print(bands(groups(words({TEXT!r})), 5).tolist(), key({TEXT!r}))"
    root = Path(__file__).parent.parent.parent
    seen = {
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True,
                       cwd=root).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(seen) == 1


@given(st.text(max_size=60))
def test_the_same_text_is_the_same_whatever_its_case_and_space(text: str) -> None:
    assert key(text) == key(f"  {text}\n")
    assert same(same(text)) == same(text)
    assert words(text) == words(text + " ")


def test_signs_without_spaces_are_words() -> None:
    assert len(words("東京は日本の首都です。人口は約千四百万人です。")) >= 20
    assert words("naïve Straße") == ["naïve".encode(), b"strasse"]
    assert words("a\ud800b")


class Corpus(NamedTuple):
    """Rows in memory, as `nearness` reads them: (text, task, category, sealed) each, over several partitions."""

    looks: list[Outline]
    rows: list[list[tuple[str, str, int, bool]]]

    def whole(self, place: Place) -> shingles.Groups:
        return np.unique(groups(words(self.rows[place.look][place.row][0])))

    def task(self, place: Place, number: int) -> shingles.Groups:
        return np.unique(task_groups(self.rows[place.look][number][1]))

    def run(self, place: Place) -> str:
        return f"{place.look}-{place.row}"


def corpus(parts: list[list[tuple[str, str, int, bool]]], threshold: float) -> Corpus:
    looks = []
    for day, part in enumerate(parts):
        rows, tasks, whole, asked = [], [], [], []
        for number, (text, task, category, sealed) in enumerate(part):
            long = len(words(text)) >= SHORT
            if long:
                whole.append(bands(groups(words(text)), rows_for(threshold)))
            at = day * 1000 + number
            rows.append((at, key(text), 0, category, True, False, sealed, len(whole) - 1 if long else -1))
            marked, of_task = task_mark(task)
            if of_task is not None:
                asked.append(of_task)
            tasks.append((number, marked, True, -1 if of_task is None else len(asked) - 1))
        numbered = stacked(whole).__getitem__, stacked(asked).__getitem__
        looks.append(Outline(np.array(rows, ROW), np.array(tasks, TASK), *numbered))
    return Corpus(looks, parts)


def families(seed: int, threshold: float) -> Corpus:
    """Texts with descendants: some near, some far, some the same; some short."""
    made = random.Random(seed)
    every: list[tuple[str, str, int, bool]] = []
    for number in range(40):
        first = prose(made, made.choice((8, 60, 200)))
        task = prose(made, made.choice((4, 30)))
        for _ in range(made.randrange(1, 5)):
            text = mutated(made, first, made.choice((0, 1, 3, 10, 30)) if len(first) > 10 else made.randrange(2))
            asked = mutated(made, task, made.choice((0, 0, 1, 4)))
            every.append(
                (" ".join(text), " ".join(asked), made.choice((1, 1, 3)), number % 5 == 0 and made.random() < 0.5)
            )
    made.shuffle(every)
    return corpus([every[at : at + 30] for at in range(0, len(every), 30)], threshold)


def by_hand(rows: Corpus, threshold: float) -> tuple[set[Place], set[Place]]:
    """Each with each: (leaks, repetitions)."""
    places = [Place(look, row) for look, part in enumerate(rows.rows) for row in range(len(part))]
    held = {place: rows.rows[place.look][place.row] for place in places}

    def alike(one: str, other: str, groups_of: list[shingles.Groups], least: float) -> bool:
        long = min(len(words(one)), len(words(other))) >= SHORT
        return key(one) == key(other) or (long and similarity(*groups_of) >= least)

    def leaks(place: Place, of: Place) -> bool:
        return alike(held[place][1], held[of][1], [rows.task(each, each.row) for each in (place, of)], 0.8)

    sealed = [place for place in places if held[place][3]]
    leaked = {place for place in places if not held[place][3] and any(leaks(place, of) for of in sealed)}
    kept: list[Place] = []
    repeated: set[Place] = set()
    for place in (each for each in places if each not in leaked and not held[each][3]):
        earlier = (each for each in kept if held[each][2] == held[place][2])
        if any(alike(held[place][0], held[of][0], [rows.whole(place), rows.whole(of)], threshold) for of in earlier):
            repeated.add(place)
        else:
            kept.append(place)
    return leaked, repeated


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("threshold", [0.7, 0.9])
def test_it_finds_what_comparing_each_with_each_finds(seed: int, threshold: float) -> None:
    rows = families(seed, threshold)
    found = nearness(rows.looks, rows, threshold, lambda: None)
    leaked, repeated = by_hand(rows, threshold)
    assert leaked and repeated
    assert set(found.leaks) == leaked
    assert set(found.duplicates) == repeated
    for place, of in found.duplicates.items():
        assert (of.look, of.row) < (place.look, place.row) and of not in found.duplicates


def test_a_thousand_of_one_kind_take_no_time_for_each_pair() -> None:
    """Texts that share most of their words and are not alike enough: only so many are compared with each."""
    made = random.Random(11)
    frame = prose(made, 150)
    part = [(" ".join(mutated(made, frame, 30)), f"task {number}", 1, False) for number in range(1000)]
    rows = corpus([part], 0.9)
    compared = 0

    class Counted(Corpus):
        def whole(self, place: Place) -> shingles.Groups:
            nonlocal compared
            compared += 1
            return super().whole(place)

    nearness(rows.looks, Counted(*rows), 0.9, lambda: None)
    assert compared < 2 * 1000 * 32


def test_nothing_to_compare() -> None:
    assert nearness([], corpus([], 0.9), 0.9, lambda: None) == ({}, {})
    empty = corpus([[("a", "b", 1, True)], [("c", "d", 1, True)]], 0.9)
    assert nearness(empty.looks, empty, 0.9, lambda: None) == ({}, {})
