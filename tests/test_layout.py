"""Reads the imports and proves the house's order: who may know whom, and what no process may ever load."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A room imports only rooms that stand before it here (docs/architecture.md tells what each is for).
ROOMS = (
    *("errors", "paths", "clock", "lock", "config", "records", "machine", "process", "child", "database", "privacy"),
    *("statistics", "engine", "replay", "knowledge", "teacher", "evidence", "training", "deployment"),
    *("policy", "agent", "exam", "learning", "forget", "night", "server", "first_run", "simulate", "cli"),
)
QT = {"PySide6", "PySide2", "PyQt5", "PyQt6", "shiboken6", "qasync", "pyqtgraph"}
NATIVE = {"torch", "llama_cpp", "transformers", "sentence_transformers"}
MAX_LINES = 400


def modules(*packages: str) -> dict[str, Path]:
    """Dotted name → file of every module of these top-level packages."""
    found = {}
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, *, top_level_only: bool = False) -> Iterator[str]:
    """Dotted names that a module imports; with `top_level_only`, those that importing it executes."""
    tree = ast.parse(path.read_text())
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in executed(tree) if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                stem = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*stem, base] if base else stem)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def executed(tree: ast.Module) -> Iterator[ast.AST]:
    """Nodes that run when the module is imported: no function bodies, no TYPE_CHECKING blocks."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting.extend(node.orelse)
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "core" and len(parts) > 1 else None


def forbidden_rooms(name: str, path: Path) -> list[str]:
    room = room_of(name)
    if room is None:
        return []
    allowed = {*ROOMS[: ROOMS.index(room) + 1], "__version__"}
    return [imported for imported in imports(name, path) if room_of(imported) not in {None, *allowed}]


def loaded_by(name: str, known: dict[str, Path]) -> set[str]:
    """Every module, ours and foreign, that importing `name` loads through our own top-level imports."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        parents = [current.rpartition(".")[0]] if "." in current else []
        if current in known:
            waiting.extend(imports(current, known[current], top_level_only=True))
        waiting.extend(parents)
    return seen


CORE = modules("core")
OURS = modules("core", "desktop")


def test_every_room_is_in_the_list() -> None:
    assert {room_of(name) for name in CORE} - {None} <= set(ROOMS)


@pytest.mark.parametrize("name", CORE)
def test_a_room_imports_only_rooms_above_it(name: str) -> None:
    assert forbidden_rooms(name, CORE[name]) == []


@pytest.mark.parametrize("name", CORE)
def test_core_never_imports_qt(name: str) -> None:
    assert {imported.split(".")[0] for imported in imports(name, CORE[name])} & QT == set()


@pytest.mark.parametrize("name", [name for name in OURS if name.startswith("desktop")])
def test_the_desktop_never_loads_native_models(name: str) -> None:
    assert {loaded.split(".")[0] for loaded in loaded_by(name, OURS)} & NATIVE == set()


@pytest.mark.parametrize("name", OURS)
def test_a_module_has_one_job_and_says_it(name: str) -> None:
    text = OURS[name].read_text()
    assert not text or ast.get_docstring(ast.parse(text)), "the first line says the module's job"
    assert len(text.splitlines()) <= MAX_LINES
    assert not {"utils", "helpers", "manager"} & set(name.split("."))


@pytest.mark.parametrize("name", OURS)
def test_nothing_unpickles(name: str) -> None:
    roots = {imported.split(".")[0] for imported in imports(name, OURS[name])}
    assert roots & {"pickle", "shelve", "dill", "cloudpickle", "joblib", "diskcache"} == set()


@pytest.mark.slow
def test_the_serving_process_loads_no_native_model() -> None:
    """What the static reading cannot see: imports made by our dependencies."""
    probe = "import sys, core.cli, core.server.run; print(*sorted(m for m in sys.modules if '.' not in m))"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(loaded.stdout.split()) & {*NATIVE, *QT, "diskcache"} == set()


def test_the_reader_sees_what_it_must_refuse(tmp_path: Path) -> None:
    """The tests above can fail: an upward import and a lazy one are both found."""
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from core.server import run\n")
    assert forbidden_rooms("core.engine.bad", bad) == ["core.server", "core.server.run"]
    bad.write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\nelse:\n    import PySide6\n")
    assert set(imports("core.bad", bad, top_level_only=True)) == {"typing", "typing.TYPE_CHECKING", "PySide6"}
    bad.write_text("from . import llama\nfrom ..server import run\n")
    relative = ["core.engine", "core.engine.llama", "core.server", "core.server.run"]
    assert list(imports("core.engine.bad", bad)) == relative
