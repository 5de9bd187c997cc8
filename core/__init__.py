"""Nightschool's core: everything but the desktop. Never imports Qt."""

__version__ = "0.1.0"
