"""A fifth is sealed, for ever the same fifth, and independent of other splits."""

from __future__ import annotations

import hashlib
import subprocess
import sys

from core.evidence.records import EvidenceRecord, Provenance
from core.evidence.sealing import conversation_of, is_sealed

PINNED = "00000000001000010001"
"""Of `conversation-0` to `-19`: a change would let sealed tasks out."""


def record(run_id: str, conversation: str | None = None) -> EvidenceRecord:
    moment = "2026-11-21T00:00:00.000000Z"
    where = Provenance(source_file="nightschool.db", line_offset=1, sig_hash="0" * 64, recorded_at=moment)
    return EvidenceRecord(
        run_id=run_id, task_id="t", timestamp=moment, source="traces", source_class="verdict", rule="person",
        provenance=where, conversation_id=conversation,
    )  # fmt: skip


def test_the_same_fifth_for_ever() -> None:
    assert "".join(str(int(is_sealed(f"conversation-{number}"))) for number in range(20)) == PINNED


def test_about_a_fifth() -> None:
    assert 0.19 < sum(is_sealed(f"c{number}") for number in range(20_000)) / 20_000 < 0.21


def test_it_has_nothing_to_do_with_a_plain_hash() -> None:
    """A split by another hash of the same id finds a fifth sealed on either side."""
    names = [f"c{number}" for number in range(20_000)]
    held = [name for name in names if int.from_bytes(hashlib.sha256(name.encode()).digest()) % 5 == 0]
    assert 0.18 < sum(map(is_sealed, held)) / len(held) < 0.22


def test_the_hash_seed_of_the_process_does_not_matter() -> None:
    code = "from core.evidence.sealing import is_sealed; print(*(int(is_sealed(f'c{n}')) for n in range(50)))"
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_a_correction_is_of_its_runs_conversation() -> None:
    assert conversation_of(record("t/correction")) == conversation_of(record("t")) == "t"
    assert conversation_of(record("t/correction", "c")) == "c"
    assert conversation_of(record("t", "")) == "t"
