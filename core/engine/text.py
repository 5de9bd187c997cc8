"""Bytes of tokens to text: never half a character, never past a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextStream:
    """Joins the bytes of tokens into text that may be shown.

    A character may be spread over tokens, and so may a stop string: what could still become either is held back.
    """

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop = tuple(word for word in stop if word)
        self._held = ""
        self.released = 0
        """Characters given out."""
        self.seen = 0
        """Characters decoded, held ones too."""
        self.stopped = False

    def push(self, data: bytes) -> str:
        """Text that is now certain. After a stop string `stopped` is True and nothing more comes."""
        return self._release(self._decoder.decode(data))

    def finish(self) -> str:
        """What was held back, at the end of the answer; an unfinished character becomes U+FFFD."""
        if self.stopped:
            return ""
        text = self._release(self._decoder.decode(b"", final=True))
        rest, self._held = self._held, ""
        self.released += len(rest)
        return text + rest

    def _release(self, new: str) -> str:
        if self.stopped:
            return ""
        self.seen += len(new)
        if not self._stop:
            self.released += len(new)
            return new
        self._held += new
        # The one that is complete first counts, so that it does not matter how the text is cut into tokens.
        found = [(at + len(word), at) for word in self._stop if (at := self._held.find(word)) >= 0]
        self.stopped = bool(found)
        end = min(found)[1] if found else len(self._held) - self._undecided()
        text, self._held = self._held[:end], "" if found else self._held[end:]
        self.released += len(text)
        return text

    def _undecided(self) -> int:
        """Length of the longest end of the held text with which a stop string may begin."""
        longest = 0
        for word in self._stop:
            for size in range(min(len(word) - 1, len(self._held)), longest, -1):
                if self._held.endswith(word[:size]):
                    longest = size
                    break
        return longest
