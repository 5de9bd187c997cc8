"""Agents and tools as files: defaults, changes felt at once, broken files named, names that cannot leave the folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.agent.files import MAX_BYTES, install_defaults, list_agents, load_agent, load_tools, prompt_id
from core.agent.tools import BuiltInTools
from core.errors import BadRequest, ConfigError, NightschoolError, NotFound
from core.paths import Home, resources


@pytest.fixture(autouse=True)
def installed(home: Home) -> None:
    install_defaults(home)


def test_the_three_agents_are_there(home: Home) -> None:
    assert list_agents(home) == ["direct", "grounded", "tools"]
    assert load_agent(home, "direct").system_prompt == ""
    assert load_agent(home, "direct").replay is False
    assert load_agent(home, "grounded").replay is True
    assert load_agent(home, "grounded").system_prompt == "You answer questions."
    assert load_agent(home, "tools").tools == ("search_past_work", "calculator", "current_time")


def test_every_shipped_tool_has_an_implementation_and_the_reverse() -> None:
    shipped = {path.stem for path in (resources() / "tools").glob("*.toml")}
    assert shipped == BuiltInTools(None, None, None).names  # type: ignore[arg-type]


def test_the_persons_files_are_never_overwritten(home: Home) -> None:
    (home.agents / "grounded.toml").write_text('description = "mine"\n')
    (home.agents / "grounded.md").unlink()
    (home.agents / "tools.toml").unlink()
    written = install_defaults(home)
    assert written == [home.agents / "tools.toml"]
    assert load_agent(home, "grounded").description == "mine"
    assert load_agent(home, "grounded").system_prompt == ""
    assert install_defaults(home) == []


def test_a_change_is_felt_by_the_next_read_even_when_size_and_time_are_the_same(home: Home) -> None:
    path = home.agents / "grounded.toml"
    for temperature in (0.1, 0.2, 0.3, 0.4):
        path.write_text(f"[parameters]\ntemperature = {temperature}\n")
        os.utime(path, ns=(1, 1))
        assert load_agent(home, "grounded").parameters["temperature"] == temperature
    before = prompt_id(load_agent(home, "grounded"))
    (home.agents / "grounded.md").write_text("You answer questionz.")
    assert prompt_id(load_agent(home, "grounded")) != before
    (home.tools / "calculator.toml").write_text('description = "other"\n')
    assert load_tools(home, ["calculator"])[0].description == "other"


BROKEN = {
    "not toml": "replay = ",
    "unknown field": "reply = true",
    "wrong type": 'replay = "yes"',
    "out of range": "max_tool_rounds = 99",
    "another name": 'name = "other"',
    "unknown parameter": "[parameters]\ntemprature = 1.0",
    "parameter out of range": "[parameters]\ntemperature = -1.0",
    "no such class": '[models]\npoetry = "x"',
    "prompt twice": 'system_prompt = "x"',
    "not utf-8": b"description = '\xff\xfe'",
    "nul": b"description = '\x00'",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_agent_is_named_and_the_others_live(text: str | bytes, home: Home) -> None:
    path = home.agents / "grounded.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError, match=r"agents/grounded\.toml cannot be used"):
        load_agent(home, "grounded")
    assert load_agent(home, "direct").name == "direct"
    assert load_agent(home, "tools").name == "tools"


def test_a_broken_prompt_or_tool_is_named(home: Home) -> None:
    (home.agents / "grounded.md").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=r"agents/grounded\.md"):
        load_agent(home, "grounded")
    (home.tools / "calculator.toml").write_text("description = 3")
    with pytest.raises(ConfigError, match=r"tools/calculator\.toml"):
        load_tools(home, ["calculator"])


def test_a_huge_file_is_refused(home: Home) -> None:
    (home.agents / "grounded.toml").write_text("#" * (MAX_BYTES + 1))
    with pytest.raises(ConfigError, match="larger"):
        load_agent(home, "grounded")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(home: Home) -> None:
    (home.agents / "grounded.toml").write_bytes(b'\xef\xbb\xbfdescription = "d"\r\nreplay = false\r\n')
    assert load_agent(home, "grounded").description == "d"


def test_a_missing_agent_is_not_found(home: Home) -> None:
    with pytest.raises(NotFound, match="nobody"):
        load_agent(home, "nobody")


NAMES = ["../grounded", "/etc/passwd", "a/b", "a\\b", "a\0b", "", ".", "..", "con", "nul", "com1", "GROUNDED", "ä",
         "x" * 65, "a.toml", "\\\\server\\share", "a\n", "-a", " grounded", "~root", "%2e%2e"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_cannot_leave_its_folder(name: str, home: Home) -> None:
    for load in (lambda: load_agent(home, name), lambda: load_tools(home, [name])):
        with pytest.raises(BadRequest):
            load()


@pytest.mark.parametrize("kind", ["link", "folder", "fifo"])
def test_what_is_not_a_plain_file_is_refused(kind: str, home: Home, tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text('description = "leaked"')
    path = home.agents / "evil.toml"
    {"link": lambda: path.symlink_to(outside), "folder": path.mkdir, "fifo": lambda: os.mkfifo(path)}[kind]()
    with pytest.raises(NightschoolError) as raised:
        load_agent(home, "evil")
    assert "leaked" not in str(raised.value)
