"""What of a text tells how alike it is to another: its word groups, and a few numbers that alike texts share.

The numbers are MinHash signatures (Broder 1997) cut into bands: two texts with a similarity s agree in one of b bands
of r numbers with probability 1 − (1 − sʳ)ᵇ. Agreeing only makes a pair worth comparing: whether two texts are alike is
decided by their word groups themselves.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.privacy.anchors import utf8

GROUP = 3
"""Words in a group of a whole row."""
PAIR = 2
"""Words in a group of a task: tasks are short, and a word that was changed must not hide one."""
SHORT = 24
"""A text of fewer words is alike only to one that is the same: a word of it more or less means something else."""
LEAK = 0.8
"""Tasks that are so alike count as the same one where the benchmark is concerned."""
NUMBERS = 128
"""Numbers in a signature."""
RECALL = 0.999
"""Least probability that two texts which are just alike enough are compared."""
SEED = 20261121
WORD = re.compile(rb"\w+")
WORD_OR_SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
"""Where words are not divided by spaces, each sign is one."""
MIX = tuple(np.uint64(factor) for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))

Groups = NDArray[np.uint64]
Bands = NDArray[np.uint32]


def same(text: str) -> str:
    """Equal for texts that differ in case, white space and a last mark only."""
    return " ".join(text.casefold().split()).rstrip(".!? ")


def key(text: str) -> int:
    """64 bits that stand for `same(text)`; the same on every machine and day."""
    return int.from_bytes(hashlib.blake2b(utf8(same(text)), digest_size=8).digest(), "little")


def words(text: str) -> list[bytes]:
    """In small letters, UTF-8."""
    if text.isascii():
        return WORD.findall(text.lower().encode())
    return [utf8(word) for word in WORD_OR_SIGN.findall(text.casefold())]


def groups(found: list[bytes], size: int = GROUP) -> Groups:
    """Hashes of each `size` words that follow each other; one of the whole for fewer. Unsorted, some twice."""
    if len(found) < size:
        found = [*found, *[b""] * (size - len(found))]
    hashed = np.fromiter(map(zlib.crc32, found), np.uint64, len(found))
    count = len(found) - size + 1
    mixed = np.zeros(count, np.uint64)
    for place in range(size):
        mixed ^= hashed[place : place + count] * MIX[place]
    return (mixed ^ mixed >> np.uint64(29)) * MIX[1]


def similarity(one: Groups, other: Groups) -> float:
    """Jaccard's: word groups that both have, of those that either has. Both sorted, each group once."""
    both = np.intersect1d(one, other, assume_unique=True).size
    return float(both / (one.size + other.size - both))


def rows_for(threshold: float) -> int:
    """The most numbers in a band with which texts that are just alike enough are still found, by RECALL."""
    return max((rows for rows in range(1, 17) if 1 - (1 - threshold**rows) ** (NUMBERS // rows) >= RECALL), default=1)


def bands(of: Groups, rows: int) -> Bands:
    """(NUMBERS // rows,): a number for each band. Texts with one in common, in its place, may be alike."""
    sketch = _minhash()
    sketch.clear()
    sketch.update_batch((of >> np.uint64(32)).tolist())
    cut = sketch.hashvalues[: NUMBERS // rows * rows].reshape(-1, rows).astype(np.uint64)
    folded = np.zeros(len(cut), np.uint64)
    for column in cut.T:
        folded = (folded ^ column) * MIX[0]
        folded ^= folded >> np.uint64(31)
    return (folded >> np.uint64(32)).astype(np.uint32)


@cache
def _minhash() -> Any:
    """Imported late: it brings scipy. `affine32` is the scheme without the bias of earlier versions."""
    from datasketch import MinHash

    return MinHash(num_perm=NUMBERS, seed=SEED, hashfunc=int, scheme="affine32")
