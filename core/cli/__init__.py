"""The command line: one module a command group; `main` is what the `nightschool` script runs."""

from core.cli.main import main

__all__ = ["main"]
