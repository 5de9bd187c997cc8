"""Brings the bytes of one file into its part: goes on where it stopped, waits out stalls, never writes past the size.

It proves nothing: whether what came is what was meant is decided in `download`.
"""

from __future__ import annotations

import errno
import re
import shutil
import time
from collections import deque
from collections.abc import Callable
from typing import BinaryIO, Final, Literal

import httpx2

from core.engine.fetch.hub import of_status
from core.engine.fetch.parts import Part
from core.engine.fetch.reference import Reference
from core.engine.fetch.source import DownloadError, HubFile
from core.errors import StorageFull
from core.records import Record

FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
TRY_AGAIN: Final = {408, 425, 429, 500, 502, 503, 504}
LOOK_AT_DISK_EVERY: Final = 64 * 1024 * 1024
REPORT_EVERY_S: Final = 0.2
RATE_OVER_S: Final = 5.0

Stage = Literal["asking", "downloading", "waiting", "checking"]


class Limits(Record, frozen=True):
    """How patient a download is, in seconds, and how much disk it leaves, in bytes."""

    stall_s: float = 30.0
    """No byte for so long is a stall."""
    tries: int = 5
    """Stalls and cut connections in a row, without a new byte, before the person is told."""
    first_wait_s: float = 1.0
    longest_wait_s: float = 30.0
    reserve_bytes: int = 512 * 1024 * 1024
    """Left free on the disk: what else is written there, the database for one, needs room too."""


class Progress(Record, frozen=True):
    """Where a download stands. rate in bytes a second; eta_s None while nobody can tell; note: why it waits."""

    stage: Stage
    bytes: int
    size: int
    rate: float = 0.0
    eta_s: float | None = None
    note: str = ""
    name: str = ""
    """What the student is called, once that is known."""


Report = Callable[[Progress], None]


class Meter:
    """Tells the progress, not too often, with the rate of the last seconds."""

    def __init__(self, size: int, report: Report, name: str = "") -> None:
        self._size, self._report, self._name = size, report, name
        self._seen: deque[tuple[float, int]] = deque()
        self._last = 0.0

    def tell(self, stage: Stage, done: int, note: str = "", *, at_once: bool = False) -> None:
        now = time.monotonic()
        if not at_once and now - self._last < REPORT_EVERY_S:
            return
        self._last = now
        self._seen.append((now, done))
        while now - self._seen[0][0] > RATE_OVER_S and len(self._seen) > 2:
            self._seen.popleft()
        (first, before), passed = self._seen[0], now - self._seen[0][0]
        rate = max(done - before, 0) / passed if passed > 0 and first != now else 0.0
        left = (self._size - done) / rate if rate else None
        told = Progress(stage=stage, bytes=done, size=self._size, rate=rate, eta_s=left, note=note, name=self._name)
        self._report(told)

    def forget(self) -> None:
        """The rate begins anew: what follows is no going on."""
        self._seen.clear()


class Restart(Exception):
    """What is there cannot be gone on from."""


class Transfer:
    """One file on its way."""

    def __init__(self, client: httpx2.Client, source: HubFile, part: Part, limits: Limits, report: Report) -> None:
        self._client, self._source, self._part, self._limits = client, source, part, limits
        self._meter = Meter(source.size, report, part.name)
        self._farthest = part.bytes()
        self.fetched = 0
        """Bytes that came over the wire."""

    def run(self) -> None:
        """The part is as long as the file when it returns. Raises DownloadError or StorageFull, and keeps the part."""
        failures = 0
        self._meter.tell("downloading", self._part.bytes(), at_once=True)
        while self._part.bytes() < self._source.size:
            before = self._farthest
            trouble = self._attempt()
            failures = 0 if self._farthest > before else failures
            if trouble is None:
                continue
            failures += 1
            if failures > self._limits.tries:
                raise trouble
            self._wait(trouble, failures)
        if self._part.bytes() > self._source.size:
            self._part.restart()
            raise too_long(self._source)
        self._meter.tell("downloading", self._source.size, at_once=True)

    def _attempt(self) -> DownloadError | None:
        """One request. What may pass by itself is returned, what will not is raised."""
        try:
            self._request(self._part.bytes())
        except Restart as reason:
            self._part.restart()
            self._meter.forget()
            return DownloadError(str(reason), code="odd_answer", hint="Try again later.")
        except httpx2.ReadTimeout:
            text = f"Nothing came for {self._limits.stall_s:g} s."
            return DownloadError(text, code="stalled", hint="What came so far is kept; start it again to go on.")
        except (httpx2.TransportError, httpx2.StreamError) as error:
            text = "The connection was cut." if self._farthest else "The hub cannot be reached."
            hint = "Check the connection; what came so far is kept."
            return DownloadError(f"{text} ({type(error).__name__})", code="no_network", hint=hint)
        except httpx2.TooManyRedirects as error:
            raise DownloadError("The hub sends us in circles.", code="odd_answer") from error
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise self._full() from error
        if self._part.bytes() < self._source.size:
            return DownloadError("The file ended too early.", code="no_network", hint="Try again later.")
        return None

    def _request(self, start: int) -> None:
        headers = {"Range": f"bytes={start}-"} if start else {}
        with self._client.stream("GET", self._source.url, headers=headers) as response:
            if response.status_code == 416:
                raise Restart("The hub has less of the file than is here.")
            if response.status_code in TRY_AGAIN:
                raise httpx2.RemoteProtocolError(f"status {response.status_code}")
            if response.status_code not in (200, 206):
                raise self._refused(response)
            self._refuse_another(response)
            self._receive(response, self._begins_at(response, start))

    def _refused(self, response: httpx2.Response) -> DownloadError:
        """A repository may be closed to us between the question and the transfer."""
        gated = response.headers.get("X-Error-Code") == "GatedRepo"
        reference = Reference(repo=self._source.repo, file=self._source.file)
        return of_status(response.status_code, reference, "GatedRepoError" if gated else "")

    def _refuse_another(self, response: httpx2.Response) -> None:
        """The hub names the content on the answer that leads to where it lies; another name is another file."""
        for answer in (*response.history, response):
            etag = answer.headers.get("X-Linked-Etag", "").removeprefix("W/").strip('"')
            if etag and etag != self._source.etag:
                self._part.restart()
                text = f"{self._source.file} was changed on the hub while it was fetched."
                raise DownloadError(text, code="changed", hint="Start it again: it begins anew.")

    def _begins_at(self, response: httpx2.Response, start: int) -> int:
        """Where the body belongs. A server that knows no ranges sends the whole file: what was there is dropped."""
        if response.status_code == 200:
            if start:
                self._part.restart()
                self._meter.forget()
            return 0
        found = RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found is None or int(found[1]) != start or found[3] not in ("*", str(self._source.size)):
            raise Restart("The hub sent another piece of the file than was asked for.")
        return start

    def _receive(self, response: httpx2.Response, done: int) -> None:
        """Unbuffered, and each piece as it comes: what was received survives a kill."""
        looked_at = done
        self._look_at_disk()
        with self._part.path.open("ab", buffering=0) as file:
            for piece in response.iter_raw():
                if done + len(piece) > self._source.size:
                    self._part.restart()
                    raise too_long(self._source)
                write_all(file, piece)
                done += len(piece)
                self.fetched += len(piece)
                self._farthest = max(self._farthest, done)
                self._meter.tell("downloading", done)
                if done - looked_at >= LOOK_AT_DISK_EVERY:
                    looked_at = done
                    self._look_at_disk()

    def _wait(self, trouble: DownloadError, failures: int) -> None:
        seconds = min(self._limits.longest_wait_s, self._limits.first_wait_s * 2 ** (failures - 1))
        note = f"{trouble.message} Trying again ({failures} of {self._limits.tries})."
        self._meter.tell("waiting", self._part.bytes(), note, at_once=True)
        self._meter.forget()
        time.sleep(seconds)

    def _look_at_disk(self) -> None:
        free = shutil.disk_usage(self._part.path.parent).free - self._limits.reserve_bytes
        if free < self._source.size - self._part.bytes():
            raise self._full()

    def _full(self) -> StorageFull:
        free = shutil.disk_usage(self._part.path.parent).free
        return no_room(self._source, self._part.bytes(), free, self._limits.reserve_bytes)


def write_all(file: BinaryIO, piece: bytes) -> None:
    """All of it: at the edge of a full disk a raw write takes only some."""
    rest = memoryview(piece)
    while rest:
        rest = rest[file.write(rest) :]


def too_long(source: HubFile) -> DownloadError:
    return DownloadError(
        f"More came of {source.file} than the hub said it holds; it was thrown away.",
        code="damaged",
        hint="Try again; if it stays so, the hub's copy is broken.",
    )


def no_room(source: HubFile, have: int, free: int, reserve: int) -> StorageFull:
    """Says how much is missing: what is still to come and what must stay free, less what is free."""
    missing = max(source.size - have + reserve - free, 1)
    kept = " What came so far is kept; start it again to go on." if have else ""
    return StorageFull(
        f"{gib(missing)} more must be free on the disk for {source.file}: {gib(source.size - have)} are still to come, "
        f"and {gib(reserve)} are left for other things.",
        hint=f"Free some disk space.{kept}",
    )


def gib(n_bytes: int) -> str:
    """1.5 GiB, 300 MiB, 4 KiB."""
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if n_bytes >= size:
            return f"{n_bytes / size:.1f} {unit}"
    return f"{n_bytes} bytes"
