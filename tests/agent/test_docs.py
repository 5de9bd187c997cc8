"""docs/agent.md says what the code does: every field, tool, function and shipped agent is in it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from core.agent.calculator import _CONSTANTS, _FUNCTIONS
from core.agent.files import install_defaults, list_agents, load_agent
from core.engine.records import Sampling
from core.paths import Home
from core.records import Agent

TEXT = (Path(__file__).parents[2] / "docs" / "agent.md").read_text(encoding="utf-8")


def test_every_field_of_an_agents_file_is_told() -> None:
    for field in msgspec.structs.fields(Agent):
        if field.name != "name":
            assert f"`{field.name}`" in TEXT or f"`[{field.name}]`" in TEXT, field.name
    for parameter in msgspec.structs.fields(Sampling):
        if parameter.name != "logit_bias":
            assert f"`{parameter.name}`" in TEXT, parameter.name


def test_every_shipped_agent_and_tool_is_told(home: Home) -> None:
    install_defaults(home)
    for name in list_agents(home):
        assert f"| `{name}`" in TEXT
        for tool in load_agent(home, name).tools:
            assert f"- `{tool}(" in TEXT


def test_everything_the_calculator_knows_is_told() -> None:
    words = TEXT.replace("`", " ").replace("\n", " ").replace(",", " ").split()
    for name in (*_FUNCTIONS, *_CONSTANTS):
        assert name in words, name
