"""The routes and what is told of them."""

from __future__ import annotations

from pathlib import Path

from core.server.app import ROUTES
from core.server.feedback import HUMAN_KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "server.md").read_text(encoding="utf-8")


def test_every_route_is_documented() -> None:
    for route in ROUTES:
        assert route.path.replace(":path", "") in PAGE, route.path


def test_every_key_that_counts_as_a_verdict_is_documented() -> None:
    for key in HUMAN_KEYS:
        assert f"`{key}`" in PAGE, key


def test_no_route_is_open_by_accident() -> None:
    """GET and HEAD read; whatever changes something is POST or DELETE and so needs a JSON type or the key."""
    assert {method for route in ROUTES for method in route.methods or ()} <= {"GET", "HEAD", "POST", "DELETE"}
