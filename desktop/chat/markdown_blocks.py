"""Cuts a growing Markdown text into pieces, each short enough to be laid out at once; no Qt.

A piece is either a fenced code block or a run of text blocks. A piece that is closed never changes again, so that each
further word of a long answer costs no more than that of a short one. A line that is still being typed and could yet
become a fence, a list or an underline is held back until it is clear what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

ENOUGH = 1500
"""Characters after which a run of text ends at the next fitting blank line."""
TOO_MUCH = 4000
"""Characters after which it is cut wherever a line, a sentence or a word ends."""

_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})\s*([^`]*)$")
_GOES_ON = re.compile(r"^(?:\s|[-*+](?:\s|$)|\d{1,9}[.)](?:\s|$))")
"""A line that belongs to a list before it."""
_UNCLEAR = re.compile(r"^\s*(?:[`~]+|`{3,}[^`]*|~{3,}.*|[-=*_#+>|\s]*|\d{1,9}[.)]?)$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*$")
_SENTENCE = re.compile(r"[.!?。！？](?=\s)")


@dataclass(slots=True)
class Piece:
    kind: Literal["text", "code", "plain"]
    text: str = ""
    language: str = ""
    closed: bool = False


class Blocks:
    """`feed` what came, `finish` at the end; `pieces` is what there is now."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._open: Piece | None = None
        self._kept = ""
        """The whole lines of the open piece."""
        self._rest = ""
        """The line that has not ended yet."""
        self._fence = ""
        self._indent = 0
        self._after_blank = False

    def feed(self, text: str) -> int:
        """Takes what came. Returns the index of the first piece that is new, or other than it was."""
        first = self._first()
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._line(line)
        self._show_rest(hold_back=True)
        return first

    def finish(self) -> int:
        """Nothing more comes: what was held back is shown, what is open is closed."""
        first = self._first()
        rest, self._rest = self._rest, ""
        if rest:
            self._line(rest)
        self._close()
        return first

    def _first(self) -> int:
        return len(self.pieces) - (self._open is not None)

    def _line(self, line: str) -> None:
        fence = _FENCE.match(line)
        if self._fence:
            if fence and not fence[3].strip() and fence[2].startswith(self._fence):
                self._close()
            else:
                self._keep(_dedented(line, self._indent))
        elif fence:
            self._close()
            self._fence, self._indent = fence[2], len(fence[1])
            self._begin(Piece("code", language=fence[3].strip().partition(" ")[0]))
        elif line.strip():
            self._words(line)
        else:
            self._after_blank = True
            if self._open is not None:
                self._keep("")

    def _words(self, line: str) -> None:
        if self._after_blank and self._is_enough(line):
            self._close()
        self._after_blank = False
        while len(self._kept) + len(line) > TOO_MUCH:
            line = self._cut(line)
        if line:
            self._keep(line)

    def _is_enough(self, line: str) -> bool:
        return len(self._kept) >= (2 * ENOUGH if _GOES_ON.match(line) else ENOUGH)

    def _cut(self, line: str) -> str:
        """Ends the open piece in the middle of a block. Returns what of `line` stands in the next."""
        room = TOO_MUCH - len(self._kept)
        head = _table_head(self._kept)
        at = 0 if self._kept and len(line) <= TOO_MUCH else _fitting_end(line, room)
        if at:
            self._keep(line[:at])
        self._close()
        if head:
            self._keep(head)
        return line[at:].lstrip()

    def _keep(self, line: str) -> None:
        if self._open is None:
            self._begin(Piece("text"))
        assert self._open is not None
        self._kept += line + "\n"
        self._open.text = self._kept

    def _begin(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self._open, self._kept = piece, ""

    def _close(self) -> None:
        if self._open is not None:
            self._open.text = self._kept.rstrip("\n") if self._open.kind == "text" else self._kept.removesuffix("\n")
            self._open.closed = True
            if self._open.kind == "text" and not self._open.text.strip():
                self.pieces.remove(self._open)
        self._open, self._kept, self._fence = None, "", ""

    def _show_rest(self, *, hold_back: bool) -> None:
        """The unfinished line as far as it may be shown."""
        if not self._fence:
            while len(self._kept) + len(self._rest) > TOO_MUCH + ENOUGH:
                self._rest = self._cut(self._rest)
        rest = self._rest
        if hold_back and _UNCLEAR.match(rest) and (not self._fence or _could_end(rest)):
            rest = ""
        if not self._fence and rest and self._after_blank and self._is_enough(rest):
            self._close()
            self._after_blank = False
        if self._open is None and rest.strip():
            self._begin(Piece("text"))
        if self._open is not None:
            self._open.text = self._kept + (_dedented(rest, self._indent) if self._fence else rest)


class PlainBlocks:
    """The same for text that is shown as it stands: cut at the ends of lines, fence or not."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def feed(self, text: str) -> int:
        first = max(len(self.pieces) - 1, 0)
        text = (self.pieces.pop().text if self.pieces else "") + text
        while len(text) > TOO_MUCH:
            at = text.rfind("\n", 0, TOO_MUCH) + 1 or _fitting_end(text, TOO_MUCH)
            self.pieces.append(Piece("plain", text[:at].removesuffix("\n"), closed=True))
            text = text[at:]
        self.pieces.append(Piece("plain", text))
        return first

    def finish(self) -> int:
        if self.pieces:
            self.pieces[-1].closed = True
        return max(len(self.pieces) - 1, 0)


def _could_end(rest: str) -> bool:
    return not rest.strip().strip("`~")


def _dedented(line: str, indent: int) -> str:
    blank = len(line) - len(line.lstrip(" \t"))
    return line[min(indent, blank) :]


def _table_head(kept: str) -> str:
    """The two lines that begin the table in which `kept` ends; empty where it ends in no table."""
    block = kept.rstrip("\n").rpartition("\n\n")[2].split("\n")
    return "\n".join(block[:2]) if len(block) > 2 and _TABLE_RULE.match(block[1]) else ""


def _fitting_end(line: str, room: int) -> int:
    """Where to cut a long line: after a sentence, else at a space, else anywhere."""
    room = max(room, 1)
    sentences = [found.end() for found in _SENTENCE.finditer(line, 0, room)]
    if sentences and sentences[-1] > room // 2:
        return sentences[-1]
    space = line.rfind(" ", room // 2, room)
    return space if space > 0 else room
