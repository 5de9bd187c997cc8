"""Runs the command line in this process, as the script would, and keeps what it printed and its exit status."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from typing import Any
from unittest import mock

from core.cli.main import run


@dataclass
class Outcome:
    status: int
    stdout: str
    stderr: str


class Nightschool:
    """`nightschool(*arguments)`; `.json(*arguments)` adds --json and insists on one document and nothing else."""

    def __call__(self, *arguments: str, stdin: str = "") -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch.object(sys, "stdin", io.StringIO(stdin)),
        ):
            status = run(arguments)
        return Outcome(status, out.getvalue(), err.getvalue())

    def json(self, *arguments: str, stdin: str = "") -> Any:
        outcome = self(*arguments, "--json", stdin=stdin)
        assert outcome.status == 0, outcome.stderr
        assert outcome.stdout.count("\n") == 1
        return json.loads(outcome.stdout)
