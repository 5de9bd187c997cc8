"""Power loss at random moments: nothing acknowledged is lost, and whatever is derived still agrees (must-show 7).

Each run writes through a disk that loses what was not synced, and takes the power away, on paper, at several
random moments: the files as they would then be found are opened and held against the ledger of acknowledgements.
"""

from __future__ import annotations

import random
from pathlib import Path

import apsw
import pytest

from core.database import Database
from core.paths import Home
from tests.crash.power import Disk, PowerVFS
from tests.crash.workload import Ledger, Workload

EVENTS = 3500
"""Writes and syncs among which the moments are drawn: about 150 steps of the workload."""
CUTS_A_RUN = 10


class Cut:
    """The state of the disk at one moment, and the ledger at the same moment."""

    def __init__(self, event: int, files: dict[Path, bytes], ledger: Ledger) -> None:
        self.event = event
        self.files = files
        self.ledger = ledger

    def restored(self, folder: Path) -> Home:
        folder.mkdir()
        home = Home(folder)
        for path, content in self.files.items():
            if path.name.startswith("nightschool.db"):
                (folder / path.name).write_bytes(content)
        return home


def cuts_of(home: Home, seed: int) -> list[Cut]:
    """Runs the workload once, with the power cut on paper at CUTS_A_RUN random events."""
    chance = random.Random(seed)
    disk, ledger, cuts = Disk(), Ledger(), list[Cut]()
    moments: set[int] = set()

    def on_event(event: int) -> None:
        if event in moments:
            cuts.append(Cut(event, disk.cut(chance, keep=chance.choice([0.0, 0.5, 0.9])), ledger.copy()))

    vfs = PowerVFS(f"power-{seed}", disk)
    with Database.open(home, vfs=f"power-{seed}") as database:
        workload = Workload(database, seed, "a", ledger.hear)
        moments |= {disk.events + later for later in chance.sample(range(1, EVENTS), CUTS_A_RUN)}
        disk.on_event = on_event
        while len(cuts) < CUTS_A_RUN:
            workload.step()
        disk.on_event = lambda event: None
    vfs.unregister()
    return cuts


def check(tmp_path: Path, seeds: range) -> int:
    checked = 0
    for seed in seeds:
        for cut in cuts_of(Home(tmp_path / f"run{seed}"), seed):
            with Database.open(cut.restored(tmp_path / f"cut{seed}-{cut.event}")) as database:
                cut.ledger.hold_against(database)
                database.traces.recover(lambda owner: True)
                cut.ledger.hold_recovered(database)
            checked += 1
    return checked


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_power_fails(tmp_path: Path) -> None:
    assert check(tmp_path, range(2)) == 20


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_nothing_acknowledged_is_lost_in_200_power_failures(tmp_path: Path) -> None:
    assert check(tmp_path, range(100, 120)) == 200


def test_this_disk_does_lose_what_was_not_synced(tmp_path: Path) -> None:
    """The proof above can fail: without syncs the same disk loses acknowledged rows, or the whole file."""
    disk = Disk()
    vfs = PowerVFS("power-unsynced", disk)
    connection = apsw.Connection(str(tmp_path / "nightschool.db"), vfs="power-unsynced")
    connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t (x)").fetchall()
    for number in range(20):
        connection.execute("INSERT INTO t VALUES (?)", (number,))
    files = disk.cut(random.Random(1), keep=0.5)
    connection.close()
    vfs.unregister()
    found = tmp_path / "after"
    found.mkdir()
    for path, content in files.items():
        (found / path.name).write_bytes(content)
    after = apsw.Connection(str(found / "nightschool.db"))
    try:
        rows = after.execute("SELECT count(*) FROM t").fetchall()[0][0]
    except (apsw.SQLError, apsw.CorruptError, apsw.NotADBError):
        rows = 0
    after.close()
    assert isinstance(rows, int) and rows < 20
