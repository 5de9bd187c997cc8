"""How many threads: one core stays free, and what the system allows is respected."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from core.engine import devices


@pytest.mark.parametrize(
    ("physical", "affinity", "quota", "threads"),
    [(8, 16, 16, 7), (8, 4, 16, 3), (8, 16, 2, 1), (1, 1, 1, 1), (2, 2, 2, 1), (64, 64, 64, 63)],
)
def test_one_core_stays_free(
    monkeypatch: pytest.MonkeyPatch, physical: int, affinity: int, quota: int, threads: int
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: physical)
    monkeypatch.setattr(devices.os, "sched_getaffinity", lambda _: set(range(affinity)), raising=False)
    monkeypatch.setattr(devices, "_quota", lambda file, default: min(quota, default))
    assert devices.threads() == threads
    assert devices.threads(5) == 5


def test_quota_of_the_cgroup(tmp_path: Path) -> None:
    file = tmp_path / "cpu.max"
    assert devices._quota(file, 4) == 4
    for text, expected in (("max 100000", 4), ("250000 100000", 2), ("50000 100000", 1), ("garbage", 4)):
        file.write_text(text)
        assert devices._quota(file, 4) == expected


def test_free_memory_is_stated_and_no_gpu_is_none() -> None:
    memory = devices.free_memory()
    assert 0 < memory.ram <= psutil.virtual_memory().total and memory.gpu >= 0
