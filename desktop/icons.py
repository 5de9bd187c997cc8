"""Icons from SVG. A state is told by the shape of its badge, not by its colour alone; dark edge and light body stand
out on any panel."""

from __future__ import annotations

import functools
from typing import Literal, get_args

from PySide6.QtGui import QIcon

from core.paths import resources

State = Literal["starting", "ready", "thinking", "studying", "review", "paused", "error"]
STATES: tuple[State, ...] = get_args(State)


@functools.cache
def state_icon(state: State) -> QIcon:
    return QIcon(str(resources() / "icons" / f"{state}.svg"))


@functools.cache
def app_icon() -> QIcon:
    return QIcon(str(resources() / "icons" / "nightschool.svg"))
