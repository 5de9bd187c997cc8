"""`nightschool config`: the settings, as they are declared in core/config/."""

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import Any, get_args

import click

from core import config as settings
from core.cli.local import home
from core.cli.output import as_json, emit_json, note, say, table
from core.config import Config, SettingInfo
from core.teacher.keys import Key, Keys
from core.teacher.wire import Provider


@click.group()
def config() -> None:
    """Show and change settings."""


@config.command()
@as_json
def show(as_json: bool) -> None:
    """Every setting: value, default, what it does."""
    place = home()
    chosen = settings.load(place)
    rows = [(info, settings.get_value(chosen, info.key)) for info in settings.describe()]
    if as_json:
        emit_json({info.key: described(info, value) for info, value in rows})
        return
    table(
        ("setting", "value", "", "what it does"),
        ((info.key, settings.text_of(value), marked(info, value), info.description) for info, value in rows),
    )
    note(f"{place.config_file}; change one with: nightschool config set KEY VALUE. (later): nothing reads it yet.")


@config.command()
@click.argument("key")
@as_json
def get(key: str, as_json: bool) -> None:
    """Print one setting."""
    value = settings.get_value(settings.load(home()), key)
    if as_json:
        emit_json({"key": key, "value": value})
    else:
        say(settings.text_of(value))


@config.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("value")
@as_json
def set_(key: str, value: str, as_json: bool) -> None:
    """Change one setting. A list is written with commas between its parts."""
    changed: Config = settings.set_value(home(), key, value)
    info, now = settings.describe_one(key), settings.get_value(changed, key)
    if as_json:
        emit_json(described(info, now))
        return
    say(f"{key} = {settings.text_of(now)}")
    if info.restart:
        note("A running server takes this up when it is started again.")


@config.command()
@click.argument("key")
@as_json
def reset(key: str, as_json: bool) -> None:
    """Take one setting out of the file, so that its default counts."""
    now = settings.get_value(settings.reset(home(), key), key)
    if as_json:
        emit_json(described(settings.describe_one(key), now))
    else:
        say(f"{key} = {settings.text_of(now)}")


@config.command()
@as_json
def check(as_json: bool) -> int:
    """Look through the file: everything that is wrong, by line. Exit status 1 where something is."""
    problems = settings.check_document(settings.read_text(home()))
    if as_json:
        emit_json(problems)
    elif not problems:
        say("Nothing is wrong.")
    else:
        for problem in problems:
            say(f"line {problem.line}: {problem.message}")
    return 1 if problems else 0


@config.command()
@as_json
def path(as_json: bool) -> None:
    """Where the settings and everything else are kept."""
    place = home()
    if as_json:
        emit_json({"home": str(place.root), "config": str(place.config_file), "database": str(place.database)})
    else:
        say(str(place.config_file))


@config.command()
@click.argument("provider", type=click.Choice(get_args(Provider)))
@click.option("--remove", is_flag=True, help="Take the key out of the keyring.")
@as_json
def key(provider: str, remove: bool, as_json: bool) -> None:
    """Keep the teacher's key in the system's keyring, and nowhere else. It is read from a prompt or from stdin."""
    if remove:
        stored, changed = False, asyncio.run(Keys().remove(provider))
    else:
        asyncio.run(Keys().save(provider, Key(secret())))
        stored, changed = True, True
    if as_json:
        emit_json({"provider": provider, "stored": stored, "changed": changed})
    else:
        say(f"The keyring {'holds the key' if stored else 'holds no key'} for {provider}.")


def secret() -> str:
    """Never an argument: those stand in the process list and in the shell's history."""
    text = getpass.getpass("Key (not shown): ") if sys.stdin.isatty() else sys.stdin.readline()
    if not text.strip():
        raise click.UsageError("No key was given.")
    return text.strip()


def marked(info: SettingInfo, value: Any) -> str:
    """What is worth knowing beside the value."""
    return " ".join(["(changed)"] * (value != info.default) + ["(later)"] * info.later)


def described(info: SettingInfo, value: Any) -> dict[str, Any]:
    return {
        "key": info.key,
        "label": info.label,
        "page": info.page,
        "value": value,
        "default": info.default,
        "type": info.type,
        "minimum": info.minimum,
        "maximum": info.maximum,
        "choices": info.choices,
        "unit": info.unit,
        "restart": info.restart,
        "later": info.later,
        "description": info.description,
    }
