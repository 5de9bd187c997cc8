"""Keeps resources/languages: what the windows say, and how it is said in other languages (Qt Linguist).

    .venv/bin/python -m scripts.translations update    # takes new and changed texts into each .ts
    .venv/bin/python -m scripts.translations compile   # makes the .qm files that the app reads
    .venv/bin/python -m scripts.translations missing   # lists what has no translation yet; 1 when there is any

Translate with `.venv/bin/pyside6-linguist resources/languages/nightschool_de.ts`, or in any editor.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parent.parent
LANGUAGES = ("de",)
FOLDER = Path("resources/languages")


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
    for language in LANGUAGES:
        options = ("-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", language)
        tool("lupdate", *sources, *options, "-ts", str(source_file(language, folder)))


def compile_all(folder: Path = FOLDER) -> None:
    for language in LANGUAGES:
        source = source_file(language)
        tool("lrelease", str(source), "-qm", str(folder / source.with_suffix(".qm").name))


def missing(folder: Path = FOLDER) -> list[str]:
    """`language: context: text` of everything that is not translated."""
    found = []
    for language in LANGUAGES:
        for context in ET.parse(ROOT / source_file(language, folder)).getroot().iter("context"):
            for message in context.iter("message"):
                translation = message.find("translation")
                if translation is None or translation.get("type") == "unfinished":
                    found.append(f"{language}: {context.findtext('name')}: {message.findtext('source')}")
    return found


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted == "update":
        update()
    elif wanted == "compile":
        compile_all()
    elif wanted == "missing":
        print("\n".join(missing()))
        return 1 if missing() else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
