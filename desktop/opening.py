"""Opens what the app stands on, in a thread: the home's settings, its database, and what the windows looked like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import ConfigError
from core.paths import Home

if TYPE_CHECKING:
    from core.config import Config
    from core.database import Database

CACHE_KB = 2_000
"""Pages that each of our threads' connections may keep: the app has a handful of them."""


@dataclass
class Opened:
    """What was found. `looks`: window name → what QWidget.saveGeometry gave, as base64."""

    config: Config
    database: Database
    looks: dict[str, str]
    first_run: bool


def open_home(home: Home) -> Opened:
    """Raises NightschoolError: a broken config.toml, a database that is newer, damaged or cannot be written."""
    from core import config as settings
    from core import first_run
    from core.database import Database
    from core.records import settle_types
    from desktop import log
    from desktop.windows import MARK, WINDOWS

    try:
        log.start(home.logs)
        log.watch_for_crashes(home.logs)
    except OSError as error:
        raise ConfigError(
            f"The folder {home.logs} cannot be written: {error.strerror}.",
            hint="Check the permissions of the home folder and the space on its disk.",
        ) from error
    config = settings.load(home)
    database = Database.open(home, cache_kb=CACHE_KB)
    try:
        settle_types()
        kept = {name: database.state.get(MARK + name) for name in WINDOWS}
        looks = {name: look for name, look in kept.items() if look is not None}
        return Opened(config, database, looks, first_run.needed(home, database))
    except BaseException:
        database.close()
        raise
