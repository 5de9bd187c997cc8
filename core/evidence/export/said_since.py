"""What a person says of a row today: asked again before anything is handed over, as the evidence may be older.

Datasets are as of the last `collect`. A no, or another correction, that came after it is law 2's matter all the same.
"""

from __future__ import annotations

from functools import lru_cache

from core.database import Database
from core.database.labels import NO, Standing, people, standing
from core.errors import NotFound
from core.evidence.records import CORRECTION, KtoRow, Lineage, PreferenceRow, RagRow, SftRow
from core.evidence.sources.traces import NAME


def refused_now(database: Database, one: Lineage) -> bool:
    """Whether a person said no to it since, corrected it, gave another correction in its place, or deleted it."""
    if one.source != NAME:
        return False  # nobody can rate a row of another program's stream here
    try:
        statements = database.feedback.for_trace(one.run_id.removesuffix(CORRECTION))
    except NotFound:
        return True  # deleted this very moment
    said = standing(statements, people(simulated=database.simulated))
    if one.run_id.endswith(CORRECTION):
        return said.correction is None or said.correction.id not in one.feedback
    return is_refused(said)


def is_refused(said: Standing) -> bool:
    """Of an answer itself: a no, or another answer in its place."""
    return said.correction is not None or (said.value is not None and said.value <= NO)


class Earlier:
    """Whether an example says again what was refused before it: for forms that cannot say which answer is learned.

    Of a client that names no conversation nobody can tell.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._refused_in = lru_cache(maxsize=256)(self._refused)

    def was_refused(self, row: SftRow) -> bool:
        before = {(one.content or "").strip() for one in row.prompt if one.role == "assistant"} - {""}
        if not before or row.lineage.source != NAME:
            return False
        found = self._database.states.of([row.lineage.run_id.removesuffix(CORRECTION)])
        conversation = found[0].trace.conversation_id if found else None
        return conversation is not None and not before.isdisjoint(self._refused_in(conversation))

    def _refused(self, conversation: str) -> frozenset[str]:
        speakers = people(simulated=self._database.simulated)
        states = self._database.states.of(self._database.conversations.trace_ids(conversation))
        return frozenset(one.trace.response.strip() for one in states if is_refused(standing(one.feedback, speakers)))


def imitated(row: RagRow | SftRow | PreferenceRow | KtoRow) -> tuple[Lineage, ...]:
    """Who of a row is shown as good: of a pair the better one, of a thumb only a yes."""
    if isinstance(row, PreferenceRow):
        return row.lineage[:1]
    return () if isinstance(row, KtoRow) and not row.label else (row.lineage,)
