"""The app on a real desktop in the language that is chosen, or else in the computer's own."""

from __future__ import annotations

import pytest

from core import config
from core.paths import Home
from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program
from tests.e2e.session.reader import Reader

GERMAN = {"LC_ALL": "de_DE.UTF-8"}


@pytest.mark.parametrize(
    ("chosen", "computer", "question", "send"),
    [
        ("system", GERMAN, "Deine Frage", "Senden"),
        ("de", {}, "Deine Frage", "Senden"),
        ("en", GERMAN, "Your question", "Send"),
    ],
)
def test_the_windows_speak_the_language(
    desk: Desk, used_home: Home, chosen: str, computer: dict[str, str], question: str, send: str
) -> None:
    config.set_value(used_home, "desktop.language", chosen)
    with Program(desk, used_home.root, environment=computer) as program, Reader(desk, "nightschool") as reader:
        program.wait_until_ready()
        reader.fill(question, "What is the poet of Garnos?")
        reader.see(send)
    assert program.output == ""
