"""What the docs say is held against the code: settings, commands, rooms, dependencies."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from core.cli.main import root
from scripts.configuration_page import PAGE, page
from tests.test_layout import CORE, ROOMS, imports

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def name_of(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement)[0].lower().replace("_", "-")


DECLARED = {name_of(requirement) for requirement in PROJECT["project"]["dependencies"]}
# Brought, at the version that matters, by the package that is declared.
BROUGHT = {
    "tokenizers": "transformers",
    "safetensors": "transformers",
    "huggingface-hub": "transformers",
}


def test_the_settings_page_is_made_from_the_declarations() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run scripts/configuration_page.py"


def commands() -> list[str]:
    context = click.Context(root)
    found = []
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        inner = command.list_commands(context) if isinstance(command, click.Group) else [""]
        found += [f"{name} {part}".strip() for part in inner]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str) -> None:
    assert f"nightschool {command}" in (DOCS / "cli.md").read_text()


def test_every_room_that_exists_is_documented() -> None:
    text = (DOCS / "architecture.md").read_text()
    present = {name.split(".")[1] for name in CORE if "." in name}
    missing = [room for room in ROOMS if room in present and f"`{room}" not in text]
    assert missing == []


def test_every_import_is_a_declared_dependency() -> None:
    providers = packages_distributions()
    foreign = {imported.split(".")[0] for name, path in CORE.items() for imported in imports(name, path)}
    foreign -= {"core", "", *sys.stdlib_module_names}
    needed = {dist.lower().replace("_", "-") for module in foreign for dist in providers.get(module, [module])}
    assert {BROUGHT.get(name, name) for name in needed} <= DECLARED


def test_every_dependency_has_its_reason() -> None:
    text = (DOCS / "dependencies.md").read_text().lower()
    extras = {name_of(r) for extra in PROJECT["project"]["optional-dependencies"].values() for r in extra}
    assert [name for name in sorted(DECLARED | extras) if f"`{name}`" not in text] == []


def test_every_dependency_is_locked() -> None:
    locked = {name_of(line) for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line}
    extras = {name_of(r) for extra in PROJECT["project"]["optional-dependencies"].values() for r in extra}
    assert (DECLARED | extras) - locked == set()
    assert "torch==2.13.0\n" in (ROOT / "constraints.txt").read_text()


def test_every_page_is_linked_from_the_index() -> None:
    linked = set(LINK.findall((DOCS / "index.md").read_text()))
    assert {path.name for path in DOCS.glob("*.md")} - linked == {"index.md"}


@pytest.mark.parametrize("path", sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md")]), ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    missing = [link for link in LINK.findall(path.read_text()) if not (path.parent / link).exists()]
    assert missing == []


def test_every_make_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"\.PHONY: (.*)", makefile)[1].split()) - {"setup-test"}  # type: ignore[index]
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.M))
    assert targets == explained


@pytest.mark.parametrize("path", sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md")]), ids=lambda path: path.name)
def test_no_page_carries_a_path_of_the_machine_it_was_written_on(path: Path) -> None:
    assert not re.search(r"/(root|work|home/\w+)/", path.read_text())
