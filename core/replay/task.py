"""The name of a task: the same words are the same task."""

from __future__ import annotations

import hashlib


def task_hash(task: str) -> str:
    """SHA-256 of the task with its white space made single, 32 hex digits."""
    return hashlib.sha256(" ".join(task.split()).encode("utf-8", "surrogatepass")).hexdigest()[:32]
