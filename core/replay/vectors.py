"""The vector half of the index: hnswlib, fenced so that nothing wrong reaches native code or disk.

hnswlib corrupts the heap on a query of the wrong dimension, searches with NaN, loads flipped bits silently and
forgets `ef` on load: every vector is checked before a call, and a manifest carries checksums, dimension and the
compatibility key. On disk an index is one *generation*: a snapshot of the graph, the table of its rows, and a log
of what was added or deleted since. The manifest names the generation and is swapped in last, so a crash at any
instant leaves the old generation whole or the new one.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hnswlib
import msgspec
import numpy as np
from numpy.typing import NDArray

from core.replay.vector_files import (
    ADD,
    CURSOR,
    DELETE,
    FORMAT,
    MANIFEST,
    IndexDamaged,
    Manifest,
    log_record,
    log_records,
    read_manifest,
    replace,
    sha256,
    sync,
)

Vectors = NDArray[np.float32]

LINKS = 16
EF_BUILD = 200
EF_SEARCH = 128
FIRST_CAPACITY = 1024
SEED = 100
CHUNK = 32
"""Vectors added per native call: bounds how long a search waits for the lock (about 30 ms at 100 k)."""
UNIT_TOLERANCE = 1e-3


class VectorIndex:
    """Rows of the database and their vectors, searchable by cosine distance. Safe to call from any thread.

    A row carries a 64-bit digest of the text that was embedded, so that a changed text is noticed.
    """

    def __init__(self, folder: Path, dim: int, key: str) -> None:
        """An empty index; nothing is written before the first `save`."""
        if not 1 <= dim <= 65_536:
            raise ValueError(f"a vector cannot have {dim} components")
        self.folder, self.dim, self.key = folder, dim, key
        self.cursor = 0
        self.generation = 0
        self.logged = 0
        """Changes in the log since the snapshot."""
        self._digests: dict[int, int] = {}
        self._dead: set[int] = set()
        self._graph = _new_graph(dim)
        self._lock = threading.RLock()

    # ---- what it holds -------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """Rows that a search can return."""
        return len(self._digests)

    def __contains__(self, row: int) -> bool:
        return row in self._digests

    def digest(self, row: int) -> int | None:
        """Digest of the text of this row, None when it is not indexed."""
        return self._digests.get(row)

    def rows(self) -> list[int]:
        with self._lock:
            return list(self._digests)

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """The stored unit vectors [n, dim] of live rows."""
        with self._lock:
            return np.asarray(self._graph.get_items(list(rows)), dtype=np.float32).reshape(len(rows), self.dim)

    # ---- changes ------------------------------------------------------------------------------------

    def add(self, row: int, vector: Vectors, digest: int = 0) -> None:
        """Add one row, or replace its vector."""
        self.add_many([row], np.asarray(vector, dtype=np.float32).reshape(1, -1), [digest])

    def add_many(self, rows: Sequence[int], vectors: Vectors, digests: Sequence[int]) -> None:
        """Add or replace rows [n], vectors [n, dim], digests [n]. Raises ValueError before native code sees a fault."""
        if not len(rows) == len(vectors) == len(digests):
            raise ValueError(f"{len(rows)} rows, {len(vectors)} vectors, {len(digests)} digests")
        if len(set(rows)) != len(rows) or any(row < 0 for row in rows):
            raise ValueError("rows must be distinct and not negative")
        checked = self._checked(vectors)
        for start in range(0, len(rows), CHUNK):
            part = slice(start, start + CHUNK)
            with self._lock:
                self._insert(rows[part], checked[part], digests[part])
                packed = zip(rows[part], checked[part], digests[part], strict=True)
                self._record(
                    [(ADD, row, struct.pack("<q", digest) + vector.tobytes()) for row, vector, digest in packed]
                )

    def delete(self, row: int, *, forget: bool = False) -> bool:
        """Never return this row again. False when it was not there.

        forget: also overwrite its vector, so that the next `save` leaves no trace of the text on disk.
        """
        with self._lock:
            known = self._remove(row, forget)
            if known:
                self._record([(DELETE, row, bytes([forget]))])
            return known

    def advance(self, cursor: int) -> None:
        """Note that every change of the database up to `cursor` is in the index."""
        with self._lock:
            if cursor != self.cursor:
                self.cursor = cursor
                self._record([(CURSOR, cursor, b"")])

    # ---- search -------------------------------------------------------------------------------------

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The nearest rows with cosine distances in [0, 2], nearest first; at most `k` and `count`."""
        query = self._checked(np.asarray(vector, dtype=np.float32).reshape(1, -1))
        with self._lock:
            wanted = min(k, self.count)
            while wanted > 0:
                try:
                    labels, distances = self._graph.knn_query(query, k=wanted, num_threads=1)
                except RuntimeError:
                    # hnswlib raises when tombstones leave it with fewer than k within reach
                    wanted //= 2
                    continue
                found = zip(labels[0].tolist(), distances[0].tolist(), strict=True)
                return [(int(row), min(2.0, max(0.0, float(d)))) for row, d in found if row in self._digests]
        return []

    def distances(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """Cosine distances in [0, 2] of the live ones among `rows`."""
        query = self._checked(np.asarray(vector, dtype=np.float32).reshape(1, -1))[0]
        with self._lock:
            live = [row for row in rows if row in self._digests]
            stored = self.vectors(live) if live else np.zeros((0, self.dim), dtype=np.float32)
        return {
            row: min(2.0, max(0.0, 1.0 - float(similarity)))
            for row, similarity in zip(live, stored @ query, strict=True)
        }

    # ---- disk ---------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write a new generation and swap it in; durable when it returns. Raises OSError, leaving the old one."""
        with self._lock:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if len(self._dead) > max(1000, self.count):
                self._rebuild_graph()
            generation = self.generation + 1
            graph, rows = self._path(generation, "graph"), self._path(generation, "rows")
            self._graph.save_index(str(graph))
            rows.write_bytes(self._row_table())
            self._path(generation, "log").write_bytes(b"")
            for path in (graph, rows, self._path(generation, "log")):
                path.chmod(0o600)
                sync(path)
            manifest = Manifest(
                format=FORMAT,
                generation=generation,
                dim=self.dim,
                key=self.key,
                count=self.count,
                cursor=self.cursor,
                graph_sha256=sha256(graph),
                rows_sha256=sha256(rows),
            ).sealed()
            replace(self.folder / MANIFEST, msgspec.json.encode(manifest))
            self.generation, self.logged = generation, 0
            self._remove_other_generations()

    @classmethod
    def load(cls, folder: Path) -> VectorIndex:
        """The index as it was saved, with its log applied. Raises IndexDamaged, FileNotFoundError."""
        manifest = read_manifest(folder)
        index = cls(folder, manifest.dim, manifest.key)
        index.generation, index.cursor = manifest.generation, manifest.cursor
        graph, rows = index._path(manifest.generation, "graph"), index._path(manifest.generation, "rows")
        try:
            damaged = sha256(graph) != manifest.graph_sha256 or sha256(rows) != manifest.rows_sha256
        except FileNotFoundError as error:
            raise IndexDamaged("A file of the search index is missing.") from error
        if damaged:
            raise IndexDamaged("The search index is not as it was written.")
        index._load_snapshot(graph, rows.read_bytes())
        index._replay_log()
        return index

    # ---- inside -------------------------------------------------------------------------------------

    def _checked(self, vectors: Vectors) -> Vectors:
        if vectors.ndim != 2 or vectors.shape[1] != self.dim:
            raise ValueError(f"vectors of shape {vectors.shape} in an index of dimension {self.dim}")
        found = np.ascontiguousarray(vectors, dtype=np.float32)
        lengths = np.linalg.norm(found, axis=1)
        if not np.isfinite(lengths).all() or (np.abs(lengths - 1.0) > UNIT_TOLERANCE).any():
            raise ValueError("vectors must be finite and of unit length")
        return found

    def _insert(self, rows: Sequence[int], vectors: Vectors, digests: Sequence[int]) -> None:
        needed = self._graph.element_count + len(rows)
        if needed > self._graph.max_elements:
            self._graph.resize_index(max(needed, int(self._graph.max_elements * 1.5)))
        self._graph.add_items(vectors, np.asarray(rows, dtype=np.int64), num_threads=1)
        self._digests.update(zip(rows, digests, strict=True))
        self._dead.difference_update(rows)

    def _remove(self, row: int, forget: bool) -> bool:
        known = self._digests.pop(row, None) is not None
        if not known and row not in self._dead:
            return False
        if forget:
            # adding a dead label revives it, so it is marked again below
            self._graph.add_items(_neutral(self.dim, row), np.asarray([row]), num_threads=1)
            self._dead.discard(row)
        if row not in self._dead:
            self._graph.mark_deleted(row)
            self._dead.add(row)
        return known

    def _rebuild_graph(self) -> None:
        rows = list(self._digests)
        graph = _new_graph(self.dim, max(FIRST_CAPACITY, int(len(rows) * 1.2)))
        if rows:
            graph.add_items(self.vectors(rows), np.asarray(rows, dtype=np.int64), num_threads=1)
        self._graph, self._dead = graph, set()

    def _path(self, generation: int, kind: str) -> Path:
        return self.folder / f"vectors-{generation}.{kind}"

    def _row_table(self) -> bytes:
        live = np.asarray(list(self._digests.items()), dtype="<i8").reshape(-1, 2)
        dead = np.asarray(sorted(self._dead), dtype="<i8")
        return struct.pack("<qq", len(live), len(dead)) + live.tobytes() + dead.tobytes()

    def _load_snapshot(self, graph: Path, table: bytes) -> None:
        live_count, dead_count = struct.unpack_from("<qq", table)
        numbers = np.frombuffer(table, dtype="<i8", offset=16)
        live = numbers[: 2 * live_count].reshape(-1, 2)
        self._digests = dict(zip(live[:, 0].tolist(), live[:, 1].tolist(), strict=True))
        self._dead = set(numbers[2 * live_count : 2 * live_count + dead_count].tolist())
        total = live_count + dead_count
        self._graph = hnswlib.Index(space="cosine", dim=self.dim)
        self._graph.load_index(str(graph), max_elements=max(FIRST_CAPACITY, int(total * 1.1)))
        self._graph.set_ef(EF_SEARCH)
        self._graph.set_num_threads(1)
        if self._graph.element_count != total:
            raise IndexDamaged("The search index and its table of rows disagree.")

    def _record(self, changes: Sequence[tuple[int, int, bytes]]) -> None:
        """Append to the log. Not synced: what a power cut takes is embedded again from the database."""
        self.logged += len(changes)
        if self.generation > 0:
            with self._path(self.generation, "log").open("ab", buffering=0) as log:
                log.write(b"".join(log_record(*change) for change in changes))

    def _replay_log(self) -> None:
        path = self._path(self.generation, "log")
        data = path.read_bytes() if path.exists() else b""
        whole = 0
        for op, row, payload, end in log_records(data):
            if op == ADD and len(payload) == 8 + 4 * self.dim:
                vector = np.frombuffer(payload, dtype=np.float32, offset=8).reshape(1, -1)
                self._insert([row], self._checked(vector), [struct.unpack_from("<q", payload)[0]])
            elif op == DELETE:
                self._remove(row, forget=payload == b"\x01")
            elif op == CURSOR:
                self.cursor = row
            whole, self.logged = end, self.logged + 1
        if whole < len(data):
            os.truncate(path, whole)

    def _remove_other_generations(self) -> None:
        for path in self.folder.glob("vectors-*.*"):
            if path.stem != f"vectors-{self.generation}":
                path.unlink(missing_ok=True)


def _new_graph(dim: int, capacity: int = FIRST_CAPACITY) -> Any:
    graph = hnswlib.Index(space="cosine", dim=dim)
    graph.init_index(max_elements=capacity, M=LINKS, ef_construction=EF_BUILD, random_seed=SEED)
    graph.set_ef(EF_SEARCH)
    graph.set_num_threads(1)
    return graph


def _neutral(dim: int, row: int) -> Vectors:
    """A unit vector that says nothing of any text: a function of the row alone, so that they do not pile up."""
    vector = np.random.default_rng(row).standard_normal((1, dim)).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
