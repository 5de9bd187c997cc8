"""`nightschool data`: everything along, and what left, as the commands tell it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from core.database import Database
from core.paths import Home
from core.privacy.egress_log import EgressLine, EgressLog
from core.records import Message, Trace
from tests.cli.command import Nightschool


@pytest.mark.usefixtures("home")
def test_everything_is_exported(nightschool: Nightschool, database: Database, tmp_path: Path) -> None:
    asked = [Message(role="user", content="q")]
    database.traces.add(
        Trace(id="t", created_at="2026-11-21T00:00:00.000000Z", messages=asked, response="a", finish_reason="stop")
    )
    target = tmp_path / "mine.zip"
    assert nightschool.json("data", "export", str(target))["lines"]["traces.jsonl"] == 1
    assert zipfile.is_zipfile(target)
    again = nightschool("data", "export", str(target))
    assert again.status == 1 and "--force" in again.stderr
    assert nightschool("data", "export", str(target), "--force").stdout.endswith("1 answers\n")
    nowhere = nightschool("data", "export", str(tmp_path / "none" / "x.zip"))
    assert nowhere.status == 1 and "cannot be written" in nowhere.stderr


def test_what_left_is_summed_up(nightschool: Nightschool, home: Home) -> None:
    assert nightschool("data", "egress").stdout == "Nothing has left this machine.\n"
    line = EgressLine(id="e", at="2026-11-21T00:00:00Z", event="sent", purpose="escalation", method="POST",
                      host="api.example", bytes_sent=2048)  # fmt: skip
    EgressLog(home.egress_log).write(line)
    (told,) = nightschool.json("data", "egress")
    assert (told["host"], told["requests"], told["failed"], told["bytes_sent"]) == ("api.example", 1, 1, 2048)
    assert "2.0 KiB" in nightschool("data", "egress").stdout
