"""The set-up scripts on machines that lack something: what they find, and what they tell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the set-up is for shells")


def stub(folder: Path, name: str, script: str) -> None:
    """A program of the system, as another machine would have it."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{script}\n")
    (folder / name).chmod(0o755)


def shell(code: str, path: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "-c", f"set -euo pipefail; . scripts/find_python.sh; . scripts/system_packages.sh; {code}"],
        cwd=ROOT,
        env={"PATH": path, "HOME": "/nonexistent", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_python_that_runs_is_found_past_a_broken_shim(tmp_path: Path) -> None:
    stub(tmp_path, "python3", "echo 'pyenv: python3: command not found' >&2; exit 127")
    stub(tmp_path, "python3.12", f'exec {sys.executable} "$@"')
    found = shell("find_python", str(tmp_path))
    assert found.returncode == 0
    assert Path(found.stdout.strip()).exists()


def test_a_python_that_is_too_old_is_not_taken(tmp_path: Path) -> None:
    stub(tmp_path, "old", f"exec {sys.executable} -c 'import sys; sys.exit(1)'")
    assert shell("find_python", str(tmp_path), PYTHON=str(tmp_path / "old")).returncode != 0


def test_a_python_that_is_named_is_the_one_taken(tmp_path: Path) -> None:
    found = shell("find_python", "/usr/bin:/bin", PYTHON=sys.executable)
    assert Path(found.stdout.strip()).samefile(sys.executable)


def test_without_root_the_exact_line_is_printed(tmp_path: Path) -> None:
    stub(tmp_path, "id", "echo 1000")
    stub(tmp_path, "sudo", "exit 1")
    stub(tmp_path, "apt-get", "echo must not run >&2; exit 1")
    told = shell("need 'there is no C++ compiler.' g++", f"{tmp_path}:/usr/bin:/bin")
    assert told.returncode == 1
    assert "there is no C++ compiler." in told.stderr
    assert "    sudo apt-get install -y g++\n" in told.stderr
    assert "must not run" not in told.stderr


def test_with_root_the_lists_are_fetched_where_they_are_missing(tmp_path: Path) -> None:
    log = tmp_path / "log"
    stub(tmp_path, "id", "echo 0")
    stub(tmp_path, "apt-get", f'echo "$*" >>{log}; [ "$1" = update ] || grep -q update {log}')
    done = shell("need 'no compiler' g++", f"{tmp_path}:/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["install", "update", "install"]


SCRIPTS = sorted([*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci" / "run"])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_parses(script: Path) -> None:
    assert subprocess.run(["/bin/bash", "-n", str(script)], check=False).returncode == 0
