"""A private X session: Xvfb, D-Bus, a window manager, a tray host, a notification daemon, a keyring, AT-SPI.

Everything is real and of this desk alone: nothing of the person's session is seen or touched. A watchdog kills what
was started even when the test run itself is killed. Linux only; the Debian packages stand in scripts/setup.sh.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeVar

from tests.e2e.session.watchdog import VARIABLE, sweep

HERE = Path(__file__).parent
NOTIFICATION_DAEMON = "/usr/lib/notification-daemon/notification-daemon"
XFCONF = "/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd"
PASSWORD = b"test password"
KEPT = ("PATH", "LC_ALL", "TZ", "PYTHONPATH", "HF_HUB_OFFLINE")
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><keep_umask/><listen>unix:dir={folder}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""  # no service folders: nothing starts by itself
PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/><property name="size" type="uint" value="30"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/><property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray"/>
  </property>
</channel>
"""
T = TypeVar("T")
Tray = Literal["trayer", "xfce4-panel"]
Keyring = Literal["unlocked", "locked"]


class Desk:
    """Use it in a `with` block. `environment` is what programs on it are to be started with."""

    def __init__(
        self,
        *,
        tray: Tray | None = "trayer",
        notifications: bool = True,
        keyring: Keyring | None = "unlocked",
        bus: bool = True,
        accessibility: bool = False,
        size: str = "1280x900",
    ) -> None:
        self._wanted = (tray, notifications, keyring, bus, accessibility)
        self._size = size
        self.mark = uuid.uuid4().hex
        self.folder = Path(tempfile.mkdtemp(prefix="desk-"))
        self.environment: dict[str, str] = {}
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._started: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Desk:
        try:
            self._prepare()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        sweep(self.mark)
        for process in self._started:
            process.wait()
        if self._watchdog is not None:
            assert self._watchdog.stdin is not None
            self._watchdog.stdin.close()
            self._watchdog.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _prepare(self) -> None:
        names = ("RUNTIME_DIR", "CONFIG_HOME", "DATA_HOME", "CACHE_HOME")
        folders = {name: self.folder / name.lower() for name in names}
        for folder in folders.values():
            folder.mkdir(mode=0o700)
        self.environment = {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            **{f"XDG_{name}": str(folder) for name, folder in folders.items()},
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "XDG_SESSION_TYPE": "x11",
            "QT_QPA_PLATFORM": "xcb",
            "GTK_A11Y": "none",
            "NO_AT_BRIDGE": "1",
            VARIABLE: self.mark,
        }
        without = {name: value for name, value in self.environment.items() if name != VARIABLE}
        self._watchdog = subprocess.Popen(
            [sys.executable, str(HERE / "watchdog.py"), self.mark],
            stdin=subprocess.PIPE,
            env=without,
            start_new_session=True,
        )

    def _start(self) -> None:
        """The display and the bus first; the rest at the same time."""
        tray, notifications, keyring, bus, accessibility = self._wanted
        self._start_display()
        if bus:
            self._start_bus()
        if accessibility:
            self._start_accessibility()
        self.start("openbox", ["openbox"])
        if notifications:
            self.start("notifications", [NOTIFICATION_DAEMON])
        if keyring:
            self.start_keyring(locked=keyring == "locked")
        if tray:
            self.start_tray(tray)
        self.wait(lambda: self.xprop("-root", "_NET_SUPPORTING_WM_CHECK"), "the window manager")
        if notifications:
            self.wait(lambda: self.on_bus("org.freedesktop.Notifications"), "the notification daemon")

    def _start_display(self) -> None:
        reading, writing = os.pipe()
        self.start(
            "display",
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{self._size}x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=(writing,),
        )
        os.close(writing)
        with os.fdopen(reading) as numbers:
            self.environment["DISPLAY"] = f":{numbers.readline().strip()}"

    def _start_bus(self) -> None:
        config = self.folder / "bus.conf"
        config.write_text(BUS.format(folder=self.folder))
        bus = self.start(
            "bus", ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"], stdout=subprocess.PIPE
        )
        assert bus.stdout is not None
        with bus.stdout:
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()

    def start_tray(self, host: Tray) -> None:
        """A tray host: trayer (XEmbed), or xfce4-panel (StatusNotifierItem, as KDE and others have it)."""
        if host == "trayer":
            place = ["--edge", "top", "--align", "right", "--widthtype", "request", "--height", "32"]
            look = ["--SetDockType", "true", "--transparent", "false", "--tint", "0x303030"]
            self.start("tray", ["trayer", *place, *look])
            self.wait(self.has_tray, "the tray")
            return
        settings = self.folder / "config_home/xfce4/xfconf/xfce-perchannel-xml"
        settings.mkdir(parents=True)
        (settings / "xfce4-panel.xml").write_text(PANEL)
        self.start("xfconf", [XFCONF])
        self.wait(lambda: self.on_bus("org.xfce.Xfconf"), "the panel's settings")
        self.start("tray", ["xfce4-panel", "--disable-wm-check"])
        self.wait(lambda: self.on_bus("org.kde.StatusNotifierWatcher"), "the panel")

    def start_keyring(self, *, locked: bool) -> None:
        """With its login keyring; a locked one was made first, with a password that is then not given."""
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
        daemon = self.start("keyring", [*command, "--unlock"], stdin=subprocess.PIPE)
        assert daemon.stdin is not None
        daemon.stdin.write(PASSWORD)
        daemon.stdin.close()
        self.wait(lambda: self.on_bus("org.freedesktop.secrets"), "the keyring")
        if locked:
            self.run("secret-tool", "store", "--label=made", "made", "by-the-desk", input_text="x")
            self.stop(daemon)
            self.start("keyring", command, stdin=subprocess.DEVNULL)
            self.wait(lambda: self.on_bus("org.freedesktop.secrets"), "the locked keyring")

    def _start_accessibility(self) -> None:
        for name in ("NO_AT_BRIDGE", "GTK_A11Y"):
            del self.environment[name]
        self.environment |= {"QT_ACCESSIBILITY": "1", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        self.start("accessibility", ["/usr/libexec/at-spi-bus-launcher", "--launch-immediately"])
        self.wait(lambda: self.on_bus("org.a11y.Bus"), "the accessibility bus")

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        stdin: int | None = subprocess.DEVNULL,
        stdout: int | None = None,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """A program of this desk; what it prints goes to `log(name)`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                list(command),
                stdin=stdin,
                stdout=log if stdout is None else stdout,
                stderr=log,
                env={**self.environment, **(environment or {})},
                pass_fds=pass_fds,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(3)
        process.kill()
        process.wait()

    def run(self, *command: str, input_text: str | None = None, timeout_s: float = 10) -> str:
        """A short command on this desk; what it printed. What it says on failure is in the exception."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=timeout_s, input=input_text
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()

    def wait(self, condition: Callable[[], T | None], what: str, seconds: float = 15) -> T:
        """The first true value of `condition`, asked again until then; exceptions count as not yet."""
        deadline, last = time.monotonic() + seconds, ""
        while time.monotonic() < deadline:
            try:
                if value := condition():
                    return value
            except Exception as error:  # noqa: BLE001 - told when time is up
                last = f" ({error})"
            time.sleep(0.02)
        raise TimeoutError(f"{what} did not come within {seconds:g} s{last}")

    def on_bus(self, name: str) -> bool:
        return "true" in self.run(
            "gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path", "/", "--method",
            "org.freedesktop.DBus.NameHasOwner", name,
        )  # fmt: skip

    def xprop(self, *arguments: str) -> str:
        told = self.run("xprop", *arguments)
        return "" if "not found" in told or "no such atom" in told else told

    def has_tray(self) -> bool:
        """Whether somebody owns the selection of XEmbed trays."""
        code = (
            "import ctypes; X = ctypes.CDLL('libX11.so.6'); X.XOpenDisplay.restype = ctypes.c_void_p;"
            "X.XInternAtom.restype = X.XGetSelectionOwner.restype = ctypes.c_ulong;"
            "d = ctypes.c_void_p(X.XOpenDisplay(None)); a = X.XInternAtom(d, b'_NET_SYSTEM_TRAY_S0', 0);"
            "print(X.XGetSelectionOwner(d, ctypes.c_ulong(a)))"
        )
        return self.run("/usr/bin/python3", "-c", code) != "0"

    def windows(self, title: str) -> list[str]:
        """Ids of the visible windows whose title matches this regular expression, oldest first."""
        try:
            return self.run("xdotool", "search", "--onlyvisible", "--name", title).split()
        except RuntimeError:
            return []

    def click(self, x: float, y: float, button: int = 1) -> None:
        """At a point of the screen, in pixels."""
        self.run("xdotool", "mousemove", str(round(x)), str(round(y)), "sleep", "0.05", "click", str(button))

    def keys(self, *names: str) -> None:
        """Pressed one after the other, by xdotool's names (Return, ctrl+a)."""
        self.run("xdotool", "key", "--delay", "30", *names)

    def type(self, text: str) -> None:
        self.run("xdotool", "type", "--delay", "5", text, timeout_s=60)

    def shot(self, path: Path, window: str = "root") -> Path:
        """A picture of a window, or of the whole screen."""
        self.run("import", "-silent", "-window", window, str(path), timeout_s=30)
        return path


@contextlib.contextmanager
def desk(**wanted: object) -> Iterator[Desk]:
    with Desk(**wanted) as made:  # type: ignore[arg-type]
        yield made
