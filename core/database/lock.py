"""The file lock by its old name; it stands in core/lock.py, which the settings use as well."""

from core.lock import HomeLock

__all__ = ["HomeLock"]
