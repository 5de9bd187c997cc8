"""A real keyring of its own, with a key in it, and a teacher's endpoint, for each test."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import SecretService, fail

from tests.teacher.endpoint import Endpoint, endpoint
from tests.teacher.keyring_service import KeyringService, keyring_service

KEY = "sk-test-Zx81-geheim"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """keyring 25.7's SecretService backend leaves its D-Bus socket to the garbage collector when it raises."""
    leaks = ("ignore:unclosed <socket:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            for leak in leaks:
                item.add_marker(pytest.mark.filterwarnings(leak))


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringService]:
    """The keyring, unlocked and empty."""
    before = keyring.get_keyring()
    with keyring_service(tmp_path / "keyring") as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        found.unlock()
        keyring.set_keyring(SecretService.Keyring())
        yield found
        gc.collect()  # what it left, while this test's leave to warn still holds: the next one's does not
    keyring.set_keyring(before if not isinstance(before, SecretService.Keyring) else fail.Keyring())


@pytest.fixture
def key(service: KeyringService) -> str:
    """The teacher's key, as it lies in the keyring for both providers."""
    for provider in ("anthropic", "openai"):
        keyring.set_password("nightschool", provider, KEY)
    return KEY


@pytest.fixture
def teacher_api() -> Iterator[Endpoint]:
    with endpoint() as found:
        yield found
