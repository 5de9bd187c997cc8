"""What the routes work with: one database, engine, replay and desk, shared by every request of a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from core.agent.desk import Desk
from core.clock import Clock, now
from core.config import Config
from core.database import Database
from core.engine.client import EngineClient
from core.errors import NightschoolError
from core.paths import Home
from core.replay.embedder import Embedder
from core.replay.replay import Replay
from core.server.limiter import Limiter
from core.server.meters import Meters


@dataclass
class Parts:
    """port: where we listen, as Host headers must say it. make_id: prefix → new id."""

    home: Home
    config: Config
    database: Database
    engine: EngineClient
    embedder: Embedder
    replay: Replay
    desk: Desk
    clock: Clock
    make_id: Callable[[str], str]
    port: int
    feedback_limit: Limiter
    trace_limit: Limiter
    """Statements about one trace."""
    problem: NightschoolError | None = None
    """Why the student could not be loaded at the start."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the engine's state may be another than a moment ago."""
    deleted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when lines of what was deleted may still stand in made files."""
    meters: Meters = field(default_factory=Meters)
    started: datetime = field(default_factory=now)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
