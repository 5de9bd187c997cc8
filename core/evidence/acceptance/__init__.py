"""Holds what stands in a home against the laws: named checks over the real files, read as a stranger would."""

from core.evidence.acceptance.accept import accept
from core.evidence.acceptance.findings import CHECKS, Acceptance, Check

__all__ = ["CHECKS", "Acceptance", "Check", "accept"]
