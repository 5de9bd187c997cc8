"""A child process that plans and forgets for the window: native code and long searches stay out of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec

from core.child import Call, serve_calls
from core.clock import now
from core.database import Database
from core.forget.forget import Forgetting
from core.forget.records import Target
from core.paths import home

EVERY_S = 0.1


def plan(args: Any, call: Call) -> None:
    """args: a Target. Items: `{"moved": [about, done, of]}`, and at last `{"answer": …}`, here a Plan."""
    with Database.open(place := home()) as database:
        forgetting = Forgetting(place, database, progress=telling(call))
        call.emit({"answer": msgspec.to_builtins(forgetting.plan(msgspec.convert(args, Target), now=now()))})


def forget(args: Any, call: Call) -> None:
    """Likewise, with a Receipt. Cancelled, it leaves out the rest of the search; what was begun is done."""
    with Database.open(place := home()) as database:
        forgetting = Forgetting(place, database, progress=telling(call), cancelled=call.cancelled.is_set)
        call.emit({"answer": msgspec.to_builtins(forgetting.forget(msgspec.convert(args, Target), now=now()))})


def telling(call: Call) -> Callable[[str, int, int], None]:
    """Progress as items, some ten a second."""
    told: dict[str, float] = {}

    def tell(about: str, done: int, of: int) -> None:
        if time.monotonic() - told.get(about, 0.0) > EVERY_S:
            told[about] = time.monotonic()
            call.emit({"moved": [about, done, of]})

    return tell


if __name__ == "__main__":
    serve_calls({"plan": plan, "forget": forget}, workers=1)
