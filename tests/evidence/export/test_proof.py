"""The reading of a finished file: what it finds wrong, and that a file which is wrong does not stand."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from core.evidence.export import proof
from core.evidence.export.cases import case_of
from core.evidence.export.firewall import Policy
from core.evidence.export.preference import is_barred
from core.evidence.export.shard import publish
from core.evidence.export.spool import Spool
from core.evidence.records import Lineage, RagRow

BACK = Lineage(run_id="t1", source="traces", sig_hash="0" * 64, scorer_version="1")
EXPECTED = proof.Expected(categories=frozenset({"accepted"}))


def row(name: str, run: str = "t1") -> bytes:
    return msgspec.json.encode(
        RagRow(
            id=name, content="Four metres.", source_category="accepted", task_id="k", tags=(), reward=1.0, human=None,
            lineage=msgspec.structs.replace(BACK, run_id=run),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ids", "wrong"), [(("a", "b", "c"), 0), (("a", "a"), 1), (("b", "a"), 1), (("a", "b", "b", "a"), 2), ((), 0)]
)
def test_each_id_once_and_in_order(tmp_path: Path, ids: tuple[str, ...], wrong: int) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"".join(row(name) + b"\n" for name in ids))
    assert len(proof.problems(path, "rag", EXPECTED)) == wrong


def test_a_file_that_is_wrong_does_not_stand_nor_does_the_one_before(tmp_path: Path) -> None:
    """What stood there was made of other evidence: to leave it would be to export what may have been refused."""
    path = tmp_path / "rows.jsonl"
    facts, wrong = publish(path, spooled(row("a")), "rag", EXPECTED)
    assert (facts is not None and facts.rows, wrong, path.exists()) == (1, [], True)
    barred = msgspec.structs.replace(EXPECTED, barred=frozenset({("t2", "0" * 64)}))
    facts, wrong = publish(path, spooled(row("a", run="t2")), "rag", barred)
    assert (facts, len(wrong)) == (None, 1)
    assert list(tmp_path.iterdir()) == []


def spooled(*lines: bytes) -> Spool:
    spool = Spool()
    for number, line in enumerate(lines):
        spool.add(str(number), line)
    return spool


@pytest.mark.parametrize("forgotten", [False, True])
def test_of_a_pair_who_was_forgotten_is_barred(forgotten: bool) -> None:
    assert is_barred(case_of(b"{}", b"{}", {}, Policy(), forgotten, False)) is forgotten
