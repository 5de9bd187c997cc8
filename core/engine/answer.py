"""From chosen tokens to chunks: text that is certain, its log-probabilities, and tool calls."""

from __future__ import annotations

from typing import Any

from core.engine import tools as tool_calls
from core.engine.logprobs import LogprobQueue
from core.engine.records import Chunk, TokenLogprob
from core.engine.text import TextStream

MARK = "TOOL "


class Answer:
    """The visible side of one generation."""

    def __init__(self, stop: tuple[str, ...], tools: list[dict[str, Any]]) -> None:
        self._text = TextStream(stop)
        self._logprobs = LogprobQueue()
        self._tools = tools
        self._lines = CallLines() if tools else None
        self._shown = 0

    @property
    def stopped(self) -> bool:
        return self._text.stopped

    def push(self, data: bytes, logprob: TokenLogprob | None) -> Chunk | None:
        """One token's bytes; a chunk when there is something to show."""
        before = self._text.seen
        text = self._text.push(data)
        if logprob is not None:
            self._logprobs.add(before, self._text.seen, logprob)
        if self._lines is not None:
            text = self._lines.push(text)
        return self._chunk(text)

    def finish(self) -> list[Chunk]:
        """What was held back, at the end: text, then the tool calls."""
        text = self._text.finish()
        if self._lines is None:
            return [chunk] if (chunk := self._chunk(text, last=True)) else []
        text = self._lines.push(text)
        held = self._lines.finish()
        calls = tool_calls.parse(held, self._tools) if held else None
        chunk = self._chunk(text if calls else text + held, last=True)
        return [*([chunk] if chunk else []), *([Chunk(tool_calls=calls)] if calls else [])]

    def _chunk(self, text: str, *, last: bool = False) -> Chunk | None:
        self._shown += len(text)
        logprobs = self._logprobs.take(self._shown, last=last or self._text.stopped)
        return Chunk(text=text, logprobs=logprobs) if text or logprobs else None


class CallLines:
    """Lets text through, up to a line that begins as a tool call does; from there on everything is held."""

    def __init__(self) -> None:
        self._held = ""
        self._line_start = True
        self._calling = False

    def push(self, text: str) -> str:
        """What is no tool call for certain."""
        self._held += text
        if self._calling:
            return ""
        end = self._first_call()
        shown, self._held = self._held[:end], self._held[end:]
        if shown:
            self._line_start = shown.endswith("\n")
        return shown

    def _first_call(self) -> int:
        """Where the first line begins that is, or may yet become, a call; the end where there is none."""
        start = 0 if self._line_start else self._held.find("\n") + 1
        while start or self._line_start:
            line = self._held[start:].split("\n", 1)[0]
            words = line.lstrip(" \t")
            self._calling = words.startswith(MARK)
            if self._calling or (start + len(line) == len(self._held) and MARK.startswith(words)):
                return start
            following = self._held.find("\n", start)
            if following < 0:
                break
            start = following + 1
        return len(self._held)

    def finish(self) -> str:
        held, self._held = self._held, ""
        return held
