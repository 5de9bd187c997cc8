"""Agents and tools as files under the home, read anew at each request, so that a change is felt by the next one.

`agents/<name>.toml` holds an agent, with its system prompt either in the field `system_prompt` or beside it in
`agents/<name>.md`; `tools/<name>.toml` holds what the student is told of a built-in tool. They are small, and are
read without any cache: two writes within one tick of the file system's clock cannot be told apart from outside.
A broken file stops only the requests that need it, with an error that names it.
"""

from __future__ import annotations

import hashlib
import re
import stat
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from core.config import write_atomic
from core.engine.records import Sampling
from core.errors import BadRequest, ConfigError, NotFound
from core.paths import Home, resources
from core.records import Agent, QueryClass, Tool

MAX_BYTES = 256 * 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)")
R = TypeVar("R", Agent, Tool)


def install_defaults(home: Home) -> list[Path]:
    """Copy the shipped agents and tools that the home lacks; never overwrites. Returns what was written."""
    written = []
    for kind, folder in (("agents", home.agents), ("tools", home.tools)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shipped = sorted(p for p in (resources() / kind).iterdir() if p.suffix in (".toml", ".md"))
        for source in shipped:
            target = folder / source.name
            if not _settled(target):
                write_atomic(target, source.read_text(encoding="utf-8"))
                written.append(target)
    return written


def _settled(target: Path) -> bool:
    """True when the person has this file, or the agent's other half: a prompt moved into the TOML stays there."""
    return target.exists() or target.is_symlink() or (target.suffix == ".md" and target.with_suffix(".toml").exists())


def load_agent(home: Home, name: str) -> Agent:
    """The agent of that name as its file says now. Raises NotFound, or ConfigError naming the broken file."""
    path = _path(home.agents, name)
    values = _read_toml(path, "agent")
    prompt = _read_text(path.with_suffix(".md"), "agent") if path.with_suffix(".md").exists() else None
    if prompt is not None:
        if "system_prompt" in values:
            raise _broken(path, f"the system prompt stands here and in {name}.md")
        values["system_prompt"] = prompt.strip()
    agent = _convert(values, name, path, Agent)
    _check_parameters(agent, path)
    unknown = sorted(set(agent.models) - set(get_args(QueryClass)))
    if unknown:
        raise _broken(path, f"`models` names no query class: {', '.join(unknown)}")
    return agent


def load_tools(home: Home, names: Sequence[str]) -> list[Tool]:
    """What the student is told of these tools. Raises NotFound, or ConfigError naming the broken file."""
    return [_load_tool(home, name) for name in names]


def _load_tool(home: Home, name: str) -> Tool:
    path = _path(home.tools, name)
    return _convert(_read_toml(path, "tool"), name, path, Tool)


def list_agents(home: Home) -> list[str]:
    """Names of the agent files that are there, broken ones too."""
    return sorted(p.stem for p in home.agents.glob("*.toml") if _NAME.fullmatch(p.stem))


def prompt_id(agent: Agent) -> str:
    """`name@hash` of the agent's system prompt: which wording an answer was made with."""
    return f"{agent.name}@{hashlib.sha256(agent.system_prompt.encode()).hexdigest()[:12]}"


def _path(folder: Path, name: str) -> Path:
    """The file of that name; a name can never lead out of its folder."""
    if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
        raise BadRequest(
            "That is not the name of an agent or a tool.",
            hint="Names are lower-case letters, digits, - and _.",
            param="agent",
        )
    return folder / f"{name}.toml"


def _read_toml(path: Path, kind: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_read_text(path, kind))
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, str(error)) from error


def _read_text(path: Path, kind: str) -> str:
    """The file's text; a link, a device or a huge file is refused, not followed."""
    try:
        entry = path.lstat()
        if not stat.S_ISREG(entry.st_mode):
            raise _broken(path, "it is not a plain file")
        if entry.st_size > MAX_BYTES:
            raise _broken(path, f"it is larger than {MAX_BYTES // 1024} KiB")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise NotFound(
            f"There is no {kind} named {path.stem!r}.", hint=f"Its file would be {path.parent.name}/{path.name}."
        ) from None
    except UnicodeDecodeError as error:
        raise _broken(path, "it is not UTF-8 text") from error
    except OSError as error:
        raise _broken(path, error.strerror or "it cannot be read") from error


def _convert(values: dict[str, Any], name: str, path: Path, kind: type[R]) -> R:
    if values.setdefault("name", name) != name:
        raise _broken(path, f"its name is {values['name']!r}, not that of the file")
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise _broken(path, str(error).replace("$.", "")) from error


def _check_parameters(agent: Agent, path: Path) -> None:
    """Refuse an unknown or out-of-range sampling parameter now, not as a failed generation later."""
    try:
        msgspec.convert(agent.parameters, Sampling)
    except msgspec.ValidationError as error:
        raise _broken(path, f"parameters: {str(error).replace('$.', '')}") from error


def _broken(path: Path, reason: str) -> ConfigError:
    return ConfigError(
        f"{path.parent.name}/{path.name} cannot be used: {reason}.",
        hint="Mend the file; or delete it, and the shipped one comes back at the next start.",
    )
