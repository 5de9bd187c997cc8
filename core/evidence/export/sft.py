"""Examples to imitate: accepted, of high quality; partly accepted only where it is asked for."""

from __future__ import annotations

from core.evidence.export.making import export
from core.evidence.stage import StageResult, Work


def run(work: Work) -> StageResult:
    """Makes what changed. Raises OSError, Cancelled."""
    return export(work, ["sft"])["sft"]
