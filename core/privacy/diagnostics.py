"""What a person may give to somebody who helps: versions, machine, settings, counts, logs; redacted, never a chat."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from core import __version__
from core.clock import now, stamp
from core.config import Config, describe, get_value, load, text_of
from core.database import Database
from core.errors import NightschoolError
from core.machine import find_gpus
from core.machine.memory import memory_space
from core.machine.processor import processor
from core.paths import Home
from core.privacy.logs import last_lines, without_words
from core.privacy.personal import Person
from core.privacy.redact import redact

PACKAGES = (
    *("PySide6-Essentials", "qasync", "llama-cpp-python", "torch", "sentence-transformers", "hnswlib"),
    *("apsw", "msgspec", "starlette", "uvicorn", "httpx2", "anthropic", "keyring", "desktop-notifier"),
)
SESSION = ("XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "DESKTOP_SESSION", "LANG", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR")
LOG_LINES = 60


def diagnostics(home: Home, extra: Mapping[str, str] | None = None, *, person: Person | None = None) -> str:
    """A text to be copied. extra: more lines under "The app". May take seconds; what cannot be had says so in the text.

    Only texts that no person wrote come in: settings that differ, numbers, and log lines of known shapes.
    """
    sections: dict[str, Callable[[], list[str]]] = {
        "Machine": machine,
        "The app": lambda: [f"{name}: {value}" for name, value in (extra or {}).items()],
        "Settings that differ from their defaults": lambda: changed(home),
        "Database": lambda: counted(home),
        "Server": lambda: server(home),
    }
    logs = sorted(path for path in home.logs.glob("*") if path.suffix in (".log", ".err"))
    sections |= {f"logs/{path.name}": lambda path=path: logged(path) for path in logs}  # type: ignore[misc]
    head = f"Nightschool {__version__}, {stamp(now())}\n\n{section('Versions', versions)}"
    text = "\n\n".join(section(title, lines) for title, lines in sections.items())
    text = text.replace(str(home.root), "[nightschool]")
    # A version of four parts reads as an address, and this part holds none.
    return f"{redact(head, person, without=frozenset({'ip'})).text}\n\n{redact(text, person).text}\n"


def section(title: str, lines: Callable[[], list[str]]) -> str:
    return "\n".join([f"## {title}", *(safely(lines) or ["(nothing)"])])


def safely(lines: Callable[[], list[str]]) -> list[str]:
    """A part that cannot be had says so, and the others are told all the same."""
    try:
        return lines()
    except NightschoolError as error:
        return [f"({error.message})"]
    except Exception as error:  # noqa: BLE001  whatever is broken is what somebody wants help with
        return [f"(cannot be told: {type(error).__name__})"]


def versions() -> list[str]:
    found = [f"Python {platform.python_version()} ({'frozen' if getattr(sys, 'frozen', False) else 'installed'})"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} is not installed")
    return found


def machine() -> list[str]:
    memory, cpu = memory_space(), processor()
    lines = [platform.platform(), f"processor: {cpu}", f"memory: {memory}"]
    lines += [f"gpu: {gpu}" for gpu in find_gpus()] or ["gpu: none found"]
    return lines + [f"{name}={os.environ[name]}" for name in SESSION if os.environ.get(name)]


def changed(home: Home) -> list[str]:
    config = load(home)
    keys = [info.key for info in describe() if get_value(config, info.key) != info.default]
    return [f"{key} = {shown(config, key)}" for key in keys]


def shown(config: Config, key: str) -> str:
    """No address in full: a person may have put a password into it."""
    text = text_of(get_value(config, key))
    return text.partition("?")[0] if "://" in text else text


def counted(home: Home) -> list[str]:
    if not home.database.exists():
        return ["(there is none)"]
    with Database.open(home) as database:
        counts = database.counts()
    names = [f"{name}: {getattr(counts, name)}" for name in counts.__struct_fields__]
    return [*names, f"size: {home.database.stat().st_size} bytes"]


def server(home: Home) -> list[str]:
    """What server.json says, and whether that process lives; the token stays where it is."""
    try:
        said: dict[str, Any] = msgspec.json.decode(home.server_file.read_bytes())
        pid = int(said["pid"])
    except FileNotFoundError:
        return ["not running"]
    except (OSError, msgspec.DecodeError, KeyError, TypeError, ValueError):
        return ["server.json cannot be read"]
    import psutil

    return [f"process {pid}: {'alive' if psutil.pid_exists(pid) else 'gone'}, {said.get('url')}"]


def logged(path: Path) -> list[str]:
    return list(without_words(last_lines(path, LOG_LINES)))
