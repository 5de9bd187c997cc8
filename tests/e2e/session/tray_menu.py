"""The tray icon's menu, by mouse. Popups are in no accessibility tree, so it is read as an eye does."""

from __future__ import annotations

from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program

SMALLEST_TEXT = 5
"""Rows of pixels: what is lower is a separator or a mnemonic's underline."""


class TrayMenu:
    """Open within the block; Escape closes what is still open at its end."""

    def __init__(self, desk: Desk, program: Program) -> None:
        self._desk, self._program = desk, program

    def __enter__(self) -> TrayMenu:
        before = set(popups(self._desk))
        self._desk.click(*self._program.wait_until_docked(), button=3)
        self.window = self._desk.wait(lambda: next(iter(set(popups(self._desk)) - before), None), "the tray's menu")
        return self

    def __exit__(self, *_: object) -> None:
        if self.window in popups(self._desk):
            self._desk.keys("Escape")
            self._desk.wait(lambda: self.window not in popups(self._desk), "the end of the menu")

    def rows(self) -> list[int]:
        """Middles of the lines of text, in pixels below the window's top."""
        shown = self._desk.run("import", "-silent", "-window", self.window, "-crop", "60%x100%+34+0", "txt:-")
        ink: dict[int, set[str]] = {}
        for line in shown.splitlines()[1:]:
            place, _, colour = line.partition(": ")
            ink.setdefault(int(place.split(",")[1]), set()).add(colour.split()[1])
        filled = [y for y, colours in sorted(ink.items()) if len(colours) > 2]
        lines: list[list[int]] = []
        for y in filled:
            if lines and y - lines[-1][-1] <= 2:
                lines[-1].append(y)
            else:
                lines.append([y])
        return [(line[0] + line[-1]) // 2 for line in lines if len(line) >= SMALLEST_TEXT]

    def click(self, entry: int) -> None:
        """Where that line of text is."""
        geometry = dict(
            part.split("=") for part in self._desk.run("xdotool", "getwindowgeometry", "--shell", self.window).split()
        )
        rows = self._desk.wait(lambda: self.rows() if len(self.rows()) > entry else None, "the menu's text")
        self._desk.click(int(geometry["X"]) + 80, int(geometry["Y"]) + rows[entry])


def popups(desk: Desk) -> list[str]:
    """Ids of the program's visible windows that no window manager handles."""
    try:
        found = desk.run("xdotool", "search", "--onlyvisible", "--class", "nightschool").split()
    except RuntimeError:
        return []
    return [window for window in found if "Override Redirect State: yes" in desk.run("xwininfo", "-all", "-id", window)]
