"""The teacher's client against endpoints on loopback: answers, refusals, retries, and what is never sent or said."""

from __future__ import annotations

import asyncio
import logging
import stat
import traceback
from collections.abc import Callable
from typing import Literal

import httpx2
import pytest

from core.config import TeacherConfig
from core.errors import ConfigError, TeacherError
from core.paths import Home
from core.privacy.egress_log import EgressLog
from core.records import Message
from core.teacher.client import RETRIES, TeacherClient, checked_url
from core.teacher.keys import Keys
from core.teacher.turns import turns
from tests.teacher.endpoint import (
    Endpoint,
    Reply,
    anthropic_events,
    anthropic_reply,
    endpoint,
    error_reply,
    openai_reply,
    sse,
)
from tests.teacher.keyring_service import KeyringService

Provider = Literal["anthropic", "openai"]
BOTH = pytest.mark.parametrize("provider", ["anthropic", "openai"])
ASKED = [Message(role="system", content="Be brief."), Message(role="user", content="Capital of Zubria? SECRETQUESTION")]


@pytest.fixture
def make(home: Home, teacher_api: Endpoint, key: str) -> Callable[..., TeacherClient]:
    def client(provider: Provider, base_url: str | None = None, timeout_s: float = 10) -> TeacherClient:
        config = TeacherConfig(
            provider=provider, model="the-model", base_url=base_url or teacher_api.url, timeout_s=timeout_s
        )
        return TeacherClient(config, EgressLog(home.egress_log), Keys(5), pause_s=0.01)

    return client


def good(provider: Provider, text: str = "Mokar.") -> Reply:
    return anthropic_reply(text) if provider == "anthropic" else openai_reply(text)


@BOTH
async def test_an_answer(provider: Provider, make: Callable[..., TeacherClient], teacher_api: Endpoint) -> None:
    teacher_api.script = [good(provider)]
    reply = await make(provider).ask(ASKED, purpose="escalation", max_tokens=50)
    assert (reply.text, reply.provider, reply.finish) == ("Mokar.", provider, "stop")
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (11, 7)
    sent = teacher_api.seen[0]
    assert sent.body["model"] == "the-model"
    assert sent.body["max_tokens"] == 50
    assert sent.path == ("/v1/messages" if provider == "anthropic" else "/chat/completions")


async def test_each_api_gets_its_own_form(make: Callable[..., TeacherClient], teacher_api: Endpoint, key: str) -> None:
    teacher_api.script = [anthropic_reply("a"), openai_reply("b")]
    await make("anthropic").ask(ASKED, purpose="p")
    await make("openai").ask(ASKED, purpose="p")
    anthropic, openai = teacher_api.seen
    assert anthropic.body["system"] == "Be brief."
    assert anthropic.body["stream"] is True
    assert [m["role"] for m in anthropic.body["messages"]] == ["user"]
    assert anthropic.headers["authorization"] == f"Bearer {key}"
    assert [m["role"] for m in openai.body["messages"]] == ["system", "user"]
    assert openai.headers["authorization"] == f"Bearer {key}"


@BOTH
async def test_a_cut_answer_says_so(
    provider: Provider, make: Callable[..., TeacherClient], teacher_api: Endpoint
) -> None:
    teacher_api.script = [
        anthropic_reply("Mok", "max_tokens") if provider == "anthropic" else openai_reply("Mok", "length")
    ]
    assert (await make(provider).ask(ASKED, purpose="p")).finish == "length"


@BOTH
@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
async def test_a_refusal_is_told_and_not_repeated(
    provider: Provider, status: int, make: Callable[..., TeacherClient], teacher_api: Endpoint
) -> None:
    teacher_api.script = [error_reply(status)]
    with pytest.raises(TeacherError):
        await make(provider).ask(ASKED, purpose="p")
    assert len(teacher_api.seen) == 1


@BOTH
@pytest.mark.parametrize("status", [429, 500, 503, 529])
async def test_a_passing_failure_is_retried(
    provider: Provider, status: int, make: Callable[..., TeacherClient], teacher_api: Endpoint
) -> None:
    teacher_api.script = [error_reply(status), good(provider)]
    assert (await make(provider).ask(ASKED, purpose="p")).text == "Mokar."
    assert len(teacher_api.seen) == 2


@BOTH
@pytest.mark.parametrize("status", [429, 500, 529])
async def test_retries_end(
    provider: Provider, status: int, make: Callable[..., TeacherClient], teacher_api: Endpoint, home: Home
) -> None:
    teacher_api.script = [error_reply(status)]
    with pytest.raises(TeacherError):
        await make(provider).ask(ASKED, purpose="p")
    assert len(teacher_api.seen) == RETRIES + 1
    answered = [line for line in EgressLog(home.egress_log).lines() if line.event == "answered"]
    assert [line.status for line in answered] == [status] * (RETRIES + 1)


MALFORMED = {
    "anthropic": [
        Reply(body=b"not json", content_type="text/event-stream"),
        Reply(body=b"<html>", content_type="text/html"),
        Reply(body=b""),
        Reply(body=b"event: message_start\ndata: {broken\n\n", content_type="text/event-stream"),
        Reply(body=sse(*anthropic_events("Mokar.")[:5]), content_type="text/event-stream"),
        Reply(body=sse(*anthropic_events("")), content_type="text/event-stream"),
        Reply(
            body=sse(("error", {"error": {"type": "overloaded_error", "message": "x"}})),
            content_type="text/event-stream",
        ),
        Reply(body=sse(*anthropic_events("Mokar.")[3:]), content_type="text/event-stream"),
    ],
    "openai": [
        Reply(body=b"not json"),
        Reply(body=b'{"choices": []}'),
        Reply(body=b'{"choices": [{"message": {}}]}'),
        Reply(body=b"[1, 2]"),
        Reply(body=b""),
        Reply(body=b'{"choices": [{"message": {"content": "\xff"}}]}'),
        openai_reply(None),
        openai_reply(""),
        Reply(body=b"[" * 100_000),
    ],
}


@pytest.mark.parametrize(
    ("provider", "reply"), [(name, reply) for name, replies in MALFORMED.items() for reply in replies]
)
async def test_what_is_not_an_answer_is_never_taken_for_one(
    provider: Provider, reply: Reply, make: Callable[..., TeacherClient], teacher_api: Endpoint
) -> None:
    teacher_api.script = [reply]
    with pytest.raises(TeacherError):
        await make(provider).ask(ASKED, purpose="p")


@BOTH
async def test_a_connection_that_breaks_is_retried_and_logged(
    provider: Provider, make: Callable[..., TeacherClient], teacher_api: Endpoint, home: Home
) -> None:
    broken = good(provider)
    broken.cut = True
    broken.body = broken.body[: len(broken.body) // 2]
    teacher_api.script = [broken, good(provider)]
    assert (await make(provider).ask(ASKED, purpose="p")).text == "Mokar."
    events = [line.event for line in EgressLog(home.egress_log).lines()]
    assert events == ["sent", "broken_off", "sent", "answered"]


@BOTH
async def test_nobody_there(provider: Provider, make: Callable[..., TeacherClient], home: Home) -> None:
    with pytest.raises(TeacherError, match="reached"):
        await make(provider, base_url="http://127.0.0.1:9").ask(ASKED, purpose="p")
    lines = list(EgressLog(home.egress_log).lines())
    assert [line.event for line in lines] == ["sent", "failed"] * (RETRIES + 1)
    assert lines[1].error == "ConnectError"


@BOTH
async def test_too_slow(provider: Provider, make: Callable[..., TeacherClient], teacher_api: Endpoint) -> None:
    slow = good(provider)
    slow.delay_s = 20
    teacher_api.script = [slow]
    with pytest.raises(TeacherError, match="did not answer"):
        await make(provider, timeout_s=0.3).ask(ASKED, purpose="p")


@BOTH
async def test_cancelling_ends_the_request_and_logs_it(
    provider: Provider, make: Callable[..., TeacherClient], teacher_api: Endpoint, home: Home
) -> None:
    slow = good(provider)
    slow.delay_s = 20
    teacher_api.script = [slow]
    task = asyncio.create_task(make(provider).ask(ASKED, purpose="p"))
    while not teacher_api.seen:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [line.event for line in EgressLog(home.egress_log).lines()] == ["sent", "failed"]


@BOTH
async def test_a_redirect_is_not_followed(
    provider: Provider, make: Callable[..., TeacherClient], teacher_api: Endpoint
) -> None:
    with endpoint() as elsewhere:
        elsewhere.script = [good(provider)]
        teacher_api.script = [Reply(status=307, headers={"location": f"{elsewhere.url}/v1/messages"})]
        with pytest.raises(TeacherError, match="redirects"):
            await make(provider).ask(ASKED, purpose="p")
        assert elsewhere.seen == []
    assert len(teacher_api.seen) == 1


@BOTH
async def test_no_key_no_connection(
    provider: Provider, make: Callable[..., TeacherClient], teacher_api: Endpoint, home: Home, service: KeyringService
) -> None:
    assert await Keys().remove(provider)
    with pytest.raises(TeacherError, match="no key"):
        await make(provider).ask(ASKED, purpose="p")
    service.lock()
    with pytest.raises(TeacherError, match="locked"):
        await make(provider).ask(ASKED, purpose="p")
    assert teacher_api.seen == []
    assert not home.egress_log.exists()


async def test_no_provider_no_connection(home: Home) -> None:
    client = TeacherClient(TeacherConfig(), EgressLog(home.egress_log))
    with pytest.raises(TeacherError, match="No teacher"):
        await client.ask(ASKED, purpose="p")
    assert not home.egress_log.exists()


@BOTH
async def test_a_log_that_cannot_be_written_lets_nothing_out(
    provider: Provider, make: Callable[..., TeacherClient], teacher_api: Endpoint, home: Home
) -> None:
    home.egress_log.mkdir()
    with pytest.raises(TeacherError, match="log of what leaves"):
        await make(provider).ask(ASKED, purpose="p")
    assert teacher_api.seen == []


@BOTH
async def test_the_egress_log_tells_where_and_how_much_but_never_what(
    provider: Provider, make: Callable[..., TeacherClient], teacher_api: Endpoint, home: Home, key: str
) -> None:
    teacher_api.script = [good(provider, "SECRETANSWER")]
    await make(provider).ask(ASKED, purpose="escalation")
    sent, answered = EgressLog(home.egress_log).lines()
    assert (sent.event, answered.event) == ("sent", "answered")
    assert sent.id == answered.id
    assert answered.host == teacher_api.url.removeprefix("http://")
    assert answered.purpose == "escalation"
    assert answered.status == 200
    assert answered.bytes_received == len(teacher_api.script[0].body)
    assert answered.bytes_sent > 50
    text = home.egress_log.read_text()
    for secret in (key, "SECRETQUESTION", "SECRETANSWER", "Be brief"):
        assert secret not in text
    assert stat.S_IMODE(home.egress_log.stat().st_mode) == 0o600


@BOTH
@pytest.mark.parametrize("status", [400, 401, 500])
async def test_the_key_is_in_no_error_no_log_and_no_repr(
    provider: Provider,
    status: int,
    make: Callable[..., TeacherClient],
    teacher_api: Endpoint,
    key: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    teacher_api.script = [error_reply(status, f"Incorrect API key provided: {key}")]
    client = make(provider)
    with pytest.raises(TeacherError) as raised:
        await client.ask(ASKED, purpose="p")
    assert teacher_api.seen
    shown = "".join(traceback.format_exception(raised.value)) + repr(client) + repr(vars(client)) + caplog.text
    assert key not in shown
    assert "SECRETQUESTION" not in shown


async def test_credentials_and_proxies_of_the_environment_are_not_used(
    make: Callable[..., TeacherClient], teacher_api: Endpoint, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-from-environment")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-from-environment")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    teacher_api.script = [anthropic_reply("Mokar.")]
    await make("anthropic").ask(ASKED, purpose="p")
    sent = teacher_api.seen[0].headers
    assert sent["authorization"] == f"Bearer {key}"
    assert not [value for value in sent.values() if "from-environment" in value]


GOOD_URLS = [
    "https://api.example.com",
    "https://api.example.com/v1/",
    "http://127.0.0.1:8080",
    "http://localhost",
    "http://[::1]:1",
]
BAD_URLS = [
    "http://api.example.com", "http://192.168.1.5", "http://169.254.169.254", "ftp://x", "file:///etc/passwd", "x",
    "https://user:pass@api.example.com", "https://api.example.com?x=1", "https://", "http://127.0.0.1.example.com",
    "http://localhost.example.com", "http://0.0.0.0",
]  # fmt: skip


@pytest.mark.parametrize("url", GOOD_URLS)
def test_urls_that_may_be_given_a_key(url: str) -> None:
    assert checked_url(url) == url.rstrip("/")


@pytest.mark.parametrize("url", BAD_URLS)
def test_urls_that_may_not(url: str, home: Home) -> None:
    with pytest.raises(ConfigError):
        TeacherClient(TeacherConfig(provider="openai", base_url=url), EgressLog(home.egress_log))


def test_turns_alternate_and_begin_with_the_user() -> None:
    messages = [
        Message(role="assistant", content="leading"),
        Message(role="system", content="a"),
        Message(role="user", content="b"),
        Message(role="user", content="c"),
        Message(role="assistant", content=None, tool_calls=[]),
        Message(role="tool", content="d"),
        Message(role="assistant", content="e"),
        Message(role="system", content="f"),
    ]
    assert turns(messages) == ("a\n\nf", [("user", "b\n\nc\n\nd"), ("assistant", "e")])


async def test_a_transport_can_be_given(home: Home, key: str) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, content=openai_reply("Mokar.").body)

    config = TeacherConfig(provider="openai", model="m")
    client = TeacherClient(config, EgressLog(home.egress_log), Keys(5), transport=httpx2.MockTransport(answer))
    assert (await client.ask(ASKED, purpose="p")).text == "Mokar."
    assert str(asked[0].url) == "https://api.openai.com/v1/chat/completions"
