"""`doctor`'s checks of the home and what serves it: database, index, embedder, keyring, port, disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from typing import Any

from core.cli.findings import Check
from core.cli.output import size
from core.config import Config
from core.database import Database
from core.errors import ConfigError, NightschoolError
from core.machine import detect
from core.paths import Home
from core.replay.embedder import Embedder
from core.server import sockets
from core.teacher.keys import Keys, KeyState

LITTLE_DISK = 1024**3
EMBEDDER_S = 120
SAMPLE = "Where is the green kettle?"
KEYRING: dict[KeyState, str] = {
    "present": "The keyring holds the teacher's key.",
    "missing": "The keyring works; it holds no key for a teacher.",
    "locked": "The keyring is locked.",
    "denied": "The keyring refused access.",
    "unavailable": "There is no keyring here in which a key may be kept.",
    "timeout": "The keyring did not answer in time.",
}


def check_home(place: Home) -> Check:
    mode = stat.S_IMODE(place.root.stat().st_mode)
    if not os.access(place.root, os.W_OK):
        return Check("home", "failed", f"{place.root} cannot be written.", "NIGHTSCHOOL_HOME chooses another.")
    if os.name == "posix" and mode & 0o077:
        return Check("home", "warning", f"{place.root} can be read by others (mode {mode:04o}).", "chmod 700 it.")
    return Check("home", "ok", str(place.root))


def check_disk(place: Home) -> Check:
    free = detect(place.root).disk.free
    if free is None:
        return Check("disk", "skipped", "The system does not tell how much is free.")
    if free < LITTLE_DISK:
        return Check(
            "disk", "warning", f"{size(free)} are free where the home lies.", "Make room: a full disk records nothing."
        )
    return Check("disk", "ok", f"{size(free)} are free where the home lies.")


def check_database(place: Home) -> Check:
    """Opens it (which migrates an older one after a backup) and works everything out again."""
    try:
        with Database.open(place) as database:
            faults, counts = database.integrity_check(), database.counts()
    except NightschoolError as error:
        return Check("database", "failed", error.message, error.hint)
    if faults:
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        return Check("database", "failed", f"{faults[0]}{more}", f"Backups stand in {place.backups}.")
    return Check("database", "ok", f"Whole: {counts.traces} answers, {counts.feedback} statements about them.")


def check_server(config: Config, state: dict[str, Any]) -> Check:
    """A running server must be able to answer; without one, the chosen port must be free."""
    if state["running"]:
        problem = state.get("problem")
        if problem or state.get("status") not in ("ok", "loading"):
            return Check("server", "failed", f"It runs at {state['url']} but cannot answer. {problem or ''}".strip())
        return Check("server", "ok", f"It runs at {state['url']} ({state['status']}).")
    chosen = config.server
    try:
        sockets.bind(chosen.host, chosen.port, chosen, own_key=bool(chosen.api_key_file)).close()
    except ConfigError as error:
        return Check("server", "failed", error.message, error.hint)
    port = f"port {chosen.port} is free" if chosen.port else "it takes any free port"
    return Check("server", "ok", f"Not running; {port}.")


def check_index(indexed: int, expected: int) -> Check:
    if indexed == expected:
        return Check("index", "ok", f"All {expected} pieces of accepted past work are indexed.")
    hint = "A running server brings the index up to the database by itself."
    return Check("index", "warning", f"{indexed} of {expected} pieces of past work are indexed.", hint)


def check_embedder(config: Config, state: dict[str, Any], *, prove: bool) -> Check:
    """A server's own embedder where one runs; else one is started and embeds a sentence."""
    running = state.get("embedder")
    if running is not None:
        if running["ready"]:
            return Check("embedder", "ok", "The server's embedder is ready.")
        failed = running.get("error")
        return Check("embedder", "failed" if failed else "warning", failed or "The server's embedder is still loading.")
    if not config.replay.enabled:
        return Check("embedder", "skipped", "Retrieval is switched off (replay.enabled).")
    if not prove:
        return Check("embedder", "skipped", "Not tried (--quick).")
    try:
        dim = asyncio.run(embed_once(config))
    except (NightschoolError, TimeoutError) as error:
        return Check(
            "embedder",
            "failed",
            str(error) or f"Not ready within {EMBEDDER_S} s.",
            "Past work is then searched by words only.",
        )
    return Check("embedder", "ok", f"It embeds: {dim} components a text.")


async def embed_once(config: Config) -> int:
    """Start an embedder, embed a sentence, stop it; returns the number of components."""
    embedder = Embedder(config.replay)  # offline: a check downloads nothing
    async with asyncio.timeout(EMBEDDER_S):
        await embedder.start()
        try:
            await embedder.wait_ready()
            return int((await embedder.embed([SAMPLE])).shape[1])
        finally:
            with contextlib.suppress(NightschoolError):
                await embedder.stop()


def check_keyring(config: Config) -> Check:
    """Matters only to those who have a teacher."""
    provider = config.teacher.provider
    state = asyncio.run(Keys().state("anthropic" if provider == "none" else provider))
    wanted = provider != "none"
    if state == "present" or (state == "missing" and not wanted):
        return Check("keyring", "ok", KEYRING[state])
    if not wanted:
        return Check("keyring", "ok", f"{KEYRING[state]} It is needed only for a teacher; none is chosen.")
    return Check("keyring", "failed", f"{KEYRING[state]} The teacher ({provider}) cannot be asked.")
