"""Keeps resources/languages: what the windows say, and how it is said in other languages (Qt Linguist).

    .venv/bin/python -m scripts.translations update    # takes new and changed texts into each .ts
    .venv/bin/python -m scripts.translations release   # makes the .qm files that the app reads
    .venv/bin/python -m scripts.translations missing   # lists what has no translation yet; 1 when there is any

`make translations` does all three. Translate with `.venv/bin/pyside6-linguist resources/languages/nightschool_de.ts`,
or in any editor; docs/translating.md has the rules and the words.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "resources" / "languages"
LANGUAGES = {"de": (), "en": ("-pluralonly",)}
"""English is in the code: its file has only what is said otherwise of one than of several."""


def source_file(language: str, folder: Path = FOLDER) -> Path:
    return folder / f"nightschool_{language}.ts"


def tool(name: str, *arguments: str) -> None:
    """One of PySide's own, beside the Python that runs this."""
    program = Path(sys.executable).parent / f"pyside6-{name}"
    done = subprocess.run([str(program), *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode or "warning" in done.stderr.lower():
        raise SystemExit(f"{name}: {done.stderr or done.stdout}")


def update(folder: Path = FOLDER) -> None:
    """Without line numbers: a text that moved is no change."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "desktop").rglob("*.py"))
    with tempfile.TemporaryDirectory() as scratch:
        declared = Path(scratch) / "declared.py"
        declared.write_text("".join(f"translate({json.dumps(c)}, {json.dumps(t)})\n" for c, t in from_core()))
        for language, only in LANGUAGES.items():
            options = ("-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", language)
            tool("lupdate", *sources, str(declared), *options, *only, "-ts", str(source_file(language, folder)))


def from_core() -> list[tuple[str, str]]:
    """(context, text) of what the windows show of the core: settings as declared, well-known students, error titles."""
    from core.config import describe
    from core.engine.fetch.catalogue import catalogue
    from desktop.settings.editors import plain

    said = {("Catalogue", student.purpose) for student in catalogue()}
    for info in describe():
        choices = (plain(choice) for choice in info.choices)
        said |= {("Config", text) for text in (info.label, info.description, info.unit, *choices) if text}
    return sorted(said | {("Errors", title) for title in error_titles()})


def error_titles() -> Iterator[str]:
    """Of classes (`code, status, title = …`, `title = …`) and of single errors (`title="…"`)."""
    for path in sorted([*(ROOT / "core").rglob("*.py"), *(ROOT / "desktop").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield from titles_of(node)
            elif isinstance(node, ast.Call):
                for given in node.keywords:
                    if given.arg == "title" and isinstance(given.value, ast.Constant) and path.name != "main.py":
                        yield str(given.value.value)


def titles_of(class_: ast.ClassDef) -> Iterator[str]:
    for statement in class_.body:
        if isinstance(statement, ast.Assign):
            target, value = statement.targets[0], statement.value
            pairs = zip(target.elts, getattr(value, "elts", ()), strict=False) if isinstance(target, ast.Tuple) else ()
            for name, given in [(target, value), *pairs]:
                if isinstance(name, ast.Name) and name.id == "title" and isinstance(given, ast.Constant):
                    yield str(given.value)


def release(folder: Path = FOLDER) -> None:
    for language in LANGUAGES:
        source = source_file(language)
        tool("lrelease", str(source), "-qm", str(folder / source.with_suffix(".qm").name))


def missing(folder: Path = FOLDER) -> list[str]:
    """`language: context: text` of everything that is not translated."""
    found = []
    for language in LANGUAGES:
        for context in ET.parse(source_file(language, folder)).getroot().iter("context"):
            for message in context.iter("message"):
                translation = message.find("translation")
                said = [] if translation is None else [form.text for form in translation.iter("numerusform")]
                said = said or [getattr(translation, "text", None)]
                if not all(said) or getattr(translation, "attrib", {}).get("type"):
                    found.append(f"{language}: {context.findtext('name')}: {message.findtext('source')}")
    return found


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted == "update":
        update()
    elif wanted == "release":
        release()
    elif wanted == "missing":
        print("\n".join(missing()) or "Everything is translated.")
        return 1 if missing() else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
