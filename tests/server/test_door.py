"""The parts of the door that need no server: hosts, origins, keys."""

from __future__ import annotations

import hmac
import os
import stat
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from core.errors import ConfigError
from core.server import token as tokens
from core.server.door import Door, fold
from core.server.errors import Refused, body_of, on_bug, without_paths


async def nowhere(scope: object, receive: object, send: object) -> None:
    raise AssertionError("the door let it through")


@pytest.fixture
def door() -> Door:
    return Door(nowhere, token="ns-key-of-this-test", port=8123, origins=("https://app.example",))


@pytest.mark.parametrize("host", ["127.0.0.1:8123", "localhost:8123", "LOCALHOST:8123", "[::1]:8123"])
def test_our_own_names_pass(door: Door, host: str) -> None:
    door._check_host({"host": host})


@pytest.mark.parametrize(
    "host",
    ["", "127.0.0.1", "127.0.0.1:80", "evil.example:8123", "127.0.0.1:8123, evil.example", "127.0.0.1.evil:8123"],
)
def test_any_other_host_is_refused(door: Door, host: str) -> None:
    with pytest.raises(Refused) as refusal:
        door._check_host({"host": host})
    assert refusal.value.status == 421


@pytest.mark.parametrize(
    "origin",
    ["null", "http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1:8123", "http://127.0.0.1:8123/x", ""],
)
def test_other_origins_are_refused(door: Door, origin: str) -> None:
    with pytest.raises(Refused) as refusal:
        door._check_origin({"origin": origin})
    assert refusal.value.status == 403


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8123", "https://app.example", "HTTPS://APP.example"])
def test_our_own_and_listed_origins_pass(door: Door, origin: str) -> None:
    door._check_origin({"origin": origin})


GOOD = {"host": "127.0.0.1:8123", "authorization": "Bearer ns-key-of-this-test", "content-type": "application/json"}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, None),
        ({"host": "evil.example:8123"}, 421),
        ({"host": None}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"authorization": None}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": None}, 415),
    ],
)
async def test_each_check_stands_before_the_application(changed: dict[str, str | None], status: int | None) -> None:
    reached: list[str] = []
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["path"])

    async def receive() -> Message:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: Message) -> None:
        sent.append(message)

    given = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    headers = [(name.encode(), value.encode()) for name, value in given.items()]
    scope = {"type": "http", "method": "POST", "path": "/v1/x", "headers": headers, "server": ("127.0.0.1", 8123)}
    await Door(app, token="ns-key-of-this-test", port=8123)(scope, receive, send)
    assert reached == ([] if status else ["/v1/x"])
    assert [message["status"] for message in sent if "status" in message] == ([status] if status else [])


def test_null_cannot_be_listed_by_way_of_no_origin() -> None:
    door = Door(nowhere, token="ns-key-of-this-test", port=8123)
    with pytest.raises(Refused):
        door._check_origin({"origin": "null"})


def test_a_browser_that_names_another_site_is_refused_without_an_origin(door: Door) -> None:
    with pytest.raises(Refused):
        door._check_origin({"sec-fetch-site": "cross-site"})


def test_repeated_headers_match_nothing() -> None:
    assert fold([(b"Host", b"a"), (b"host", b"b")]) == {"host": "a, b"}


@pytest.mark.parametrize(
    "given", [None, b"", b"Bearer", b"Bearer x", b"Basic ns-key", b"Bearer \xff\xfe", b"Bearer " * 500]
)
def test_wrong_keys_do_not_match(given: bytes | None) -> None:
    assert not tokens.matches(given, "ns-key")


def test_the_right_key_matches_and_a_key_may_be_any_text() -> None:
    assert tokens.matches(b"bearer ns-key", "ns-key")
    assert tokens.matches("Bearer schlüssel".encode(), "schlüssel")


def test_keys_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What == would tell by its speed cannot be measured here; that the comparison is hmac's can."""
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def compare(given: bytes, right: bytes) -> bool:
        compared.append((given, right))
        return real(given, right)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert tokens.matches(b"Bearer ns-key", "ns-key") and not tokens.matches(b"Bearer wrong", "ns-key")
    assert compared == [(b"ns-key", b"ns-key"), (b"wrong", b"ns-key")]


def test_what_was_planted_while_the_key_was_made_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("another's file")
    for planted in (tmp_path / "link", tmp_path / "file"):
        if planted.name == "link":
            planted.symlink_to(tmp_path / "elsewhere")
        else:
            planted.write_text("another's file")
        with pytest.raises(FileExistsError):
            tokens._create(planted)
        assert planted.read_text() == "another's file"


def test_the_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    path = tmp_path / "server.token"
    previous = os.umask(0)
    try:
        made = tokens.load_or_create(path)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(made) > 40
    assert tokens.load_or_create(path) == made


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "server.token"
    tokens.load_or_create(path)
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="others"):
        tokens.load_or_create(path)


def test_a_key_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("attacker-chosen-key")
    (tmp_path / "elsewhere").chmod(0o600)  # nothing but the link speaks against it
    (tmp_path / "server.token").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError):
        tokens.load_or_create(tmp_path / "server.token")


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "server.token"
    path.touch(mode=0o600)
    path.write_text("x")
    with pytest.raises(ConfigError, match="shorter"):
        tokens.load_or_create(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/home/me/.models/a.gguf is broken", "a.gguf is broken"),
        (r"C:\Users\me\a.gguf is broken", "a.gguf is broken"),
        ("GET /v1/models lists what is.", "GET /v1/models lists what is."),
        ("1/2 of it", "1/2 of it"),
    ],
)
def test_no_path_is_told(text: str, told: str) -> None:
    assert without_paths(text) == told


async def test_a_bug_tells_nothing_of_itself() -> None:
    answer = await on_bug(Request({"type": "http"}), KeyError("/home/somebody/secret"))
    assert answer.status_code == 500
    assert b"internal_error" in bytes(answer.body) and b"secret" not in bytes(answer.body)
    assert b"KeyError" not in bytes(answer.body)


def test_an_error_tells_no_folder() -> None:
    told = body_of(ConfigError("/home/somebody/models/m.gguf is not there.", hint="Look in /home/somebody."))
    assert "somebody/" not in str(told) and "m.gguf" in told["error"]["message"]
