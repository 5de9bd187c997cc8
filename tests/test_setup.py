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


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """run.sh with an environment that only says what is started. DISPLAY_WORKS, QT_WORKS: 0 where they do."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/run.sh").write_text((ROOT / "scripts/run.sh").read_text())
    python = """case "$*" in
        "-m desktop.display") [ "$DISPLAY_WORKS" = 0 ] || { echo "There is no display here."; exit 1; };;
        "-c import PySide6.QtWidgets") exit "$QT_WORKS";;
        *) echo "desktop: $*";;
    esac"""
    (tmp_path / ".venv").mkdir()
    stub(tmp_path / ".venv/bin", "python", python)
    stub(tmp_path / ".venv/bin", "nightschool", 'echo "server: $*"')
    return tmp_path


@pytest.mark.parametrize(
    ("display", "qt", "arguments", "expected"),
    [
        ("0", "0", [], "desktop: -m desktop\n"),
        ("0", "0", ["--background"], "desktop: -m desktop --background\n"),
        ("0", "0", ["--port", "8080"], "server: serve --port 8080\n"),
        (
            "1",
            "0",
            [],
            "There is no display here. So only the server is started; with a display, the desktop app is.\n"
            "server: serve\n",
        ),
        (
            "0",
            "1",
            ["--background"],
            "Qt's system libraries are missing. So only the server is started; with a display, the desktop app is.\n"
            "server: serve\n",
        ),
    ],
)
def test_run_starts_the_desktop_where_there_is_a_display(
    checkout: Path, tmp_path: Path, display: str, qt: str, arguments: list[str], expected: str
) -> None:
    started = subprocess.run(
        ["/bin/bash", str(checkout / "scripts/run.sh"), *arguments],
        env={
            "PATH": "/usr/bin:/bin",
            "NIGHTSCHOOL_HOME": str(tmp_path / "home"),
            "DISPLAY_WORKS": display,
            "QT_WORKS": qt,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout == expected


def test_libraries_that_qt_lacks_are_seen(tmp_path: Path) -> None:
    stub(tmp_path, "ldd", "echo 'libxcb-cursor.so.0 => not found'")
    path = f"{tmp_path}:/usr/bin:/bin"
    assert shell("qt_lacks_libraries .venv", path).returncode == 0
    stub(tmp_path, "ldd", "echo 'libxcb-cursor.so.0 => /usr/lib/libxcb-cursor.so.0'")
    assert shell("qt_lacks_libraries .venv", path).returncode != 0


def test_a_session_that_lacks_one_part_is_not_whole(tmp_path: Path) -> None:
    """Of everything that the desktop's tests need, one program is not there."""
    for line in shell('printf "%s\\n" "${SESSION_COMMANDS[@]}"', "/usr/bin:/bin").stdout.split()[:-1]:
        stub(tmp_path, line, "")
    assert shell("has_session_tools", str(tmp_path)).returncode != 0


SCRIPTS = sorted([*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci" / "run"])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_parses(script: Path) -> None:
    assert subprocess.run(["/bin/bash", "-n", str(script)], check=False).returncode == 0
