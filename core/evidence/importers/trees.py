"""Conversations that branch: the branch that is shown, and those on which something was rated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def branches(parents: Mapping[str, str], current: str, rated: Iterable[str] = ()) -> Iterator[list[str]]:
    """Paths from a root, each a list of keys: the current one first, then to each rated message that is on none yet.

    parents: key → key of its parent ("" or an unknown one for a root). Without a `current`, the leaf that comes last.
    Circles and missing parents end a path.
    """
    if current not in parents:
        current = last_leaf(parents)
    seen: set[str] = set()
    for leaf in (current, *sorted(rated)):
        if leaf in parents and leaf not in seen:
            path = path_to(leaf, parents)
            seen.update(path)
            yield path


def path_to(leaf: str, parents: Mapping[str, str]) -> list[str]:
    """From the root down to `leaf`."""
    path: dict[str, None] = {}
    while leaf in parents and leaf not in path:
        path[leaf] = None
        leaf = parents[leaf]
    return list(path)[::-1]


def last_leaf(parents: Mapping[str, str]) -> str:
    """The last of those that are nobody's parent; "" where there is none."""
    inner = set(parents.values())
    return next((key for key in reversed(list(parents)) if key not in inner), "")
