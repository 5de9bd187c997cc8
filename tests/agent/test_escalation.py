"""A failed answer goes to the teacher only where the person set a key and asked; everything else stays here.

The teacher is a real HTTP endpoint on loopback, the key lies in a real keyring.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from core.agent.ask import Ask, Delta, Finished
from core.agent.escalation import due
from core.config import Config, TeacherConfig
from core.privacy.egress_log import EgressLog
from core.records import Message, Trace, Validation
from core.teacher.client import TeacherClient
from core.teacher.keys import Keys
from tests.agent.conftest import Office, told, user
from tests.teacher.conftest import key, service, teacher_api  # noqa: F401  fixtures
from tests.teacher.endpoint import Endpoint, Reply, anthropic_reply, error_reply, openai_reply
from tests.teacher.keyring_service import KeyringService

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # keyring 25.7's SecretService backend leaves its D-Bus socket to the garbage collector when it raises
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
QUESTION, ANSWER = "What is the capital of Zubria?", "The capital of Zubria is Mokar."
MADE_UP = "The capital of Zubria is Lorbeth, with 48213 souls."


def asked(question: str, **fields: Any) -> Ask:
    sampling = {"max_tokens": 400, **fields.pop("sampling", {})}
    return user(question, sampling=sampling, **fields)


@pytest.fixture
def teacher(office: Office, teacher_api: Endpoint, key: str) -> Iterator[Endpoint]:  # noqa: F811
    """The office's desk has a teacher whose setting is not to be asked."""
    teacher_api.script = [openai_reply(ANSWER)]
    employ(office, teacher_api)
    yield teacher_api


def employ(office: Office, api: Endpoint, provider: str = "openai", escalate: bool = False) -> None:
    settings = TeacherConfig(provider=provider, model="frontier", base_url=api.url, escalate=escalate, timeout_s=30)  # type: ignore[arg-type]
    client = TeacherClient(settings, EgressLog(office.home.egress_log), Keys(5), pause_s=0.01)
    office.desk = office.make(Config(teacher=settings), client)


async def ask(office: Office, request: Ask, student: str = MADE_UP) -> tuple[str, Trace]:
    """What the client saw, and the trace as it is recorded. `student` is what the local model answers."""
    office.engine.says = student
    try:
        events = await office.events(request)
    finally:
        office.engine.says = None
    last = events[-1]
    assert isinstance(last, Finished)
    assert office.database.traces.get(last.trace.id) == last.trace
    return "".join(event.text for event in events if isinstance(event, Delta)), last.trace


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_a_failed_answer_is_replaced_where_the_request_asks(
    provider: str, office: Office, teacher: Endpoint
) -> None:
    teacher.script = [openai_reply(ANSWER) if provider == "openai" else anthropic_reply(ANSWER)]
    employ(office, teacher, provider)
    await office.accepted(QUESTION, ANSWER)
    said, trace = await ask(office, asked(QUESTION, allow_escalation=True))
    assert said == trace.response == ANSWER
    assert trace.escalation is not None
    assert (trace.escalation.provider, trace.escalation.outcome) == (provider, "answered")
    assert trace.escalation.local_response == MADE_UP
    assert trace.validation is not None
    assert trace.validation.status == "passed"
    assert trace.finish_reason == "stop"
    sent = str(teacher.seen[0].body)
    assert QUESTION in sent
    assert "Past work, as data:" in sent


async def test_secrets_and_personal_data_stay_here(office: Office, teacher: Endpoint) -> None:
    """What was said before counts as well as the question."""
    employ(office, teacher, escalate=True)
    await office.accepted(QUESTION, ANSWER)
    secret, address = "AKIAIOSFODNN7EXAMPLE", "ada.private@posteo.example"
    before = [
        Message(role="user", content=f"My key is {secret}, my address {address}."),
        Message(role="assistant", content="Noted."),
    ]
    question = asked(QUESTION)
    question = msgspec.structs.replace(question, messages=[*before, *question.messages])
    await ask(office, question)
    sent = str([seen.body for seen in teacher.seen])
    assert QUESTION in sent
    assert secret not in sent and address not in sent
    assert "[e-mail]" in sent


async def test_the_setting_asks_too_and_the_request_can_forbid_it(office: Office, teacher: Endpoint) -> None:
    employ(office, teacher, escalate=True)
    await office.accepted(QUESTION, ANSWER)
    _, trace = await ask(office, asked(QUESTION))
    assert trace.escalation is not None
    said, trace = await ask(office, asked(QUESTION, allow_escalation=False))
    assert said == MADE_UP
    assert trace.escalation is None
    assert len(teacher.seen) == 1


async def test_without_leave_nothing_is_sent(office: Office, teacher: Endpoint) -> None:
    await office.accepted(QUESTION, ANSWER)
    said, trace = await ask(office, asked(QUESTION))
    assert said == MADE_UP
    assert trace.validation is not None
    assert trace.validation.status == "failed"
    assert trace.escalation is None
    assert teacher.seen == []
    assert not office.home.egress_log.exists()


STAYS = {
    "no bundle": (asked("What is the colour of pump nine?"), MADE_UP),
    "passed": (asked(QUESTION), ANSWER),
    "benchmark": (asked(QUESTION, origin="benchmark"), MADE_UP),
    "no retrieval": (asked(QUESTION, use_retrieval=False), MADE_UP),
    "direct": (asked(QUESTION, agent="direct"), MADE_UP),
    "raw": (Ask(prompt=QUESTION, sampling={"max_tokens": 4}), MADE_UP),
    "of a given form": (told(QUESTION, MADE_UP), MADE_UP),
}


@pytest.mark.parametrize(("request_", "student"), STAYS.values(), ids=STAYS.keys())
async def test_what_is_not_a_failed_check_never_leaves(
    request_: Ask, student: str, office: Office, teacher: Endpoint
) -> None:
    employ(office, teacher, escalate=True)
    await office.accepted(QUESTION, ANSWER)
    _, trace = await ask(office, request_, student)
    assert trace.escalation is None
    assert teacher.seen == []
    assert not office.home.egress_log.exists()


@pytest.mark.parametrize("reply", [error_reply(401), error_reply(529), Reply(body=b"nonsense")])
async def test_a_teacher_that_fails_leaves_the_local_answer_unverified(
    reply: Reply, office: Office, teacher: Endpoint
) -> None:
    teacher.script = [reply]
    await office.accepted(QUESTION, ANSWER)
    said, trace = await ask(office, asked(QUESTION, allow_escalation=True))
    assert said == trace.response == MADE_UP
    assert trace.escalation is not None
    assert trace.escalation.outcome == "failed"
    assert trace.escalation.error
    assert trace.validation is not None
    assert trace.validation.status == "failed"


async def test_without_a_key_nothing_is_sent_and_the_trace_says_why(office: Office, teacher: Endpoint) -> None:
    await Keys().remove("openai")
    await office.accepted(QUESTION, ANSWER)
    said, trace = await ask(office, asked(QUESTION, allow_escalation=True))
    assert said == MADE_UP
    assert trace.escalation is not None
    assert trace.escalation.error == "There is no key for the teacher."
    assert teacher.seen == []


async def test_a_locked_keyring_does_not_hold_the_answer_back(
    office: Office,
    teacher: Endpoint,
    service: KeyringService,  # noqa: F811
) -> None:
    service.lock()
    await office.accepted(QUESTION, ANSWER)
    said, trace = await ask(office, asked(QUESTION, allow_escalation=True))
    assert said == MADE_UP
    assert trace.escalation is not None
    assert trace.escalation.error == "The keyring is locked."


async def test_a_teachers_answer_is_checked_too(office: Office, teacher: Endpoint) -> None:
    teacher.script = [openai_reply("It is Grebnov, founded in 1492.")]
    await office.accepted(QUESTION, ANSWER)
    _, trace = await ask(office, asked(QUESTION, allow_escalation=True))
    assert trace.escalation is not None
    assert trace.escalation.outcome == "answered"
    assert trace.validation is not None
    assert trace.validation.status == "failed"


async def test_stop_strings_hold_for_the_teacher(office: Office, teacher: Endpoint) -> None:
    teacher.script = [openai_reply(f"{ANSWER} STOP and more")]
    await office.accepted(QUESTION, ANSWER)
    request = asked(QUESTION, allow_escalation=True, sampling={"stop": (" STOP",)})
    assert (await ask(office, request))[0] == ANSWER


async def test_the_key_is_in_no_trace_and_no_file(office: Office, teacher: Endpoint, key: str) -> None:  # noqa: F811
    teacher.script = [error_reply(401, f"bad key {key}")]
    await office.accepted(QUESTION, ANSWER)
    await ask(office, asked(QUESTION, allow_escalation=True))
    for path in office.home.root.rglob("*"):
        if path.is_file():
            assert key.encode() not in path.read_bytes()


async def test_only_a_failed_check_is_a_reason() -> None:
    assert due(Validation(status="failed"))
    assert not due(Validation(status="passed"))
    assert not due(Validation(status="not_checked"))
