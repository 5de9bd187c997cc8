"""Whether there is a display to show windows on. Qt aborts without one; `python -m desktop.display` tells it before.

Its exit status is 0 where there is one; else it prints why not.
"""

from __future__ import annotations

import ctypes
import os
import sys


def problem() -> str | None:
    """Why no window can be shown, None where one can. Loads no Qt."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if not sys.platform.startswith("linux") or chosen.startswith(("offscreen", "minimal", "vnc", "wayland", "eglfs")):
        return None
    if os.environ.get("WAYLAND_DISPLAY"):
        return None
    name = os.environ.get("DISPLAY")
    if not name:
        return "There is no display here."
    return None if answers() else f"The display {name} does not answer."


def answers() -> bool:
    """Whether the X server of DISPLAY takes us."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


if __name__ == "__main__":
    why = problem()
    if why:
        print(why)
    sys.exit(1 if why else 0)
