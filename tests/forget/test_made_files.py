"""Out of the files of the pipeline, by ids alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.forget import made_files
from core.forget.made_files import Gone
from core.paths import Home

GONE = Gone(frozenset({b"t1"}), frozenset({b"a" * 64}))


def wrote(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


@pytest.mark.parametrize(
    "line",
    [
        '{"run_id":"t2","leak_of":"t1"}',
        '{"run_id":"t2","duplicate_of":"t1/correction"}',
        '{"run_id":"t1/correction"}',
        f'{{"run_id":"t2","sig_hash":"{"a" * 64}"}}',
    ],
)
def test_what_was_screened_beside_it_is_screened_again(home: Home, line: str) -> None:
    """A finding of another day names it: the file goes, and the export refuses that day until it is screened anew."""
    naming = wrote(home.screened / "2026/04/28/traces.jsonl", '{"evidence_sha256":""}', line)
    other = wrote(home.screened / "2026/04/29/traces.jsonl", '{"evidence_sha256":""}', '{"run_id":"t3"}')
    made_files.clean(home, GONE)
    assert (naming.exists(), other.exists()) == (False, True)


@pytest.mark.parametrize("key", ["chosen_run_id", "rejected_run_id", "trace_id", "task_trace_id"])
def test_a_line_that_names_it_goes(home: Home, key: str) -> None:
    path = wrote(home.datasets / "preference/train/x.jsonl", f'{{"{key}" : "t1/correction"}}', f'{{"{key}":"t11"}}')
    assert made_files.clean(home, GONE) == {"datasets/preference": 1}
    assert path.read_text() == f'{{"{key}":"t11"}}\n'
