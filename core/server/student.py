"""Which GGUF the server loads: the one named for this run, the chosen one, or the demo student."""

from __future__ import annotations

from pathlib import Path

from core.config import Config
from core.engine import library
from core.errors import NotFound
from core.paths import Home, resources

DEMO = "demo-student.gguf"


def chosen_model(home: Home, config: Config, name: str | None) -> Path:
    """The file of the student. Raises NotFound when nothing here goes by that name."""
    wanted = name or config.models.chosen
    if not wanted:
        return demo_student()
    path = Path(wanted).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        return path
    if path.is_absolute():
        raise NotFound(f"There is no GGUF file {path}.", hint="`nightschool models list` shows the students there are.")
    return Path(library.resolve(home, wanted).path)


def demo_student() -> Path:
    path = resources() / DEMO
    if not path.is_file():
        raise NotFound("The demo student is not here.", hint="`make demo-student` trains it.")
    return path
