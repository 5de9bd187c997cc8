"""A screen reader's hands: finds, reads and presses what a program shows, by name and role."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.e2e.session.desk import Desk

PYTHON = "/usr/bin/python3"
"""Debian's own: pyatspi comes with it only."""


class Reader:
    """Everything is asked of `application` until it is there, for up to `seconds`."""

    def __init__(self, desk: Desk, application: str, *, seconds: float = 15) -> None:
        self._process = desk.start(
            "reader", [PYTHON, str(Path(__file__).parent / "atspi_child.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._desk, self._application, self._seconds = desk, application, seconds

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(5)
        self._process.stdout.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(self, op: str, **what: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        command = {"op": op, "application": self._application, "seconds": self._seconds, **what}
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the reader ended: {self._desk.log('reader')}")
        answer = json.loads(line)
        if "error" in answer:
            raise LookupError(answer["error"])
        return answer["ok"]

    def see(self, name: str | None = None, **what: Any) -> dict[str, Any]:
        """role, name, description, text, states, actions and box [x, y, w, h] of what is shown. Raises LookupError."""
        found: dict[str, Any] = self._call("one", **named(name), **what)
        return found

    def all(self, name: str | None = None, **what: Any) -> list[dict[str, Any]]:
        """Everything that fits now, at once."""
        found: list[dict[str, Any]] = self._call("find", **named(name), **{"seconds": 0, **what})
        return found

    def press(self, name: str, **what: Any) -> None:
        self._call("do", name=name, **what)

    def focus(self, name: str, **what: Any) -> None:
        self._call("focus", name=name, **what)

    def fill(self, name: str, text: str, **what: Any) -> None:
        """Replace the text of a field."""
        self._call("set_text", name=name, text=text, **what)

    def choose(self, name: str, **what: Any) -> None:
        """Select an entry of a list."""
        self._call("select", name=name, **what)

    def tree(self, name: str | None = None, **what: Any) -> str:
        """Everything shown, for a person who writes a test."""
        told: str = self._call("tree", **named(name), **{"seconds": 0, **what})
        return told


def named(name: str | None) -> dict[str, str]:
    return {} if name is None else {"name": name}
