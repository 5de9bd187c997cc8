"""With everything that the real pipeline makes: forgotten, made again by the next run, and all laws hold."""

from __future__ import annotations

import pytest

from core.database import Database
from core.paths import Home
from tests.cli.command import Nightschool
from tests.evidence.making import add
from tests.forget import making
from tests.forget.making import TEXTS, standing

pytestmark = pytest.mark.slow


@pytest.mark.timeout(300)
def test_what_the_pipeline_made_of_it_goes_and_does_not_come_back(home: Home, database: Database) -> None:
    making.the_secret(database)
    making.kin(database)
    for number in range(20, 60):
        kinds = (
            {"thumb": True},
            {"thumb": False},
            {"correction": f"Island {number} lies further off."},
            {"score": 0.5},
        )
        add(database, number, conversation_id=f"c{number}", **kinds[number % 4])
    add(database, 70, making.QUESTION, "I do not know that.", thumb=False, conversation_id="c70")
    nightschool = Nightschool()
    stamp = ("--recorded-at", "2026-05-01T02:00:00Z", "--workers", "1")
    assert nightschool("evidence", "run", *stamp).status == 0
    made = {path.split("/")[0] for path in standing(home)}
    assert {"evidence", "datasets"} <= made
    assert nightschool("evidence", "forget", "trace", "t1", "--yes").status == 0
    assert standing(home) == set()
    assert nightschool("evidence", "run", *stamp).status == 0
    assert standing(home, TEXTS) == set()
    accepted = nightschool("evidence", "acceptance", "--workers", "1")
    assert accepted.status == 0, accepted.stdout
    assert nightschool("evidence", "forget", "conversation", "c21", "--yes").status == 0
