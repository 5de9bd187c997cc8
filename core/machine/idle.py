"""Seconds since the person last touched the keyboard or the mouse, where the desktop tells."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import re
import sys
from typing import Any

from core.machine.ask import run


def idle_seconds() -> float | None:
    """None where nobody can tell: no display, or a desktop without such an interface."""
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return _mac()
    return _mutter() if os.environ.get("WAYLAND_DISPLAY") else _x11()


def _windows() -> float | None:
    class LastInput(ctypes.Structure):
        _fields_ = (("size", ctypes.c_uint), ("time", ctypes.c_uint))

    windll: Any = getattr(ctypes, "windll", None)
    info = LastInput(ctypes.sizeof(LastInput), 0)
    if windll is None or not windll.user32.GetLastInputInfo(ctypes.byref(info)):
        return None
    passed: int = (windll.kernel32.GetTickCount() - info.time) & 0xFFFFFFFF
    return passed / 1000


def _mac() -> float | None:
    found = re.search(r'"HIDIdleTime" = (\d+)', run(["ioreg", "-c", "IOHIDSystem", "-d", "4"]) or "")
    return int(found[1]) / 1e9 if found else None


def _mutter() -> float | None:
    """GNOME's compositor; other Wayland desktops tell only applications with a window."""
    answer = run(
        [
            *("gdbus", "call", "--session", "--dest", "org.gnome.Mutter.IdleMonitor"),
            *("--object-path", "/org/gnome/Mutter/IdleMonitor/Core"),
            *("--method", "org.gnome.Mutter.IdleMonitor.GetIdletime"),
        ]
    )
    found = re.search(r"uint64 (\d+)", answer or "")
    return int(found[1]) / 1000 if found else None


class _ScreenSaverInfo(ctypes.Structure):
    """XScreenSaverInfo of X11/extensions/scrnsaver.h."""

    _fields_ = (
        ("window", ctypes.c_ulong),
        ("state", ctypes.c_int),
        ("kind", ctypes.c_int),
        ("til_or_since", ctypes.c_ulong),
        ("idle", ctypes.c_ulong),
        ("event_mask", ctypes.c_ulong),
    )


def _x11() -> float | None:
    if not os.environ.get("DISPLAY"):
        return None
    names = ctypes.util.find_library("X11"), ctypes.util.find_library("Xss")
    try:
        x11, saver = (ctypes.CDLL(name) for name in names if name)
    except (OSError, ValueError):
        return None
    x11.XOpenDisplay.restype = x11.XDefaultRootWindow.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    if not display:
        return None
    try:
        if not saver.XScreenSaverQueryExtension(display, ctypes.byref(ctypes.c_int()), ctypes.byref(ctypes.c_int())):
            return None
        info = _ScreenSaverInfo()
        saver.XScreenSaverQueryInfo(display, ctypes.c_void_p(x11.XDefaultRootWindow(display)), ctypes.byref(info))
        return int(info.idle) / 1000
    finally:
        x11.XCloseDisplay(display)
