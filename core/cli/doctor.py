"""`nightschool doctor`: checks everything that has to work, and says what to do where it does not."""

from __future__ import annotations

import platform
import sys
from typing import Any

import click

from core import __version__
from core import config as settings
from core.cli import home_checks, model_checks
from core.cli.findings import Check
from core.cli.local import home, opened
from core.cli.output import as_json, emit_json, say, table
from core.cli.status import indexed_now, server_state
from core.errors import NightschoolError
from core.paths import Home

SUPPORTED = ((3, 11), (3, 14))
MARKS = {"ok": "ok", "warning": "WARNING", "failed": "FAILED", "skipped": "skipped"}


@click.command()
@click.option("--quick", is_flag=True, help="Leave out what takes seconds: starting the embedder.")
@as_json
def doctor(quick: bool, as_json: bool) -> int:
    """Check everything. Exit status 1 where something does not work; warnings are no failure."""
    place = home()
    checks = examined(place, quick=quick)
    failed = any(check.state == "failed" for check in checks)
    if as_json:
        emit_json({"ok": not failed, "version": __version__, "home": str(place.root), "checks": checks})
    else:
        show(checks)
    return 1 if failed else 0


def examined(place: Home, *, quick: bool) -> list[Check]:
    """All checks. With a broken config.toml only those that need no settings."""
    first = [check_python(), home_checks.check_home(place), home_checks.check_disk(place)]
    database = home_checks.check_database(place)
    try:
        config = settings.load(place)
    except NightschoolError as error:
        return [*first, database, Check("settings", "failed", error.message, error.hint)]
    state = server_state(place)
    return [
        *first,
        Check("settings", "ok", f"{place.config_file.name} is in order."),
        database,
        *with_database(place, state, database),
        *model_checks.check_student(place, config),
        home_checks.check_embedder(config, state, prove=not quick),
        home_checks.check_keyring(config),
        home_checks.check_server(config, state),
    ]


def check_python() -> Check:
    found = f"Python {platform.python_version()} ({sys.executable})"
    if not SUPPORTED[0] <= sys.version_info[:2] < SUPPORTED[1]:
        return Check("python", "failed", f"{found}; 3.11 to 3.13 is needed.")
    return Check("python", "ok", found)


def with_database(place: Home, state: dict[str, Any], database: Check) -> list[Check]:
    if database.state == "failed":
        return [Check("index", "skipped", "Not compared: the database cannot be read.")]
    with opened(place) as opened_database:
        return [home_checks.check_index(indexed_now(place, state), opened_database.counts().exemplars)]


def show(checks: list[Check]) -> None:
    rows = []
    for check in checks:
        rows.append((check.name, MARKS[check.state], check.message))
        if check.hint:
            rows.append(("", "", check.hint))
    table(("", "", ""), rows)
    failed = sum(1 for check in checks if check.state == "failed")
    say(f"{failed} of {len(checks)} checks failed." if failed else "Everything that has to work works.")
