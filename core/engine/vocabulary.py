"""Text to tokens and back. What a person or a record wrote never becomes a control token."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from core.engine.llama import lib
from core.errors import BadRequest

if TYPE_CHECKING:
    from core.engine.template import Piece

UNKNOWN, CONTROL, LSTRIP, RSTRIP = 1 << 0, 1 << 3, 1 << 7, 1 << 8  # enum llama_token_attr


class Vocabulary:
    """The vocabulary of one loaded model."""

    def __init__(self, model: Any) -> None:
        self.pointer = lib.llama_model_get_vocab(model)
        self.size: int = lib.llama_vocab_n_tokens(self.pointer)
        self.bos: int = lib.llama_vocab_bos(self.pointer)
        self.eos: int = lib.llama_vocab_eos(self.pointer)
        self.add_bos: bool = lib.llama_vocab_get_add_bos(self.pointer)
        self.end: frozenset[int] = frozenset(
            token for token in range(self.size) if lib.llama_vocab_is_eog(self.pointer, token)
        )
        self._control = self._control_tokens()
        names = sorted(self._control, key=len, reverse=True)
        self._split = re.compile("(" + "|".join(map(re.escape, names)) + ")") if names else None
        self._pieces: dict[int, bytes] = {}
        self.longest = max(map(len, [*map(str.encode, names), *map(self.piece, range(self.size))]), default=1)
        """Bytes of the longest token: what is longer than a context full of them cannot fit, and needs no counting."""

    def _control_tokens(self) -> dict[str, tuple[int, int]]:
        """Text of each control token → (id, attributes)."""
        found = {}
        for token in range(self.size):
            attributes = lib.llama_vocab_get_attr(self.pointer, token)
            if attributes & (CONTROL | UNKNOWN):
                text = lib.llama_vocab_get_text(self.pointer, token).decode("utf-8", "replace")
                if text:
                    found[text] = (token, attributes)
        return found

    def tokenize(self, text: str) -> list[int]:
        """Tokens of plain text: no BOS added, control tokens' names stay text."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 16
        buffer = (ctypes.c_int32 * room)()
        count = lib.llama_tokenize(self.pointer, data, len(data), buffer, room, False, False)
        if count < 0:
            room = -count
            buffer = (ctypes.c_int32 * room)()
            count = lib.llama_tokenize(self.pointer, data, len(data), buffer, room, False, False)
        if count < 0:
            raise BadRequest("The text cannot be turned into tokens.")
        return buffer[:count]

    def tokenize_prompt(self, text: str) -> list[int]:
        """Tokens of a raw prompt, with BOS where the model's metadata ask for it."""
        return self._with_bos(self.tokenize(text) if text else [])

    def tokenize_pieces(self, pieces: Iterable[Piece]) -> list[int]:
        """Tokens of a rendered chat template.

        Control tokens are taken from special pieces only; all text between two of them is tokenised as one, so that
        the tokens are those of the whole prompt and not of its seams.
        """
        tokens: list[int] = []
        literal, strip_next = "", False
        for part, control in self._parts(pieces):
            if control is None:
                literal += part.lstrip() if strip_next and not literal else part
                continue
            token, attributes = control
            literal = literal.rstrip() if attributes & LSTRIP else literal
            tokens += self.tokenize(literal) if literal else []
            tokens.append(token)
            literal, strip_next = "", bool(attributes & RSTRIP)
        tokens += self.tokenize(literal) if literal else []
        return self._with_bos(tokens)

    def _parts(self, pieces: Iterable[Piece]) -> Iterable[tuple[str, tuple[int, int] | None]]:
        for piece in pieces:
            if not piece.special or self._split is None:
                yield piece.text, None
                continue
            for part in self._split.split(piece.text):
                if part:
                    yield part, self._control.get(part)

    def _with_bos(self, tokens: list[int]) -> list[int]:
        if self.bos >= 0 and tokens[:1] != [self.bos] and (self.add_bos or not tokens):
            return [self.bos, *tokens]
        if not tokens:  # a model without BOS still needs one token to start from
            return [self.eos if self.eos >= 0 else 0]
        return tokens

    def piece(self, token: int) -> bytes:
        """Bytes of one token as text; control tokens are empty."""
        known = self._pieces.get(token)
        return known if known is not None else self._remember(token)

    def _remember(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(64)
        size = lib.llama_token_to_piece(self.pointer, token, buffer, 64, 0, False)
        if size < 0:
            buffer = ctypes.create_string_buffer(-size)
            size = lib.llama_token_to_piece(self.pointer, token, buffer, -size, 0, False)
        self._pieces[token] = buffer.raw[:size]
        return self._pieces[token]

    def name(self, token: int) -> bytes:
        """Bytes of a token for logprobs: control tokens by their name."""
        return self.piece(token) or lib.llama_vocab_get_text(self.pointer, token) or b""
