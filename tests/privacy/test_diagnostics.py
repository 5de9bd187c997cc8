"""Diagnostics tell what helps, and nothing of what was planted: chats, keys, names, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core import __version__, config
from core.database import Database
from core.paths import Home
from core.privacy import diagnostics as module
from core.privacy.diagnostics import diagnostics
from core.privacy.personal import Person
from core.records import Feedback, Message, Trace

ANNA = Person(home="/home/anna", user="anna", machine="thinkpad")
CHAT = "the blue whale of Kreuzberg"
ANSWER = "it sleeps behind the planetarium"
KEYS = ("sk-ant-api03-" + "PLANTED" * 5, "AKIA" + "PLANTEDPLANTED12", "hunter2hunter2")
PERSONAL = ("anna@example.org", "+49 30 1234567", "DE89370400440532013000", "192.168.178.33", "/home/anna", "thinkpad")


@pytest.fixture
def planted(home: Home) -> Iterator[Home]:
    with Database.open(home) as database:
        database.traces.add(Trace(id="trace-1", created_at="2026-11-21T00:00:00.000000Z", response=ANSWER,
                                  messages=[Message(role="user", content=f"{CHAT} {KEYS[0]}")],
                                  finish_reason="stop", error=CHAT, metadata={"note": CHAT}))  # fmt: skip
        database.feedback.add(Feedback(id="f", trace_id="trace-1", created_at="2026-11-21T00:00:01.000000Z",
                                       metric="comment", value=ANSWER))  # fmt: skip
        database.state.set("draft:trace-1", CHAT)
        config.set_values(home, {"teacher.base_url": f"https://proxy.example/v1?key={KEYS[1]}",
                                 "models.chosen": "/home/anna/models/mine.gguf", "server.port": "8123",
                                 "server.api_key_file": f"{home.root}/my.key"})  # fmt: skip
        home.logs.mkdir()
        entry = "2026-11-21 10:00:00,123 ERROR core.server.run:"
        for name in ("server.log", "cli.log", "desktop.log", "server.err"):
            (home.logs / name).write_text(
                f"{entry} the model did not start for {PERSONAL[0]}\n{CHAT}\nKeyError: '{CHAT}'\n{ANSWER}\n"
                + "".join(f"{entry} password={KEYS[2]} {key} {text}\n" for key in KEYS[:2] for text in PERSONAL)
            )
        (home.logs / "server.log.1").write_text(CHAT)
        home.token_file.write_text(KEYS[2])
        home.server_file.write_text('{"url": "http://127.0.0.1:8123", "pid": 1, "started": 0, "token_file": "x"}')
        yield home


def test_nothing_that_was_planted_is_in_it(planted: Home) -> None:
    text = diagnostics(planted, {"server": f"ready, {PERSONAL[0]}", "problem": KEYS[0]}, person=ANNA)
    for word in (*KEYS, *PERSONAL, str(planted.root)):
        assert word not in text, word
    for sentence in (CHAT, ANSWER):
        for word in sentence.split():
            assert len(word) < 5 or word not in text, word


def test_what_helps_is_in_it(planted: Home) -> None:
    text = diagnostics(planted, {"tray": "found"}, person=ANNA)
    for part in (
        __version__, "Python 3", "PySide6-Essentials 6", "memory:", "gpu", "tray: found",
        "server.port = 8123", "models.chosen = [home]/models/mine.gguf", "teacher.base_url = https://proxy.example/v1",
        "server.api_key_file = [secret]", "traces: 1", "feedback: 1", "process 1: alive",
        "## logs/server.log", "## logs/desktop.log", "## logs/server.err", "KeyError (its message is left out",
        "ERROR core.server.run: the model did not start for [e-mail]", "(1 lines left out)",
    ):  # fmt: skip
        assert part in text, part
    assert "engine.queue" not in text, "only what differs from its default"
    again = diagnostics(planted, {"tray": "found"}, person=ANNA)
    assert [line for line in text.splitlines()[1:] if "memory" not in line] == [
        line for line in again.splitlines()[1:] if "memory" not in line
    ]


def test_what_is_broken_says_so_and_the_rest_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.config_file.write_text(f"server = [ # {KEYS[0]}")
    home.database.write_bytes(b"no database at all" * 100)
    home.server_file.write_text("{")

    def fails() -> list[str]:
        raise RuntimeError(CHAT)

    monkeypatch.setattr(module, "find_gpus", fails)
    text = diagnostics(home, person=ANNA)
    assert "not valid TOML" in text
    assert "server.json cannot be read" in text
    assert "(cannot be told: RuntimeError)" in text
    assert "Python 3" in text
    assert CHAT not in text and KEYS[0] not in text
    assert home.database.read_bytes().startswith(b"no database"), "looking changes nothing"


def test_an_empty_home(home: Home) -> None:
    text = diagnostics(home)
    assert "(there is none)" in text and "not running" in text
    assert not home.database.exists(), "looking makes nothing"


def test_a_version_of_four_parts_is_no_address(planted: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.importlib.metadata, "version", lambda name: "3.54.1.0")
    text = diagnostics(planted, {"address": "192.168.178.33"}, person=ANNA)
    assert "apsw 3.54.1.0" in text
    assert "address: [ip]" in text and "192.168" not in text
