"""The first run: a window in front of `core.first_run`, one page a step."""
