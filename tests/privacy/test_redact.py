"""Redaction: what must go goes, what is harmless stays, and for any text at all it ends, repeats and is told right."""

from __future__ import annotations

import re
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.privacy import secret_scan
from core.privacy.personal import Person
from core.privacy.redact import PLACEHOLDER, Redacted, redact

ANNA = Person(home="/srv/people/anna", user="anna", machine="thinkpad.fritz.box")
AWS, OPENAI = "AKIA" + "IOSFODNN7EXAMPLE", "sk-" + "proj-" + "a1B2" * 8
SECRETS = [
    AWS,
    OPENAI,
    "sk-ant-api03-" + "xYz123-_" * 6,
    "ghp_" + "0123456789abcdefABCDEF" + "ghijklmnopqrst",
    "github_pat_" + "11ABCDEFG0123456789_" + "abcdefghijk",
    "hf_" + "abcdefghijklmnopqrstuvwxyz1234",
    "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "xoxb-" + "123456789012-123456789012-abcdefABCDEF",
    "glpat-" + "abcdefghij0123456789",
    "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
]
PERSONAL = {
    "anna.b+list@mail.example.org": "e-mail",
    "+49 30 1234567": "phone",
    "(555) 123-4567": "phone",
    "030 12345678": "phone",
    "4111 1111 1111 1111": "card",
    "5500-0000-0000-0004": "card",
    "DE89 3704 0044 0532 0130 00": "iban",
    "GB82WEST12345698765432": "iban",
    "93.184.216.34": "ip",
    "192.168.178.20": "ip",
    "2001:db8::8a2e:370:7334": "ip",
    "/home/bert": "home",
    "C:\\Users\\Bert": "home",
    "/srv/people/anna": "home",
    "anna": "user",
    "thinkpad": "machine",
    "thinkpad.fritz.box": "machine",
}
HARMLESS = [
    "The password is checked by the server, and the token: the one in the file, is private.",
    "Version 0.3.36 was built on 2026-11-21 at 03:00:15.",
    "chatcmpl-0198f3a2b6c74d5e took 1234567 ms, 16384 tokens, 4111111111111112 is no card",
    "listens on http://127.0.0.1:8080 and [::1]:8080",
    "Annabel sat under the banana tree, at home/work; 12:30:45 and 1:2:3",
    "Call it 100-200 or 2026-11-21T12:00:00.123456Z",
    "Paris is the capital of France. " * 20,
    "def f(x): return x['key']  # a@b",
    "max_tokens=4096, prompt_tokens=one.prompt_tokens + 2, tokens: list[int] = []; tokenizer: Tokenizer",
    "token = self._choose(logits); api_key=open(path).read(), password=None, api_key=settings.api_key, secret: str = x",
    "Set `max_tokens=4096`, `token=self.next`, `tokens: list[int]` or `api_key=None`.",
    "shown as ![chat](pictures/chat-light@2x.png)",
]


def taken(text: str, person: Person = ANNA) -> list[tuple[str, str]]:
    return [(finding.kind, text[finding.start : finding.end]) for finding in redact(text, person).findings]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda text: text[:6])
@pytest.mark.parametrize("around", ["{}", "my key is {}, keep it", 'key = "{}"', "a\n\n{}\n", "({})", "ü{} é"])
def test_a_secret_goes_wherever_it_stands(secret: str, around: str) -> None:
    shown = redact(around.format(secret), ANNA).text
    assert secret not in shown
    assert "[secret]" in shown
    assert secret[-8:] not in shown


@pytest.mark.parametrize(("text", "kind"), PERSONAL.items())
@pytest.mark.parametrize("around", ["{}", "it is {}.", "<{}>", "a\n{}\nb", '"{}"'])
def test_personal_data_goes(text: str, kind: str, around: str) -> None:
    whole = around.format(text)
    assert taken(whole) == [(kind, text)]
    assert redact(whole, ANNA).text == around.format(f"[{kind}]")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_stays(text: str) -> None:
    assert redact(text, ANNA) == Redacted(text=text)


@pytest.mark.parametrize(
    "text",
    ["password=hunter2", "PASSWORD: hunter2!", 'api_key := "geheim99"', "export TOKEN=abcd1234", "pwd='hunter2'",
     "Authorization: Bearer abcdef.ghijkl-123456", "https://x.example/?token=abcdefgh", "https://me:hunter22@x.example",
     "password=hunter2.hunter2", "tokens: 'hunter2'", "token: \"hunter2.token\"", "pwd=ghunter2(x",
     "api_key=hunter2.x"],
)  # fmt: skip
def test_what_is_called_a_secret_is_one(text: str) -> None:
    assert not re.search("hunter2|geheim99|abcd1234|ghijkl|abcdefgh", redact(text, ANNA).text)


@pytest.mark.parametrize(
    "text", ["password=correcthorse", "token = 'None of it'", 'secret="self.x"', "pwd=letmein.now"]
)
def test_words_in_a_secrets_place_are_secrets(text: str) -> None:
    assert "[secret]" in redact(text, ANNA).text


def test_a_private_key_goes_with_all_its_lines() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAKj34Gky\nabcDEF123/+=\n-----END RSA PRIVATE KEY-----"
    assert redact(f"see:\n{key}\nthanks", ANNA).text == "see:\n[secret]\nthanks"
    torn = redact(key[:60], ANNA).text
    assert "MIIB" not in torn


def test_overlaps_are_one_finding_of_the_graver_kind() -> None:
    text = "password=anna@example.org"
    assert taken(text) == [("secret", "anna@example.org")]
    assert taken("/home/anna/.ssh") == [("home", "/home/anna")]


def test_a_common_name_is_not_taken_out_of_every_sentence() -> None:
    person = Person(home="/root", user="root", machine="localhost")
    assert redact("the root of it, on localhost", person).text == "the root of it, on localhost"
    assert redact("/root/.config and /rooted", person).text == "[home]/.config and /rooted"


def test_whoever_runs_it_is_the_person() -> None:
    person = Person.here()
    assert redact(f"{person.home}/x").text == "[home]/x"
    assert person.machine in ("", socket.gethostname())


MIXED = st.lists(
    st.one_of(
        st.sampled_from(
            [*SECRETS, *PERSONAL, *HARMLESS, "[secret]", "[e-mail]", "[", "]", "password=", " ", "\n", '"']
        ),
        st.text(max_size=12),
        st.from_regex(r"[0-9 .:@+/-]{1,20}", fullmatch=True),
    ),
    max_size=8,
).map("".join)
ANY = st.one_of(MIXED, st.text(st.characters(), max_size=200))


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_for_any_text_it_repeats_and_its_findings_are_right(text: str) -> None:
    once = redact(text, ANNA)
    again = redact(once.text, ANNA)
    assert again == Redacted(text=once.text)
    rebuilt, at = [], 0
    for finding in once.findings:
        assert at <= finding.start < finding.end <= len(text)
        rebuilt += [text[at : finding.start], f"[{finding.kind}]"]
        at = finding.end
    assert "".join([*rebuilt, text[at:]]) == once.text
    assert redact(text, ANNA) == once
    assert len(once.findings) <= len(PLACEHOLDER.findall(once.text))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.sampled_from(SECRETS), st.text(max_size=40))
def test_a_secret_between_any_words_is_gone(before: str, secret: str, after: str) -> None:
    assert secret not in redact(f"{before} {secret} {after}", ANNA).text


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["a", "://a:", "-----BEGIN PRIVATE KEY-----", "0", "1:", "secret=", "a@", '"ab', "+4 ("]
)
def test_no_text_takes_for_ever(piece: str) -> None:
    text = (piece * 200_000)[:200_000]
    started = time.monotonic()
    redact(text, ANNA)
    assert time.monotonic() - started < 20


def test_the_plugins_are_called_and_none_of_them_asks_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would verify what it finds by sending it."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(secret_scan, "SHAPES", ())
    twilio, mailchimp = "SK" + "0123456789abcdef" * 2, "0123456789abcdef" * 2 + "-us12"
    text = f"{AWS}\n{twilio}\n{mailchimp}\n'c29tZXRoaW5nIHZlcnkgc2VjcmV0IGhlcmUhISE5OTk='"
    assert redact(text, ANNA).text == "[secret]\n[secret]\n[secret]\n'[secret]'"
