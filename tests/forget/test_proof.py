"""The search afterwards: nothing of the home is passed over but models and locks."""

from __future__ import annotations

import gzip

import pytest

from core.forget import proof
from core.paths import Home

TEXT = "the lighthouse of Quuxia"


@pytest.mark.parametrize(
    "place",
    [
        "datasets/sft/train/2026-04-27-traces.jsonl", "evidence/2026/04/27/traces.jsonl", "evidence/.state/x.npy",
        "scored/x", "screened/x", "quarantine/rag/x", "skips/x", "receipts/run_1/summary.md",
        "receipts/forget/.pending/x", "logs/server.log", "backups/x", "learning/benchmarks/x.json",
        "index/x", "adapters/a/lineage.jsonl", "x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
def test_it_is_found_wherever_it_stands(home: Home, place: str, packed: bool) -> None:
    path = home.root / (f"{place}.gz" if packed else place)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(TEXT.encode()) if packed else TEXT.encode())
    standing, missed = proof.prove(home, (TEXT,), progress=lambda done, of: None, cancelled=lambda: False)
    assert [one.place.split("!")[0].split(" ")[0].startswith(place) for one in standing] == [True]
    assert missed == ()


def test_what_is_not_looked_through_is_told(home: Home) -> None:
    home.models.mkdir(parents=True, exist_ok=True)
    (home.models / "x.gguf").write_bytes(TEXT.encode())
    standing, missed = proof.prove(home, (TEXT,), progress=lambda done, of: None, cancelled=lambda: False)
    assert standing == ()
    assert [one.place for one in missed] == [home.models.name]
