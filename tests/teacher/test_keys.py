"""Keys in a real keyring: every state has its name, and a key never shows itself."""

from __future__ import annotations

import os
import signal
import time

import keyring
import pytest
from keyring.backends import SecretService, chainer, fail, null
from keyring.errors import KeyringError, KeyringLocked

from core.teacher.keys import Key, Keys, KeyUnavailable, named
from tests.teacher.keyring_service import KeyringService

keys = Keys(time_limit_s=5)


async def test_saved_read_and_removed(service: KeyringService) -> None:
    assert await keys.state("anthropic") == "missing"
    await keys.save("anthropic", Key("sk-🔑"))
    assert (await keys.read("anthropic")).reveal() == "sk-🔑"
    assert await keys.state("openai") == "missing"
    assert await keys.remove("anthropic") is True
    assert await keys.remove("anthropic") is False
    assert await keys.state("anthropic") == "missing"


async def test_a_locked_keyring_is_named(service: KeyringService, key: str) -> None:
    service.lock()
    assert await keys.state("anthropic") == "locked"
    service.unlock()
    assert (await keys.read("anthropic")).reveal() == key


async def test_a_keyring_that_does_not_answer_is_given_up(service: KeyringService, key: str) -> None:
    os.kill(service.daemon.pid, signal.SIGSTOP)
    started = time.monotonic()
    try:
        with pytest.raises(KeyUnavailable) as raised:
            await Keys(time_limit_s=0.3).read("anthropic")
    finally:
        os.kill(service.daemon.pid, signal.SIGCONT)
    assert raised.value.state == "timeout"
    assert time.monotonic() - started < 2


async def test_no_keyring_service_is_named(service: KeyringService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    assert await keys.state("anthropic") == "unavailable"


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
async def test_a_backend_that_keeps_nothing_is_refused(backend: type, service: KeyringService) -> None:
    keyring.set_keyring(backend())
    with pytest.raises(KeyUnavailable) as raised:
        await keys.save("anthropic", Key("sk-x"))
    assert raised.value.state == "unavailable"


async def test_of_several_backends_the_systems_is_used(service: KeyringService) -> None:
    class Several(chainer.ChainerBackend):
        backends = (null.Keyring(), SecretService.Keyring())

    keyring.set_keyring(Several())
    await keys.save("anthropic", Key("sk-chain"))
    assert SecretService.Keyring().get_password("nightschool", "anthropic") == "sk-chain"


def test_denied_and_locked_are_told_apart() -> None:
    class KeychainDenied(Exception):
        pass

    try:
        try:
            raise KeychainDenied
        except KeychainDenied as cause:
            raise KeyringLocked("Can't get password") from cause
    except KeyringLocked as error:
        assert named(error) == "denied"
    assert named(KeyringLocked("x")) == "locked"
    assert named(KeyringError("x")) == "unavailable"


def test_a_key_never_shows_itself() -> None:
    key = Key("sk-secret")
    assert "sk-secret" not in f"{key} {key!r} {key:}" + repr({"k": key}) + repr([key])
    with pytest.raises(TypeError):
        vars(key)
