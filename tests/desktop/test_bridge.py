"""The bridge: what happens in the database arrives as signals, in the Qt thread."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt

from core.database import Change
from core.errors import DatabaseError
from desktop.context import Context
from tests.desktop.conftest import until


async def test_a_change_from_another_thread_arrives_sorted_by_what_it_is_about(context: Context) -> None:
    seen: list[object] = []
    bridge = context.bridge
    for name in ("traces_changed", "feedback_changed", "answering_changed"):
        getattr(bridge, name).connect(
            lambda value, name=name: seen.append((name, value, threading.current_thread())),
            Qt.ConnectionType.DirectConnection,  # in whatever thread it is emitted
        )
    changes = [
        Change(seq=1, kind="trace", trace_id="a"),
        Change(seq=2, kind="feedback", trace_id="a"),
        Change(seq=3, kind="delete", trace_id="b"),
    ]
    threading.Thread(target=bridge.follow, args=(changes, 1)).start()
    await until(lambda: len(seen) == 3)
    main = threading.main_thread()
    assert seen == [
        ("traces_changed", ["a", "b"], main),
        ("feedback_changed", ["a"], main),
        ("answering_changed", 1, main),
    ]


async def test_a_database_that_cannot_be_read_is_told(context: Context) -> None:
    threading.Thread(target=context.bridge.fail_to_follow, args=(DatabaseError("The disk is gone."),)).start()
    await until(lambda: [notice.text for notice in context.bridge.notices] == ["The disk is gone."])
