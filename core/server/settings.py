"""Takes up a changed config.toml while running; what is marked `restart` waits for the next start."""

from __future__ import annotations

import asyncio
import logging

from core import config as configuration
from core.config import Config
from core.errors import NightschoolError
from core.paths import Home
from core.privacy.egress_log import EgressLog
from core.server.parts import Parts
from core.teacher.client import TeacherClient

log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.5
Stamp = tuple[int, int, int]


def teacher_of(home: Home, config: Config) -> TeacherClient | None:
    if config.teacher.provider == "none":
        return None
    return TeacherClient(config.teacher, EgressLog(home.egress_log))


async def follow(parts: Parts) -> None:
    """A broken file changes nothing: the settings before it stay, and the log says why.

    A file is read only once it stayed the same for a while: an editor may empty it before it writes.
    """
    seen = before = stamp(parts.home)
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        now = stamp(parts.home)
        settled, before = now == before, now
        if now == seen or not settled:
            continue
        seen = now
        try:
            await take_up(parts, configuration.load(parts.home))
        except NightschoolError as error:
            log.error("the settings stay as they were: %s", error)


async def take_up(parts: Parts, config: Config) -> None:
    """From the next request on."""
    teacher = teacher_of(parts.home, config)
    parts.config = parts.desk.config = config
    parts.desk.teacher = teacher
    parts.feedback_limit.set_rate(config.server.feedback_per_minute)
    await parts.engine.configure(config.engine)
    log.info("the settings were read anew")


def stamp(home: Home) -> Stamp | None:
    """Which version of the file lies there; None for none."""
    try:
        found = home.config_file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
