"""What is deleted leaves the files that were made of it, too: evidence, scores, datasets, role files, quarantine.

How far the deletions were followed stands in the database itself, so whoever comes after a process that died between
deleting a trace and cleaning the files (a deletion, an evidence run, a server's start) does what it left.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Collection

from core.database import Database
from core.forget import made_files
from core.forget.made_files import Gone
from core.forget.records import CannotForget
from core.lock import HomeLock
from core.paths import Home

FOLLOWED = "deletions followed in made files"
WAIT_S = 2.0
"""Seconds that a deletion waits for whoever works on the evidence; after that it is up to them."""


def behind(database: Database) -> bool:
    """Whether lines of something deleted may still stand in made files."""
    return bool(_since(database))


def clean_deleted(home: Home, database: Database, *, wait_s: float = 0.0) -> Counter[str]:
    """Takes every line of what was deleted out of the made files; returns how many went, by place.

    Nothing is done while somebody works on the evidence; they do it at their end, and `behind` says so till then.
    Where nothing was made it costs one question to the database. Raises CannotForget (the disk), DatabaseError.
    """
    found: Counter[str] = Counter()
    lock = HomeLock(home.lock("evidence"))
    # Again where somebody deleted meanwhile, and gave up waiting for this.
    while behind(database) and lock.acquire(timeout_s=wait_s):
        try:
            found += _clean(home, database)
        finally:
            lock.release()
    return found


def _clean(home: Home, database: Database) -> Counter[str]:
    last = database.last_change()  # before the ids: what is deleted meanwhile is looked at again
    gone = Gone.of_traces(_since(database))
    try:
        for folder in (home.acceptance, home.evidence_state / "spill"):  # a killed run's: whole texts
            if folder.is_dir():
                shutil.rmtree(folder)
        found = made_files.clean(home, gone)
    except OSError as error:
        raise CannotForget(
            f"It is deleted, but files that were made of it cannot be changed: {error.strerror}.",
            hint="See to the disk; the next `nightschool evidence run` takes it out of them.",
            title="It still stands in files",
        ) from error
    database.state.set(FOLLOWED, str(last))
    return found


def _since(database: Database) -> Collection[str]:
    """Ids of what was deleted and not followed yet; all that ever were, where that was never done."""
    followed = database.state.get(FOLLOWED)
    if followed is None:
        return database.traces.deleted_ids()
    return database.traces.deleted_since(int(followed))
