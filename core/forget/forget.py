"""Forget this, from the plan to the receipt. What was begun is finished, whatever interrupts it.

    find ids → intent on disk → texts out of free files → traces, rows, streams → files → index → adapters → proof

The intent holds ids only; everything after it can be repeated. Repeating the command, or the next one that forgets or
collects, takes up what was interrupted; only what is found by its text alone needs the words again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import msgspec

from core.database import Database
from core.evidence import lineage
from core.evidence.records import CORRECTION
from core.forget import finding, index_rows, made_files, proof
from core.forget.deleted import clean_deleted
from core.forget.finding import Found
from core.forget.free_files import Texts
from core.forget.intents import Intents
from core.forget.made_files import Gone
from core.forget.records import MODELS, CannotForget, Intent, Plan, Receipt, Standing, State, Target
from core.lock import HomeLock
from core.paths import Home

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and of how much (0: unknown)."""
LOCK_WAIT_S = 10.0
LOCKS = {
    "evidence": "Evidence is being made in this home.",
    "import": "Something is being imported into this home, and would bring back what goes.",
}
"""Name of each lock that is held all the while, in this order, and what to say where another has it."""
SCRUB_S = 5.0
RETRAIN = "retrain"
MANY = 1_000_000
LISTED = 1000
"""Run ids of streams' rows in a receipt at most."""


class Forgetting:
    """One home; one forgetting at a time, and none while evidence is being made or anything imported."""

    def __init__(
        self,
        home: Home,
        database: Database,
        *,
        progress: Progress = lambda about, done, of: None,
        cancelled: Callable[[], bool] = lambda: False,
        index_wait_s: float = index_rows.WAIT_S,
    ) -> None:
        self._home, self._database = home, database
        self._progress, self._cancelled, self._index_wait_s = progress, cancelled, index_wait_s
        self._intents = Intents(home)

    def plan(self, target: Target, *, now: datetime) -> Plan:
        """What would go; changes nothing. Raises NotFound, BadRequest."""
        return self._plan(self._found(target, now))

    def forget(self, target: Target, *, now: datetime) -> Receipt:
        """Does it. Raises NotFound, BadRequest, CannotForget (see LOCKS), DatabaseError, OSError."""
        with self._alone():
            before = self._intents.pending()
            found = self._found(target, now, begun=before)
            for other in before:
                if other.id != found.intent.id:
                    self._carry_out(other, None, now)
            counted = {**self._counts(found), **found.intent.counted}
            return self._carry_out(msgspec.structs.replace(found.intent, counted=counted), found, now)

    def finish(self, *, now: datetime) -> list[Receipt]:
        """Takes up what was interrupted. [] where nothing was."""
        if not self._intents.wait():
            return []
        with self._alone():
            return [self._carry_out(intent, None, now) for intent in self._intents.pending()]

    # ---- before ------------------------------------------------------------------------------------------

    def _found(self, target: Target, now: datetime, begun: list[Intent] | None = None) -> Found:
        """With what was begun for the same and interrupted, taken together."""
        self._progress("looking for it", 0, 0)
        found = finding.find(self._home, self._database, target, self._intents.stamp(now))
        begun = self._intents.pending() if begun is None else begun
        same = [one for one in begun if _same(one, found.intent)]
        return found._replace(intent=_together(same[0], found.intent)) if same else found

    def _plan(self, found: Found) -> Plan:
        intent = found.intent
        holds = found.holds
        return Plan(
            kind=intent.kind,
            traces={why: len(ids) for why, ids in intent.traces.items()},
            places=self._counts(found),
            adapters=lineage.trained_on(self._home, intent.run_ids).trained,
            sources=intent.sources,
            found_as=found.found_as,
            by_hand=Texts(holds, Gone.of(intent), intent.trace_ids).by_hand(self._home),
            outside=intent.outside,
        )

    def _counts(self, found: Found) -> dict[str, int]:
        """What stands there now, by place."""
        counts = self._by_id(found.intent)
        counts += Texts(found.holds, Gone.of(found.intent), found.intent.trace_ids).clean(self._home, dry=True)
        for table, text in self._database.wording.of_others():
            counts[table] += found.holds(text.encode("utf-8", "replace"))
        return dict(sorted((+counts).items()))

    def _by_id(self, intent: Intent) -> Counter[str]:
        counts = made_files.count(self._home, Gone.of(intent), intent.sources)
        there = self._database.imports.known(sorted(intent.trace_ids))
        counts["traces"] = len(there)
        counts["pairs"] = sum(
            len(self._database.pairs.exported(role, self._pair_runs(intent)))
            for role in ("assistant", "coder", "fixer", "judge")
        )
        counts["exemplars"] = len(self._database.exemplars.of_traces(sorted(there)))
        counts["streams"] = len({one.name for one in self._database.sources.all()} & set(intent.sources))
        return counts

    @staticmethod
    def _pair_runs(intent: Intent) -> list[str]:
        return sorted(intent.run_ids | {f"{one}{CORRECTION}" for one in intent.trace_ids})

    # ---- doing it ------------------------------------------------------------------------------------------

    def _carry_out(self, intent: Intent, found: Found | None, now: datetime) -> Receipt:
        """found: None where the words are no longer known."""
        rows = [one.row for one in self._database.exemplars.of_traces(sorted(intent.trace_ids)).values()]
        left = tuple(sorted({one for ids in found.left.values() for one in ids})) if found is not None else intent.left
        intent = msgspec.structs.replace(intent, index_rows=tuple(sorted({*intent.index_rows, *rows})), left=left)
        self._intents.begin(intent)
        if not intent.texts_done:
            self._texts(intent, found)
            intent = msgspec.structs.replace(intent, texts_done=True)
            self._intents.begin(intent)
        self._rows(intent)
        self._progress("files made of it", 0, 0)
        made_files.clean(self._home, Gone.of(intent), intent.sources)
        self._progress("the index of past work", 0, 0)
        index = index_rows.take_out(self._home, intent.index_rows, wait_s=self._index_wait_s)
        jobs, adapters = self._retrain(intent, now)
        self._scrub()
        receipt = self._receipt(intent, found, index, jobs, adapters)
        self._intents.end(receipt)
        return receipt

    def _texts(self, intent: Intent, found: Found | None) -> None:
        """Out of everything that is known by its text alone."""
        self._progress("texts in logs, jobs and reviews", 0, 0)
        texts = found.texts if found is not None else ()
        holds = finding.holder(texts)
        if texts:
            self._database.wording.clean(lambda text: holds(text.encode("utf-8", "replace")))
            made_files.nameless(self._home, holds)
        else:
            made_files.drop_nameless(self._home)
        Texts(holds, Gone.of(intent), intent.trace_ids).clean(self._home)

    def _rows(self, intent: Intent) -> None:
        database = self._database
        database.forgotten.add(intent.sig_hashes)
        for source in intent.sources:
            database.sources.forget(source)
        database.pairs.forget(self._pair_runs(intent))
        ids = sorted(intent.trace_ids)
        if database.imports.known(ids):
            database.traces.delete_many(ids, progress=lambda done, of: self._progress("traces", done, of))
        for one in intent.imports:
            if not database.imports.trace_ids(one):
                database.imports.forget(one)

    def _scrub(self) -> None:
        """Pages of the log that a reader keeps are told by the proof."""
        until = time.monotonic() + SCRUB_S
        while not self._database.scrub() and time.monotonic() < until:
            time.sleep(0.05)

    def _retrain(self, intent: Intent, now: datetime) -> tuple[tuple[str, ...], lineage.Adapters]:
        """One job an adapter; where one waits already, that."""
        adapters = lineage.trained_on(self._home, intent.run_ids)
        queued: list[str] = []
        for name in adapters.trained:
            jobs = [
                one for one in self._database.jobs.all(kind=RETRAIN, limit=100_000) if one.payload["adapter"] == name
            ]
            waiting = [one.id for one in jobs if one.state == "queued"]
            job_id = waiting[0] if waiting else f"{RETRAIN}-{name}-{len(jobs) + 1}"
            if not waiting:
                self._database.jobs.insert(job_id, RETRAIN, {"adapter": name, "forget": intent.id}, now=now)
            queued.append(job_id)
        return tuple(queued), adapters

    # ---- afterwards ----------------------------------------------------------------------------------------

    def _receipt(
        self, intent: Intent, found: Found | None, index: str, jobs: tuple[str, ...], adapters: lineage.Adapters
    ) -> Receipt:
        standing, not_searched = self._proof(intent, found)
        remaining = self._by_id(intent)
        if index:
            standing += (Standing(place=self._home.index.name, how="vectors", why=index),)
        standing += tuple(
            Standing(place=place, how="ids", why="it could not be taken out") for place in sorted(+remaining)
        )
        runs = tuple(sorted({row.run_id for row in intent.rows} - {""}))
        return Receipt(
            id=intent.id,
            recorded_at=intent.at,
            kind=intent.kind,
            state=_state(standing, not_searched),
            traces={why: tuple(sorted(ids)) for why, ids in intent.traces.items()},
            rows=runs if len(runs) <= LISTED else (),
            sources=intent.sources,
            imports=intent.imports,
            removed={place: count - remaining[place] for place, count in sorted(intent.counted.items())},
            adapters=adapters.trained,
            adapters_unknown=adapters.unknown,
            jobs=jobs,
            standing=standing,
            not_searched=not_searched,
            outside=intent.outside,
            left=intent.left,
        )

    def _proof(self, intent: Intent, found: Found | None) -> tuple[tuple[Standing, ...], tuple[Standing, ...]]:
        if found is None:
            return (), (proof.WORDS_LOST,)
        if intent.kind == "source" and not intent.traces:
            return (), ()  # rows of another program's file are known by their ids; what they say is in the file still
        if not found.texts:
            return (), (proof.NO_TEXT,)
        return proof.prove(
            self._home,
            found.texts,
            progress=lambda done, of: self._progress("searching every byte", done, of),
            cancelled=self._cancelled,
            kept=intent.left,
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with ExitStack() as held:
            for name, problem in LOCKS.items():
                lock = HomeLock(self._home.lock(name))
                if not lock.acquire(timeout_s=LOCK_WAIT_S):
                    raise CannotForget(problem, hint="Wait until that has ended, or stop it.")
                held.callback(lock.release)
            self._intents.set_aside()
            yield
        clean_deleted(self._home, self._database)  # what others deleted meanwhile


def _state(standing: tuple[Standing, ...], not_searched: tuple[Standing, ...]) -> State:
    """Models as they were downloaded hold nothing of anybody's; whatever else was not looked into may."""
    if standing:
        return "still stands"
    return "not proved" if any(one.why != MODELS for one in not_searched) else "gone everywhere"


def _same(one: Intent, other: Intent) -> bool:
    """Whether the same was asked for. Of words nobody can say: those are finished, and then looked for anew."""
    named = (one.kind, set(one.traces.get("chosen", ())), set(one.sources), set(one.imports))
    return one.kind != "words" and named == (
        other.kind, set(other.traces.get("chosen", ())), set(other.sources), set(other.imports)
    )  # fmt: skip


def _together(begun: Intent, found: Intent) -> Intent:
    """What was begun, and what there is of it now."""
    traces = dict(begun.traces)
    for why, ids in found.traces.items():
        fresh = [one for one in ids if one not in begun.trace_ids]
        if fresh:
            traces[why] = (*traces.get(why, ()), *fresh)
    return msgspec.structs.replace(
        begun,
        traces=traces,
        rows=tuple(sorted({*begun.rows, *found.rows}, key=lambda row: (row.run_id, row.sig_hash))),
        sources=tuple(sorted({*begun.sources, *found.sources})),
        imports=tuple(sorted({*begun.imports, *found.imports})),
        outside=tuple(sorted({*begun.outside, *found.outside})),
        texts_done=False,
    )
