"""Replay: before the student answers, past work that was accepted is found and put before it, as data."""
