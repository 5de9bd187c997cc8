"""Which examples are learned from and which only checked with: by the conversation, never by the row."""

from __future__ import annotations

import hashlib

from core.evidence.records import EvidenceRecord, Split

SALT = b"nightschool validation split v1\0"
"""Of its own: what is held back for validation has nothing to do with what is sealed for the benchmark."""
PARTS = 1 << 32


def conversation_key(record: EvidenceRecord) -> str:
    """Outside of a conversation all tries at one task, and a correction with its original, stay together."""
    return record.conversation_id or record.task_id


def split_of(conversation: str, share: float) -> Split:
    """`share` in [0, 1]: of conversations, the part that is held back."""
    first = hashlib.sha256(SALT + conversation.encode()).digest()[:4]
    return "validation" if int.from_bytes(first) < share * PARTS else "train"
