"""Which conversations are the benchmark's alone: a fifth of them, by hash, the same on every machine and day."""

from __future__ import annotations

import hashlib

from core.evidence.records import CORRECTION, EvidenceRecord

SALT = b"nightschool sealed conversation v1\0"
"""Of its own, so that what is sealed has nothing to do with any other split by hash."""
PARTS = 5
"""One conversation of five is sealed (DESIGN §2)."""


def is_sealed(conversation: str) -> bool:
    """Whether the tasks of this conversation may be examined only, never trained on. See `conversation_of`."""
    return int.from_bytes(hashlib.sha256(SALT + conversation.encode()).digest()) % PARTS == 0


def conversation_of(record: EvidenceRecord) -> str:
    """What `is_sealed` is asked with."""
    return conversation(record.run_id, record.conversation_id)


def conversation(run_id: str, conversation_id: str | None) -> str:
    """A run outside of a conversation is one of its own, with its correction."""
    return conversation_id or run_id.removesuffix(CORRECTION)
