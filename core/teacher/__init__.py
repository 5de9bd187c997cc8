"""The teacher: its key, its clients."""
