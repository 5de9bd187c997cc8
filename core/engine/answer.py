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
        self._call = "" if tools else None
        """What may yet be a tool call, held back; None once it is plain text."""

    @property
    def stopped(self) -> bool:
        return self._text.stopped

    def push(self, data: bytes, logprob: TokenLogprob | None) -> Chunk | None:
        """One token's bytes; a chunk when there is something to show."""
        before = self._text.seen
        text = self._text.push(data)
        if logprob is not None:
            self._logprobs.add(before, self._text.seen, logprob)
        return self._chunk(self._visible(text), last=self._text.stopped)

    def finish(self) -> Chunk | None:
        """What was held back, at the end."""
        text = self._text.finish()
        if self._call is None:
            return self._chunk(text, last=True)
        whole, self._call = self._call + text, None
        calls = tool_calls.parse(whole, self._tools)
        if calls:
            return Chunk(tool_calls=calls)
        return self._chunk(whole, last=True)

    def _visible(self, text: str) -> str:
        """Hold the text back for as long as it may be a tool call."""
        if self._call is None:
            return text
        self._call += text
        start = self._call.lstrip()
        if start.startswith(MARK) or MARK.startswith(start):
            return ""
        text, self._call = self._call, None
        return text

    def _chunk(self, text: str, *, last: bool) -> Chunk | None:
        if self._call is not None:
            return None
        logprobs = self._logprobs.take(self._text.released, last=last)
        return Chunk(text=text, logprobs=logprobs) if text or logprobs else None
