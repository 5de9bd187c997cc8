"""Reads the imports and proves the house's order: who may know whom, and what no process may ever load."""

from __future__ import annotations

import ast
import os
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


def imports(name: str, path: Path, *, top_level_only: bool = False, really: bool = False) -> Iterator[str]:
    """Dotted names that a module imports; with `top_level_only`, those that importing it executes; with `really`,
    also those that its functions execute, but none for type checkers."""
    tree = ast.parse(path.read_text())
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in executed(tree, functions=really) if top_level_only or really else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                stem = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*stem, base] if base else stem)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def executed(tree: ast.Module, *, functions: bool = False) -> Iterator[ast.AST]:
    """Nodes that run when the module is imported: no function bodies (but for `functions`), no TYPE_CHECKING blocks."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not functions:
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


DESKTOP = [name for name in OURS if name.startswith("desktop")]
# Essentials has no Qt WebEngine, Charts and the like: a wheel of Qt that has them must not hide that we need one.
QT_PARTS = {"QtCore", "QtGui", "QtWidgets", "QtNetwork", "QtDBus", "QtSvg"}
# What the window needs at times only: a start is counted in milliseconds, and an idle window in megabytes.
LATER = {"httpx2", "httpx", "keyring", "pyqtgraph", "numpy", "tomlkit", "desktop_notifier", "detect_secrets"}
NEVER = {*NATIVE, "hnswlib", "anthropic", "openai", "huggingface_hub", "starlette", "uvicorn", "diskcache"}


def test_every_room_is_in_the_list() -> None:
    assert {room_of(name) for name in CORE} - {None} <= set(ROOMS)


@pytest.mark.parametrize("name", CORE)
def test_a_room_imports_only_rooms_above_it(name: str) -> None:
    assert forbidden_rooms(name, CORE[name]) == []


@pytest.mark.parametrize("name", CORE)
def test_core_never_imports_qt(name: str) -> None:
    assert {imported.split(".")[0] for imported in imports(name, CORE[name])} & QT == set()


@pytest.mark.parametrize("name", DESKTOP)
def test_the_desktop_never_loads_native_models(name: str) -> None:
    """At the top of modules, and in the bodies of its own functions too."""
    loaded = loaded_by(name, OURS) | set(imports(name, OURS[name]))
    assert {one.split(".")[0] for one in loaded} & {*NATIVE, "anthropic", "openai", "huggingface_hub"} == set()


@pytest.mark.parametrize("name", DESKTOP)
def test_the_desktop_needs_no_part_of_qt_that_is_not_shipped(name: str) -> None:
    parts = {one.split(".")[1] for one in imports(name, OURS[name]) if one.startswith("PySide6.")} - {"__version__"}
    assert parts <= QT_PARTS


def test_modules_of_the_desktop_do_not_load_each_other_in_a_circle() -> None:
    """In function bodies such a circle works, until somebody moves an import."""
    circles = []
    for name in DESKTOP:
        for other in set(imports(name, OURS[name], really=True)) & set(DESKTOP) - {name}:
            if name in imports(other, OURS[other], top_level_only=True):
                circles.append(f"{name} and {other}")
    assert circles == []


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


def loaded_after(*steps: str) -> set[str]:
    """Top-level modules in a fresh process after these statements."""
    probe = "; ".join([*steps, "import sys", "print(*sorted(m for m in sys.modules if '.' not in m))"])
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    return set(done.stdout.split())


def test_what_the_desktop_loads_at_its_start() -> None:
    """Everything up to the first window, as it really is: with what our dependencies import."""
    start = (
        "import desktop.app; desktop.app.import_asyncio_without_tls()",
        "import desktop.tray, desktop.life, desktop.parts, desktop.opening",
        "import desktop.chat.window, core.server.supervised",
    )
    assert loaded_after(*start) & (NEVER | LATER | {"_ssl", "_hashlib"}) == set()
    assert "ssl" in loaded_after(*start, "import ssl"), "who asks for it gets it"


@pytest.mark.slow
def test_what_the_desktop_can_ever_load() -> None:
    """All of its modules at once."""
    assert loaded_after(*(f"import {name}" for name in DESKTOP if name != "desktop.__main__")) & NEVER == set()


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
