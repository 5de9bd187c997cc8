"""What a person says of a row today: asked again before anything is handed over, as the evidence may be older.

Datasets are as of the last `collect`. A no, or another correction, that came after it is law 2's matter all the same.
"""

from __future__ import annotations

from core.database import Database
from core.database.labels import NO, people, standing
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
    return said.correction is not None or (said.value is not None and said.value <= NO)


def imitated(row: RagRow | SftRow | PreferenceRow | KtoRow) -> tuple[Lineage, ...]:
    """Who of a row is shown as good: of a pair the better one, of a thumb only a yes."""
    if isinstance(row, PreferenceRow):
        return row.lineage[:1]
    return () if isinstance(row, KtoRow) and not row.label else (row.lineage,)
