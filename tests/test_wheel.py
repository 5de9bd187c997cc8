"""The wheel carries what the app needs and runs from an environment of its own, far from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from core import __version__

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("nightschool-*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As pipx makes one: a virtual environment with the wheel in it. Its dependencies are those of this one.

    The .pth file adds their folder but does not process the .pth files in it, so an editable checkout stays unseen.
    """
    folder = tmp_path_factory.mktemp("pipx") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    site = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True)
    Path(site.strip(), "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip("--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    return folder


def pip(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def run(environment: Path, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """From a folder that is not the checkout, with nothing of Python's in the variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(environment / "bin" / "nightschool"), *arguments],
        cwd=tmp_path,
        env={**kept, "NIGHTSCHOOL_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_carries_the_resources_and_nothing_personal(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    carried = {name.removeprefix("core/_resources/") for name in names if name.startswith("core/_resources/")}
    expected = {
        str(path.relative_to(ROOT / "resources"))
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert carried == expected
    assert "demo-student.gguf" in carried
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "bench/", "scripts/"))]


def test_it_runs_from_an_environment_of_its_own(environment: Path, tmp_path: Path) -> None:
    assert run(environment, tmp_path, "--version").stdout.strip().endswith(__version__)
    where = subprocess.run(
        [
            str(environment / "bin" / "python"),
            "-c",
            "import core, core.paths; print(core.__file__, core.paths.resources())",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(path.startswith(str(environment)) for path in where.stdout.split())


def test_doctor_finds_everything_in_order(environment: Path, tmp_path: Path) -> None:
    outcome = run(environment, tmp_path, "doctor", "--json")
    report = json.loads(outcome.stdout)
    assert outcome.returncode == 0, report
    assert [check for check in report["checks"] if check["state"] == "failed"] == []


def test_it_answers(environment: Path, tmp_path: Path) -> None:
    outcome = run(environment, tmp_path, "ask", "--json", "Where is the green kettle?")
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout)["response"]
