"""What is wrong is said in a sentence that helps, beside a field or on the line of a file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import config
from core.config import Problem, check, check_document
from core.errors import ConfigError

CRON = "learning.distillation.triggers.scheduled_cron"


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("server.port", "x", "Give a whole number from 0 to 65535."),
        ("server.port", "70000", "Give a whole number from 0 to 65535."),
        ("server.port", "8080", None),
        ("server.port", " 8080 ", None),
        ("server.port", "80.5", "Give a whole number from 0 to 65535."),
        ("server.read_timeout_s", "0", "Give a number above 0 and up to 600."),
        ("server.read_timeout_s", "inf", "Give a number above 0 and up to 600."),
        ("server.read_timeout_s", "600", None),
        ("learning.distillation.gate.max_regression", "0.0501", None),
        ("learning.distillation.gate.max_regression", "-0.1", "Give a number from 0 to 1."),
        ("teacher.escalate", "maybe", "Give true or false."),
        ("teacher.escalate", "TRUE", None),
        ("desktop.theme", "blue", "Choose system, light or dark."),
        ("learning.distillation.tier_overrides.lora_finetune", "auto", "Choose nothing or manual."),
        ("learning.distillation.tier_overrides.lora_finetune", "", None),
        ("notifications.quiet_from", "22", "Give a time like 22:00, or nothing."),
        ("notifications.quiet_from", "24:00", "Give a time like 22:00, or nothing."),
        ("notifications.quiet_from", "", None),
        ("teacher.base_url", "example.org", "Give an address that begins with https://, or nothing."),
        ("teacher.base_url", "https://[", "Give an address that begins with https://, or nothing."),
        ("teacher.base_url", "https://example.org/v1", None),
        ("models.chosen", "a\tb", "Give it on one line, without control characters."),
        ("models.chosen", "qwen:0.6b", None),
        ("server.allowed_origins", "http://a.example\nhttp://b.example", None),
        (CRON, "0 3 * * *", None),
        (CRON, "30 2 * * MON-FRI", None),
    ],
)
def test_the_sentence_beside_a_field(key: str, text: str, said: str | None) -> None:
    assert check(key, text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "five fields"), ("0 25 * * *", "no good hour"), ("x 3 * * *", "no good minute"),
     ("0 0 31 2 *", "no good day"),
     ("0 3 * * * *", "five fields"), ("0 0 30 2 MON", "")],
)  # fmt: skip
def test_a_schedule_that_is_none(text: str, said: str) -> None:
    assert said in (check(CRON, text) or "nothing was said")


def test_an_unknown_key_names_the_nearest() -> None:
    for typed, meant in (("server.prot", "server.port"), ("sever.port", "server.port"), ("port", "server.port")):
        with pytest.raises(ConfigError, match=f"There is no setting '{typed}'; {meant} is the nearest"):
            check(typed, "1")
    with pytest.raises(ConfigError, match=r"no setting 'xyz'\."):
        check("xyz", "1")


def test_text_and_value_are_each_others_inverse() -> None:
    for info in config.describe():
        assert config.parse_text(config.text_of(info.default), info) == info.default
    assert config.text_of(0.1) == "0.1"
    assert config.text_of(("a", "b")) == "a,b"


def lines(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in check_document(text)]


def test_a_good_document_has_no_problems() -> None:
    text = """\
# mine
server.host = "localhost"   # dotted
teacher = { model = "a", escalate = true }

[learning.distillation.triggers]
scheduled_cron = "0 4 * * *"

[replay]
[ 'learning' . "distillation" ]
enabled = false
"""
    assert check_document(text) == []
    assert check_document("") == check_document("\n\n# only a word") == []
    assert check_document('[server]\nallowed_origins = [\n  "http://a.example", # one\n]\nport = 1\r\n') == []


def test_each_problem_stands_on_its_line() -> None:
    text = """\
[server]
prot = 1
port = "8080"
host = 7
allowed_origins = [
  1,
]
max_body_mb = 0

[sever]
[engine]
queue = 1.5
[learning]
distillation = 3
[[agent]]
"""
    assert lines(text) == [
        (2, "There is no setting server.prot; server.port is the nearest."),
        (3, "server.port: Give a whole number from 0 to 65535. Leave out the quotation marks."),
        (4, 'server.host: Give a text. Put it between "quotation marks".'),
        (5, "server.allowed_origins: Give a list of texts."),
        (8, "server.max_body_mb: Give a whole number from 1 to 1024."),
        (10, "There is no setting sever; server is the nearest."),
        (12, "engine.queue: Give a whole number from 1 to 1000."),
        (14, "learning.distillation is a table: write [learning.distillation] on a line of its own, and its settings"
             " below."),
        (15, "agent is a table: write [agent] on a line of its own, and its settings below."),
    ]  # fmt: skip


def test_settings_below_a_setting() -> None:
    assert lines("[server.port]\nx = 1") == [
        (1, "server.port is one setting, and holds no others."),
        (2, "server.port is one setting, and holds no others."),
    ]


@pytest.mark.parametrize(
    ("text", "line"), [("[server]\nport = \n", 2), ("[server\n", 1), ("a = 1\na = 2\n", 2),
                       ("x = [1,\n2", 2), ("\x00", 1)]
)  # fmt: skip
def test_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    (problem,) = check_document(text)
    assert problem.line == line
    assert problem.message.startswith("This is no valid TOML: ")


def test_a_multiline_text_that_looks_like_settings_is_one_value() -> None:
    text = '[models]\nchosen = """\n[nope]\nport = 1\n"""\n[server]\nprt = 1\n'
    assert [number for number, _ in lines(text)] == [2, 7]


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 10_000, "a." * 5_000 + "b = 1"])
def test_what_would_break_a_parser_is_a_problem(text: str) -> None:
    assert check_document(text)


WORDS = st.sampled_from(
    ["[server]", "port", "=", "1", '"x"', "\n", "#", "[", "]", "{", "}", ",", ".", '"""', "teacher", "true", "'", " "]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map("".join)))
def test_what_has_no_problem_can_be_read_and_what_has_one_cannot(text: str) -> None:
    """The reading by lines and the one that counts agree."""
    problems = check_document(text)
    assert all(isinstance(each, Problem) and 1 <= each.line <= text.count("\n") + 1 for each in problems)
    try:
        config.parse(config.files.values_of(text, "text"), "text")
    except ConfigError:
        assert problems
    else:
        assert not problems
