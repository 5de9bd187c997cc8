"""Which rows nearly repeat a sealed task, and which an earlier row: over the whole corpus, in linear time.

Bands (`core.evidence.shingles`) say which rows to compare; whether two are alike is decided by their word groups, read
again from the evidence. Rows are in order of time; at the same time, of source and place in their partition.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.evidence import shingles
from core.evidence.looks import Outline
from core.evidence.shingles import LEAK

MOST = 32
"""Rows that one is compared with, and that a band remembers: those that share the most bands first."""
FEW = 8
"""Sealed tasks of one band that a task is compared with."""
CACHED = 4096


class Place(NamedTuple):
    """A row: which look, and which line of it."""

    look: int
    row: int


class Texts(Protocol):
    """Reads word groups again; sorted, each once."""

    def whole(self, place: Place) -> shingles.Groups:
        """Of a row's task and answer."""

    def task(self, place: Place, number: int) -> shingles.Groups:
        """Of the task in this line of the look's tasks."""

    def run(self, place: Place) -> str:
        """The run's id without what marks a correction."""


class Nearness(NamedTuple):
    """By row, where there is anything: the sealed row whose task it repeats, and the earlier row that it repeats."""

    leaks: dict[Place, Place]
    duplicates: dict[Place, Place]


def nearness(looks: list[Outline], texts: Texts, threshold: float, pause: Callable[[], None]) -> Nearness:
    """Raises what `pause` raises."""
    leaks = _leaks(looks, texts, pause)
    return Nearness(leaks, _duplicates(looks, leaks, texts, threshold, pause))


class _Table(NamedTuple):
    """Rows of several looks in one: `of` (N, 2) tells the look and the line of each."""

    fields: NDArray[Any]
    of: NDArray[np.int32]

    def place(self, at: int) -> Place:
        return Place(int(self.of[at, 0]), int(self.of[at, 1]))


def _joined(parts: list[NDArray[Any]]) -> _Table:
    of = [np.stack([np.full(len(part), look), np.arange(len(part))], axis=1) for look, part in enumerate(parts)]
    return _Table(np.concatenate(parts), np.concatenate(of).astype(np.int32))


# -- leaks ------------------------------------------------------------------------------------------------------------


def _leaks(looks: list[Outline], texts: Texts, pause: Callable[[], None]) -> dict[Place, Place]:
    if not looks:
        return {}
    table = _joined([look.tasks for look in looks])
    rows = np.concatenate([look.rows[["sealed", "looked"]][look.tasks["row"]] for look in looks])
    sealed, open_ = np.flatnonzero(rows["sealed"]), np.flatnonzero(~rows["sealed"] & rows["looked"])
    found: dict[Place, Place] = {}

    def note(task: int, of: int) -> None:
        look, line = table.place(task)
        source = table.place(of)
        place = Place(look, int(looks[look].tasks["row"][line]))
        found.setdefault(place, Place(source.look, int(looks[source.look].tasks["row"][source.row])))

    same = dict(_same_tasks(table.fields["key"], sealed, open_))
    for task, of in same.items():
        note(task, of)
    others = open_[~np.isin(open_, np.fromiter(same, np.int64, len(same)))]
    for task, of in _like_tasks(looks, table, sealed, others, texts, pause):
        note(task, of)
    return found


def _same_tasks(keys: NDArray[np.uint64], sealed: NDArray[Any], open_: NDArray[Any]) -> Iterator[tuple[int, int]]:
    known, first = np.unique(keys[sealed], return_index=True)
    if not known.size:
        return
    at = np.minimum(np.searchsorted(known, keys[open_]), known.size - 1)
    for hit in np.flatnonzero(known[at] == keys[open_]):
        yield int(open_[hit]), int(sealed[first[at[hit]]])


def _like_tasks(
    looks: list[Outline],
    table: _Table,
    sealed: NDArray[Any],
    open_: NDArray[Any],
    texts: Texts,
    pause: Callable[[], None],
) -> Iterator[tuple[int, int]]:
    """Long tasks that share a band with a sealed one, and are alike."""
    sealed = sealed[table.fields["band"][sealed] >= 0]
    open_ = open_[table.fields["band"][open_] >= 0]
    if not (sealed.size and open_.size):
        return
    pairs: list[NDArray[np.int64]] = []
    for band in range(shingles.NUMBERS // shingles.rows_for(LEAK)):
        pause()
        pairs += _shared(_band(looks, table, "task_band", band), sealed, open_)
    by_task: dict[int, list[tuple[int, int]]] = {}
    for (task, of), shared in zip(*map(np.ndarray.tolist, _counted(pairs)), strict=True):
        by_task.setdefault(task, []).append((-shared, of))
    for task, candidates in sorted(by_task.items()):
        pause()
        mine = table.place(task)
        own = texts.task(mine, mine.row)
        for _, of in sorted(candidates)[:MOST]:
            theirs = table.place(of)
            if shingles.similarity(own, texts.task(theirs, theirs.row)) >= LEAK:
                yield task, of
                break


def _shared(values: NDArray[np.uint32], sealed: NDArray[Any], open_: NDArray[Any]) -> Iterator[NDArray[np.int64]]:
    """(pairs, 2) of equal value, FEW at most for each open one."""
    order = sealed[np.argsort(values[sealed], kind="stable")]
    left, right = (np.searchsorted(values[order], values[open_], side) for side in ("left", "right"))
    for step in range(FEW):
        hits = np.flatnonzero(left + step < right)
        if not hits.size:
            return
        yield np.stack([open_[hits], order[left[hits] + step]], axis=1)


def _counted(pairs: list[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each pair once, and how many bands it shares."""
    if not pairs:
        return np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
    every = np.concatenate(pairs)
    codes, count = np.unique(every[:, 0] << 32 | every[:, 1], return_counts=True)
    return np.stack([codes >> 32, codes & 0xFFFFFFFF], axis=1), count


def _band(looks: list[Outline], table: _Table, name: str, band: int) -> NDArray[np.uint32]:
    """(N,): one band of every line, 0 where it has none."""
    values, start = np.zeros(len(table.fields), np.uint32), 0
    for look in looks:
        own = getattr(look, name)
        lines = look.tasks if name == "task_band" else look.rows
        long = np.flatnonzero(lines["band"] >= 0)
        if long.size:
            values[start + long] = own(band)[lines["band"][long]]
        start += len(lines)
    return values


# -- duplicates -------------------------------------------------------------------------------------------------------


def _duplicates(
    looks: list[Outline], leaks: dict[Place, Place], texts: Texts, threshold: float, pause: Callable[[], None]
) -> dict[Place, Place]:
    """Only rows of the same verdict are compared, so that pairs of a yes and a no to the same question stay whole."""
    if not looks:
        return {}
    table = _joined([look.rows for look in looks])
    fields = table.fields
    may = fields["looked"] & ~fields["found"] & ~fields["sealed"]
    starts = np.cumsum([0, *(len(look.rows) for look in looks)])
    for place in leaks:
        may[starts[place.look] + place.row] = False
    order = np.flatnonzero(may)
    order = order[np.argsort(fields["time"][order], kind="stable")]
    first, again = _same_rows(fields, order)
    found = dict(_like_rows(looks, table, first, texts, threshold, pause))
    found.update({row: found.get(of, of) for row, of in again.items()})
    return {table.place(row): table.place(of) for row, of in found.items()}


def _same_rows(fields: NDArray[Any], order: NDArray[Any]) -> tuple[NDArray[Any], dict[int, int]]:
    """(the first of each text, in order; row → first, of the others)."""
    marks = fields["whole"][order] ^ fields["category"][order].astype(np.uint64) * shingles.MIX[0]
    _, first, group = np.unique(marks, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    others = np.flatnonzero(first[group] != np.arange(order.size))
    found = {int(order[at]): int(order[first[group[at]]]) for at in others}
    return order[np.sort(first)], found


def _like_rows(
    looks: list[Outline], table: _Table, order: NDArray[Any], texts: Texts, threshold: float, pause: Callable[[], None]
) -> Iterator[tuple[int, int]]:
    order = order[table.fields["band"][order] >= 0]
    hot = np.zeros(order.size, bool)
    count = shingles.NUMBERS // shingles.rows_for(threshold)
    category = table.fields["category"][order].astype(np.uint64) << np.uint64(32)
    for band in range(count):
        pause()
        values = _band(looks, table, "whole_band", band)[order] | category
        _, group, size = np.unique(values, return_inverse=True, return_counts=True)
        hot |= size[group.reshape(-1)] > 1
    rows = order[hot]
    marks = np.stack([_band(looks, table, "whole_band", band)[rows] | category[hot] for band in range(count)], axis=1)
    kept: list[dict[int, list[int]]] = [{} for _ in range(count)]
    for row, mark in zip(rows.tolist(), marks.tolist(), strict=True):
        pause()
        of = _alike(table, row, _met(kept, mark), texts, threshold)
        if of is not None:
            yield row, of
            continue
        for rows_of, value in zip(kept, mark, strict=True):
            if len(known := rows_of.setdefault(value, [])) < MOST:
                known.append(row)


def _met(kept: list[dict[int, list[int]]], mark: list[int]) -> list[int]:
    """Earlier rows that share a band, those that share the most first."""
    shared: Counter[int] = Counter()
    for band, value in zip(kept, mark, strict=True):
        shared.update(band.get(value, ()))
    return [row for row, _ in sorted(shared.items(), key=lambda each: (-each[1], each[0]))[:MOST]]


def _alike(table: _Table, row: int, candidates: list[int], texts: Texts, threshold: float) -> int | None:
    place = table.place(row)
    for other in candidates:
        against = table.place(other)
        alike = shingles.similarity(texts.whole(place), texts.whole(against)) >= threshold
        if alike and texts.run(place) != texts.run(against):
            return other
    return None


class Remembered:
    """Word groups that were read, the last CACHED of them."""

    def __init__(self, read: Callable[[Place, int], shingles.Groups]) -> None:
        self._read = read
        self._kept: OrderedDict[tuple[Place, int], shingles.Groups] = OrderedDict()

    def get(self, place: Place, number: int = -1) -> shingles.Groups:
        key = place, number
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        groups = self._kept[key] = self._read(place, number)
        if len(self._kept) > CACHED:
            self._kept.popitem(last=False)
        return groups
