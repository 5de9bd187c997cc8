"""Whether this desktop shows tray icons now, asked without Qt's own tray.

Qt 6 looks for a StatusNotifierItem host once, at the first use of QSystemTrayIcon, and keeps the answer for good
(isDBusTrayAvailable in qgenericunixtheme.cpp). An app that starts before its panel, as at every login, would never get
an icon. So Qt is asked only once a host is there.
"""

from __future__ import annotations

import contextlib
import ctypes

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

WATCHER = "org.kde.StatusNotifierWatcher"


def has_host() -> bool:
    platform = QGuiApplication.platformName()
    if platform == "xcb":
        return has_item_host() or has_embedding_host()
    if platform.startswith("wayland"):
        return has_item_host()
    return QSystemTrayIcon.isSystemTrayAvailable()


def has_item_host() -> bool:
    """The hosts of KDE, Xfce, GNOME's extension and most others, over D-Bus."""
    from PySide6.QtDBus import QDBusConnection

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    return bool(bus.interface().isServiceRegistered(WATCHER).value())


def has_embedding_host() -> bool:
    """The older hosts of X11: whoever owns the selection _NET_SYSTEM_TRAY_S<screen>."""
    with contextlib.suppress(OSError):
        return _selection_owner(ctypes.CDLL("libxcb.so.1")) != 0
    return False


def _selection_owner(xcb: ctypes.CDLL) -> int:
    """0 for nobody. Replies of xcb are structs that start with 8 bytes of header; what is asked for follows."""
    reply = ctypes.POINTER(ctypes.c_uint32)
    xcb.xcb_connect.restype = ctypes.c_void_p
    for ask in (xcb.xcb_intern_atom_reply, xcb.xcb_get_selection_owner_reply):
        ask.restype = reply
    screen = ctypes.c_int(0)
    connection = ctypes.c_void_p(xcb.xcb_connect(None, ctypes.byref(screen)))
    free = ctypes.CDLL(None).free
    try:
        if xcb.xcb_connection_has_error(connection):
            return 0
        name = f"_NET_SYSTEM_TRAY_S{screen.value}".encode()
        atom = xcb.xcb_intern_atom_reply(connection, xcb.xcb_intern_atom(connection, 0, len(name), name), None)
        owner = xcb.xcb_get_selection_owner_reply(connection, xcb.xcb_get_selection_owner(connection, atom[2]), None)
        found = int(owner[2])
        free(atom)
        free(owner)
        return found
    finally:
        xcb.xcb_disconnect(connection)
