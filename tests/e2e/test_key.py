"""The teacher's key: typed into the settings, found in the real keyring, and nowhere under the home (must-show 2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import config
from core.paths import Home
from tests.e2e.homes import settled
from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program
from tests.e2e.session.reader import Reader

KEY = "sk-ant-test-Zx81geheim-0123456789"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """With Anthropic chosen as the teacher."""
    made = settled(tmp_path)
    config.set_value(made, "teacher.provider", "anthropic")
    return made


def open_teacher_page(reader: Reader) -> None:
    reader.press("Settings", role="menu item", hidden=True)
    reader.choose("Teacher", role="list item")
    reader.see("API key", role="password text")


def holding(folder: Path, secret: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes()]


def test_a_typed_key_is_in_the_keyring_only(desk: Desk, home: Home) -> None:
    with Program(desk, home.root) as program, Reader(desk, "nightschool") as reader:
        program.wait_until_ready()
        open_teacher_page(reader)
        reader.focus("API key", role="password text")
        desk.type(KEY)
        reader.press("Save key")
        desk.wait(
            lambda: desk.run("secret-tool", "lookup", "service", "nightschool", "username", "anthropic") == KEY, "it"
        )
        reader.see(contains="The key is in the keyring")
        for member in program.family():
            assert KEY not in " ".join([*member.cmdline(), *member.environ().values()])
    assert holding(home.root, KEY.encode()) == []
    assert holding(desk.folder / "cache_home", KEY.encode()) + holding(desk.folder / "config_home", KEY.encode()) == []


@pytest.mark.parametrize(("keyring", "told"), [("locked", "locked"), (None, "no keyring")])
def test_what_stands_in_the_way_is_told(keyring: str | None, told: str, home: Home) -> None:
    """A locked keyring (nothing here can ask for its password), and none at all."""
    with (
        Desk(keyring=keyring, accessibility=True) as desk,  # type: ignore[arg-type]
        Program(desk, home.root) as program,
        Reader(desk, "nightschool", seconds=30) as reader,
    ):
        program.wait_until_docked()
        open_teacher_page(reader)
        reader.see(contains=told, role="label")
