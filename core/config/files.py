"""Reads and writes `config.toml`: whole, atomically, one writer at a time, with the person's comments kept."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from core.config.checks import first_problem, parse_text, problem
from core.config.declared import Config, changed_keys, describe_one, get_value
from core.config.document import Unreadable, check_document, first_wrong, read
from core.errors import ConfigError, DatabaseError
from core.lock import HomeLock
from core.paths import Home

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

LOCK_WAIT_S = 10.0


def load(home: Home) -> Config:
    """Read `config.toml`; missing means all defaults. Raises ConfigError that names the key or the line."""
    return parse(values_of(read_text(home), home.config_file), home.config_file)


def read_text(home: Home) -> str:
    """The file as it is; "" for none."""
    try:
        return home.config_file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise invalid(home.config_file, str(error)) from error
    except OSError as error:
        raise ConfigError(f"{home.config_file} cannot be read: {error.strerror}.") from error


def values_of(text: str, source: Path | str) -> dict[str, Any]:
    try:
        return read(text)
    except Unreadable as error:
        raise invalid(source, str(error)) from error


def invalid(source: Path | str, reason: str) -> ConfigError:
    return ConfigError(
        f"{source} is not valid TOML: {reason.rstrip('.')}.",
        hint="Mend the file, or move it away for the defaults.",
    )


def parse(values: dict[str, Any], source: Path | str) -> Config:
    hint = "`nightschool config show` lists every setting."
    try:
        config = msgspec.convert(values, Config, strict=True)
    except msgspec.ValidationError as error:
        why = first_wrong(values) or f"{str(error).replace('$.', '')}."
        raise ConfigError(f"{source}: {why}", hint=hint) from error
    if told := first_problem(config):
        raise ConfigError(f"{source}: {told}", hint=hint)
    return config


def set_value(home: Home, key: str, text: str) -> Config:
    """Set one setting from text, keeping comments and order; what was written is read back and compared."""
    return set_values(home, {key: text})


def set_values(home: Home, texts: Mapping[str, str]) -> Config:
    """Set several settings, all or none of them."""
    values = {key: checked(key, text) for key, text in texts.items()}
    with writing(home):
        document = editable(home)
        for key, value in values.items():
            *tables, name = key.split(".")
            table: Any = document
            for each in tables:
                table = into(table, each)
            table[name] = list(value) if isinstance(value, tuple) else value
        return replaced(home, document, values)


def checked(key: str, text: str) -> Any:
    """The value that a text stands for. Raises ConfigError."""
    info = describe_one(key)
    value = parse_text(text, info)
    if told := problem(info, value):
        raise ConfigError(f"{key}: {told}", hint=f"{text!r} is not that.")
    return value


def reset(home: Home, key: str) -> Config:
    """Take one setting out of the file, so that its default counts."""
    info = describe_one(key)
    with writing(home):
        document = editable(home)
        table: Any = document
        for name in key.split(".")[:-1]:
            table = table.get(name, {})
        if info.name not in table:
            return load(home)
        table.remove(info.name)
        return replaced(home, document, {key: info.default})


def write_document(home: Home, text: str, *, expected: str | None = None) -> Config:
    """Replace the whole file. Raises ConfigError, and changes nothing, for text with a problem.

    expected: what the file held when the person began; where it holds something else by now, nothing is written.
    """
    problems = check_document(text)
    if problems:
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        raise ConfigError(f"Line {problems[0].line}: {problems[0].message}{more}", hint="Nothing was written.")
    config = parse(values_of(text, "the text"), "the text")
    with writing(home):
        if expected is not None and read_text(home) != expected:
            raise ConfigError(
                "The file was changed by something else in the meantime.", hint="Load it again, then make your change."
            )
        write_atomic(home.config_file, text)
        found = load(home)
    if found != config:
        raise ConfigError(f"The file was written but reads back differently: {', '.join(changed_keys(config, found))}.")
    return config


@contextmanager
def writing(home: Home) -> Iterator[None]:
    """One writer at a time, in whatever process: each reads what the one before it wrote."""
    lock = HomeLock(home.lock("config"))
    try:
        held = lock.acquire(timeout_s=LOCK_WAIT_S)
    except DatabaseError as error:
        raise ConfigError(error.message, hint="Check the permissions of the home folder.") from error
    if not held:
        raise ConfigError("Another program is writing the settings.", hint="Try again in a moment.")
    try:
        yield
    finally:
        lock.release()


def editable(home: Home) -> TOMLDocument:
    """The file as a document that keeps comments and order."""
    import tomlkit  # only for writing: the desktop's start does without it
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(read_text(home))
    except (TOMLKitError, RecursionError) as error:
        raise invalid(home.config_file, str(error)) from error


def into(table: Any, name: str) -> Any:
    """The table of this name in another, made where there is none."""
    import tomlkit

    if name not in table:
        table[name] = tomlkit.table()
    return table[name]


def replaced(home: Home, document: TOMLDocument, values: Mapping[str, Any]) -> Config:
    """Write the document; what is then read differs in nothing but these settings."""
    import tomlkit

    text, names = tomlkit.dumps(document), ", ".join(values)
    meant = parse(values_of(text, names), names)
    try:
        others = set(changed_keys(load(home), meant)) - set(values)
    except ConfigError:  # the setting that is being mended made the file unreadable
        others = set()
    if others:
        raise ConfigError(f"Writing {names} would change {', '.join(sorted(others))} as well.", hint="Edit the file.")
    write_atomic(home.config_file, text)
    config = load(home)
    for key, value in values.items():
        if get_value(config, key) != value:
            raise ConfigError(f"{key} was written as {value!r} but reads back as {get_value(config, key)!r}.")
    return config


def write_atomic(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace `path` as a whole: other readers and a power cut see the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
