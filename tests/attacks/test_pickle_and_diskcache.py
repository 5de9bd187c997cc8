"""Pickle runs code when it is loaded: refused by name and by content; diskcache (CVE-2025-69872) is never imported."""

from __future__ import annotations

import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core.engine.gguf_check import check
from core.engine.library import Registry
from core.errors import ModelFileError
from core.paths import Home

ENGINE = "core.engine"


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize(
    "name", ["pytorch_model.bin", "model.pt", "model.PTH", "model.pkl", "m.ckpt", "model.gguf", "m"]
)
def test_pickle_refused(tmp_path: Path, home: Home, name: str) -> None:
    mark = tmp_path / "ran"
    (tmp_path / name).write_bytes(pickle.dumps(Trap(mark), protocol=4))
    for use in (check, Registry(home).add):
        with pytest.raises(ModelFileError, match=r"run code|pickle"):
            use(tmp_path / name)
    assert not mark.exists()
    assert Registry(home).entries() == []


def test_zipped_pickle_refused(tmp_path: Path) -> None:
    """What torch.save writes."""
    path = tmp_path / "model.gguf"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(Trap(tmp_path / "ran")))
    with pytest.raises(ModelFileError, match="zip"):
        check(path)


def modules_of_the_child() -> list[str]:
    folder = Path(__file__).parents[2] / "core" / "engine"
    return [ENGINE if p.stem == "__init__" else f"{ENGINE}.{p.stem}" for p in sorted(folder.glob("*.py"))]


def test_diskcache_never_imported() -> None:
    """All of the engine, the child's main module too, in a fresh process where diskcache could be imported."""
    program = (
        "import importlib, sys\n"
        f"for name in {modules_of_the_child()!r}: importlib.import_module(name)\n"
        "assert 'llama_cpp.llama_cpp' in sys.modules, 'llama.cpp was not loaded at all'\n"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('diskcache', 'pickle5')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_llama_cpp_whole_would_have_imported_it() -> None:
    """Why the engine enters that package without running its `__init__`; when this fails, the care can end."""
    program = "import sys, llama_cpp; print('diskcache' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "True"
