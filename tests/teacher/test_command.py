"""`nightschool teacher test`: one real question over a real wire, with the key of a real keyring."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core import config
from core.paths import Home
from core.privacy.egress_log import EgressLog
from tests.teacher.conftest import KEY
from tests.teacher.endpoint import Endpoint, Reply, anthropic_reply, error_reply, openai_reply
from tests.teacher.keyring_service import KeyringService

ROOT = Path(__file__).parent.parent.parent


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "core.cli", "teacher", "test", *options]


def tried(*options: str) -> tuple[int, dict[str, Any], str]:
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"}
    ended = subprocess.run(command(*options, "--json"), cwd=ROOT, env=environment, capture_output=True, text=True,
                           check=False, timeout=60, stdin=subprocess.DEVNULL)  # fmt: skip
    assert ended.stdout.count("\n") == 1, ended.stderr
    return ended.returncode, json.loads(ended.stdout), ended.stderr


@pytest.mark.parametrize(
    ("provider", "reply", "model"),
    [("anthropic", anthropic_reply("ready"), "claude-test"), ("openai", openai_reply("ready"), "gpt-test")],
)
@pytest.mark.usefixtures("key")
def test_one_question_with_what_is_not_saved(
    provider: str, reply: Reply, model: str, home: Home, teacher_api: Endpoint
) -> None:
    teacher_api.script = [reply]
    status, told, errors = tried("--provider", provider, "--model", "asked-for", "--base-url", teacher_api.url)
    assert (status, told["ok"], told["provider"], told["model"]) == (0, True, provider, "asked-for")
    assert (told["answered_as"], told["prompt_tokens"], told["completion_tokens"]) == (model, 11, 7)
    assert 0 < told["latency_ms"] < 60_000
    (seen,) = teacher_api.seen
    assert seen.body["model"] == "asked-for" and seen.body["max_tokens"] <= 64
    assert KEY in str(seen.headers)
    assert not home.config_file.exists(), "nothing is saved"
    assert [line.purpose for line in EgressLog(home.egress_log).lines()] == ["teacher test"] * 2
    assert KEY not in json.dumps(told) + errors + home.egress_log.read_text()


@pytest.mark.usefixtures("key")
def test_what_is_saved_is_tried(home: Home, teacher_api: Endpoint) -> None:
    teacher_api.script = [openai_reply("ready")]
    config.set_values(home, {"teacher.provider": "openai", "teacher.base_url": teacher_api.url, "teacher.model": "m"})
    assert tried()[0] == 0
    assert teacher_api.seen[0].body["model"] == "m"


@pytest.mark.parametrize(("code", "said"), [(401, "refused the key"), (404, "does not know this model")])
@pytest.mark.usefixtures("key")
def test_a_refusal_is_told_without_what_the_endpoint_said(
    code: int, said: str, home: Home, teacher_api: Endpoint
) -> None:
    teacher_api.script = [error_reply(code, f"your key {KEY} is wrong")]
    status, told, errors = tried("--provider", "openai", "--base-url", teacher_api.url)
    assert (status, told["ok"], told["key_state"]) == (1, False, None)
    assert said in told["message"] and told["hint"]
    assert KEY not in json.dumps(told) + errors


def test_no_key_and_a_locked_keyring_have_names(home: Home, teacher_api: Endpoint, service: KeyringService) -> None:
    status, told, _ = tried("--provider", "openai", "--base-url", teacher_api.url)
    assert (status, told["key_state"]) == (1, "missing")
    assert teacher_api.seen == [] and not home.egress_log.exists()


def test_what_cannot_be_tried_is_told_before_anything_is_sent(home: Home) -> None:
    for options, said in (
        ((), "No teacher was chosen"),
        (("--provider", "openai", "--base-url", "nowhere"), "begins with https://"),
        (("--provider", "openai", "--base-url", "http://api.example"), "must begin with https://"),
    ):
        status, told, _ = tried(*options)
        assert (status, told["ok"]) == (1, False) and said in told["message"], told
    assert not home.egress_log.exists()
    for_people = subprocess.run(command(), cwd=ROOT, capture_output=True, text=True, check=False)
    assert (for_people.returncode, for_people.stdout) == (1, "")
    assert "No teacher was chosen" in for_people.stderr


@pytest.mark.usefixtures("key")
def test_it_ends_with_whoever_started_it(teacher_api: Endpoint) -> None:
    teacher_api.script = [Reply(delay_s=60)]
    options = ("--provider", "openai", "--base-url", teacher_api.url, "--stop-with-stdin", "--json")
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"}
    with subprocess.Popen(command(*options), cwd=ROOT, env=environment, stdin=subprocess.PIPE) as child:
        deadline = time.monotonic() + 30
        while not teacher_api.seen and time.monotonic() < deadline:
            time.sleep(0.05)
        assert teacher_api.seen and child.poll() is None
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(5) == 1
