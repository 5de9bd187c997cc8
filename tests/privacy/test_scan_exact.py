"""The fast scan finds exactly what the plain one does, for whatever text."""

from __future__ import annotations

import hashlib
import random
import re
import string
import sys
import unicodedata
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from detect_secrets.plugins.keyword import QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP
from hypothesis import given, settings
from hypothesis import strategies as st

from core.privacy import anchors, personal, secret_scan, triggers
from core.privacy.anchors import folded, matches, occurrences
from core.privacy.personal import Person, personal_spans
from core.privacy.redact import redact
from core.privacy.secret_scan import secret_spans
from tests.privacy.plain_scan import PLUGINS, plain_personal, plain_redact, plain_secrets
from tests.privacy.test_redact import HARMLESS, PERSONAL, SECRETS

ANNA = Person(home="/srv/people/anna", user="anna", machine="thinkpad.fritz.box")
HEX, ALNUM, TOKEN = string.hexdigits.lower()[:16], string.ascii_letters + string.digits, string.ascii_letters + "0_-1"
PATTERNS = sorted(
    f"{type(plugin).__name__} {pattern.pattern} {pattern.flags}"
    for plugin in PLUGINS
    for pattern in (
        getattr(plugin, "denylist", None)
        or ([plugin.regex] if hasattr(plugin, "regex") else QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP)
    )
)


def word(of: str, length: int, seed: int = 0) -> str:
    made = random.Random(f"{of}{length}{seed}")
    return "".join(made.choice(of) for _ in range(length))


NAMES = [
    "api_Key", "apikey", "auth_key", "serviceKey", "account_key", "dbkey", "database_key", "privkey", "private_key",
    "client_key", "db_pass", "dbPASS", "databasepass", "database_pass", "key_pass", "KEYPASS", "password", "PASSWD",
    "pwd", "ſecret", "CONTRASEÑA", "contrasena",
]  # fmt: skip
KNOWN = {
    "ArtifactoryDetector": [f"AKC{word(ALNUM, 10)}", f"AP٣{word(ALNUM, 8)}", f"APB{word(ALNUM, 8)} "],
    "AWSKeyDetector": [*(name + word("ABC123", 16) for name in ("AKIA", "ABIA", "ACCA", "ASIA")),
                       "A3TX" + word("XYZ7", 16), f"my AWſ_key = '{word(ALNUM, 40)}'"],
    "AzureStorageKeyDetector": [f"AccountKey={word(ALNUM, 86)}=="],
    "Base64HighEntropyString": [f"'{word(ALNUM + '+/', 60)}'", f'"{ALNUM[:23]}"'],
    "BasicAuthDetector": ["https://me:pass@host", "://x:y@"],
    "CloudantDetector": [f"cl_apikey = {word(string.ascii_lowercase, 24)}", f'"cloudant-pw" : "{word(HEX, 64)}"',
                         f"https://a-b:{word(HEX, 64)}@a.cloudant.com"],
    "DiscordBotTokenDetector": [f"M{word(TOKEN, 23)}.{word(TOKEN, 6)}.{word(TOKEN, 27)}",
                                f"N{word(TOKEN, 25)}.٣٣٣٣٣٣.{word(TOKEN, 27)}"],
    "GitHubTokenDetector": [f"gh{kind}_{word(ALNUM, 36)}" for kind in "pousr"],
    "GitLabTokenDetector": [f"glpat-{word(TOKEN, 20)}", f"gldt-{word(TOKEN, 20)}", f"GR1348941{word(TOKEN, 20)}",
                            f"glcbt-a1_{word(TOKEN, 20)}", f"glimt-{word(TOKEN, 25)}", f"glptt-{word(TOKEN, 40)}",
                            f"glagent-{word(TOKEN, 50)}", f"gloas-{word(TOKEN, 64)}", f"glft-{word(TOKEN, 20)}",
                            f"glsoat-{word(TOKEN, 22)}", f"glrt-{word(TOKEN, 20)}"],
    "HexHighEntropyString": ["'0123456789ab'", '"abcdef012"', "'123456789'"],
    "IbmCloudIamDetector": [f"ibm-cloud-key: {word(TOKEN, 44)}",
                            *(f"{name} = '{word(TOKEN, 44)}'" for name in ("PASS", "pwd", "ToKen"))],
    "IbmCosHmacDetector": [f"ibm_cos_secret_access_key={word(HEX, 48)}", f"ſecretKey := {word(HEX, 48)}"],
    "JwtTokenDetector": ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcd", "eyJhIjoxfQ.eyJhIjoxfQ"],
    "KeywordDetector": [f"{name} = '{value}'" for name in NAMES for value in ("a b", "hunter22")] + ["'a' == secret"],
    "MailchimpDetector": [f"{word(HEX, 32)}-us1"],
    "NpmDetector": [f"//r.example/:_authToken={word(HEX, 36)}", "//x/:_authToken= npm_x"],
    "OpenAIDetector": [f"sk-{word(ALNUM, 20)}T3BlbkFJ{word(ALNUM, 20)}"],
    "PrivateKeyDetector": ["BEGIN EC PRIVATE KEY", "-----BEGIN PGP PRIVATE KEY BLOCK", "PuTTY-User-Key-File-2"],
    "PypiTokenDetector": [f"pypi-AgEIcHlwaS5vcmc{word(TOKEN, 70)}", f"pypi-AgENdGVzdC5weXBpLm9yZw{word(TOKEN, 70)}"],
    "SendGridDetector": [f"SG.{word(TOKEN, 22)}.{word(TOKEN, 43)}"],
    "SlackDetector": ["XoXb-1-2-abc", "https://HOOKS.slack.com/services/T1/B2/c3"],
    "SoftlayerDetector": [f"sl-api-key: {word(HEX, 64)}", f"http://api.softlayer.com/soap/v3/{word(HEX, 64)}"],
    "SquareOAuthDetector": [f"sq0csp-{word(ALNUM, 20)}\\{word(ALNUM, 22)}"],
    "StripeDetector": [f"sk_live_{word(ALNUM, 24)}", f"rk_live_{word(ALNUM, 24)}"],
    "TelegramBotTokenDetector": [f"12345678:{word(TOKEN, 35)}", f"٣٣٣٣٣٣٣٣٣:{word(TOKEN, 35)}"],
    "TwilioKeyDetector": [f"AC{word(HEX, 32)}", f"SK{word(HEX, 32)}"],
}  # fmt: skip
OURS = [
    *SECRETS, *PERSONAL, *HARMLESS, "aPI_Key=abcd", "ſecret=abcdef", "toKen: x1234", "Basıc abcdefghijklmnop",
    "bearer  abcdefghijkl", "&sig=12345", "::ffff:1.2.3.4", "fe80::1:2", "1::2::3", "a.b@c.d@e.f", "x@y.zz",
    "12:30:45", "0049(30)1234567", "555-234-5678", "DE89370400440532013000 UND MEHR", "C:\\\\Users\\\\Bo", "10.0.0.1.",
    "Annas anna",
]  # fmt: skip
SNIPPETS = [*OURS, *(text for texts in KNOWN.values() for text in texts)]
GLUE = st.sampled_from([" ", "\n", "\r\n", "'", '"', "", "=", ":", ".", "-", "_", "x", "9", "\u2028", "\x85", "ſ", "İ"])


def same(text: str, person: Person = ANNA) -> None:
    assert sorted(set(secret_spans(text))) == sorted(set(plain_secrets(text)))
    assert sorted(personal_spans(text, person)) == sorted(plain_personal(text, person))
    assert redact(text, person) == plain_redact(text, person)


@pytest.mark.parametrize("text", SNIPPETS, ids=range(len(SNIPPETS)))
@pytest.mark.parametrize("around", ["{}", " {} ", '"{}"', "'{}';", "long line of words " * 150 + "{}", "é{}é"])
def test_each_of_what_can_be_found(text: str, around: str) -> None:
    same(around.format(text))


def test_every_plugin_has_something_to_find() -> None:
    """Else the comparison above would be of nothing."""
    assert set(KNOWN) == {type(plugin).__name__ for plugin in PLUGINS} == set(triggers.TRIGGERS)
    for plugin in PLUGINS:
        for text in KNOWN[type(plugin).__name__]:
            assert list(plugin.analyze_string(text)), text


def test_whatever_a_plugin_finds_has_its_trigger() -> None:
    for plugin in PLUGINS:
        for text in KNOWN[type(plugin).__name__]:
            for around in ("{}", "a {} b", "é{} "):
                line = around.format(text)
                if list(plugin.analyze_string(line)):
                    assert triggers.Look(line).holds(triggers.TRIGGERS[type(plugin).__name__]), line


def cut(texts: list[str]) -> st.SearchStrategy[str]:
    """Pieces of what can be found: nearly so, or just no more."""
    ends = st.tuples(st.sampled_from(texts), st.integers(0, 6), st.integers(0, 6))
    return ends.map(lambda drawn: drawn[0][drawn[1] : len(drawn[0]) - drawn[2]])


ANY = st.lists(
    st.one_of(st.sampled_from(SNIPPETS), cut(SNIPPETS), GLUE, st.text(max_size=10),
              st.from_regex(r"[0-9 .:@+/()-]{1,25}", fullmatch=True),
              st.from_regex(r"[A-F0-9:]{1,20}", fullmatch=True)),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(ANY)
def test_any_text(text: str) -> None:
    same(text)


@settings(max_examples=150, deadline=None)
@given(ANY)
def test_what_a_plugin_finds_in_any_text_has_its_trigger(text: str) -> None:
    look = triggers.Look(text)
    for plugin in PLUGINS:
        limit = getattr(plugin, "entropy_limit", None)
        found = [each for each in plugin.analyze_string(text) if each]
        if limit is not None:
            found = [each for each in found if plugin.calculate_shannon_entropy(each) > limit]
        if found and ('"' in text or "'" in text or type(plugin).__name__ != "KeywordDetector"):
            assert look.holds(triggers.TRIGGERS[type(plugin).__name__]), (plugin, found)


@pytest.mark.prove
@settings(max_examples=10_000, deadline=None)
@given(ANY)
def test_any_text_in_full(text: str) -> None:
    same(text)


@settings(max_examples=40, deadline=None)
@given(ANY)
def test_any_case(text: str) -> None:
    same(text.upper())
    same(text.lower())


@settings(max_examples=40, deadline=None)
@given(ANY, ANY, st.integers(1_500, 2_100))
def test_long_lines(before: str, after: str, gap: int) -> None:
    same(before + "-" * gap + after)


def sources() -> Iterator[str]:
    for path in sorted(Path(anchors.__file__).parent.parent.rglob("*.py"))[:15]:
        yield path.read_text()
    for path in sorted((Path(anchors.__file__).parent.parent.parent / "docs").glob("*.md"))[:5]:
        yield path.read_text()


def test_code_and_prose() -> None:
    for text in sources():
        for start in range(0, min(len(text), 20_000), 2_000):
            same(text[start : start + 2_000], Person(user="trace", machine="home.server"))


def test_folding_is_that_of_the_patterns() -> None:
    """Each letter that a pattern takes for another regardless of case is that other when folded; places stay."""
    letters = string.ascii_lowercase
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]))
    assert len(folded(every)) == len(every)
    for letter in letters:
        for match in re.finditer(letter, every, re.IGNORECASE):
            assert folded(match[0]) == letter, unicodedata.name(match[0])


@given(st.text(alphabet="abA", max_size=30), st.sampled_from([r"ab", r"\ba", r"(?<!a)ab?", r"a+b", r"aba"]))
def test_matches_is_finditer(text: str, pattern: str) -> None:
    compiled = re.compile(pattern)
    found = [match.span() for match in matches(compiled, text, occurrences(text, "a"))]
    assert found == [match.span() for match in compiled.finditer(text)]


def test_the_triggers_are_of_these_patterns() -> None:
    """When the library changes, read its patterns again, mend `triggers`, and pin them anew."""
    assert version("detect-secrets") == triggers.VERSION
    assert hashlib.sha256("\n".join(PATTERNS).encode()).hexdigest()[:16] == "dae1f3fe654dd358"


def test_of_another_version_nothing_is_assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_scan, "VERSION", "1.6.0")
    secret_scan.plugins.cache_clear()
    try:
        assert {asked for _, asked in secret_scan.plugins()} == {()}
        for text in SNIPPETS[::7]:
            same(text)
    finally:
        secret_scan.plugins.cache_clear()


def test_each_part_of_the_fast_path_was_taken() -> None:
    """The texts above reach the numbers, the mailboxes and the groups that the plain scan looks for everywhere."""
    whole = "\n".join(SNIPPETS)
    kinds = {span.kind for span in [*personal_spans(whole, ANNA), *secret_spans(whole)]}
    assert kinds == {"secret", "card", "iban", "e-mail", "phone", "ip", "home", "user", "machine"}
    assert list(personal.groups(whole)) and list(personal.mailboxes(whole))
