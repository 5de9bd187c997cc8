"""`nightschool config`: what is set is read back, and what cannot be is refused with a reason."""

from __future__ import annotations

from core.config import describe
from core.paths import Home
from tests.cli.command import Nightschool


def test_show_lists_every_setting(nightschool: Nightschool) -> None:
    shown = nightschool.json("config", "show")
    assert list(shown) == [info.key for info in describe()]
    assert all(row["value"] == row["default"] for row in shown.values())
    text = nightschool("config", "show").stdout
    assert all(info.key in text for info in describe())


def test_a_setting_is_set_and_read_back(nightschool: Nightschool, home: Home) -> None:
    assert nightschool.json("config", "set", "server.port", "8123")["value"] == 8123
    assert nightschool.json("config", "get", "server.port") == {"key": "server.port", "value": 8123}
    assert nightschool("config", "get", "server.port").stdout == "8123\n"
    assert "port = 8123" in home.config_file.read_text()
    assert "(changed)" in nightschool("config", "show").stdout


def test_a_setting_goes_back_to_its_default(nightschool: Nightschool, home: Home) -> None:
    nightschool("config", "set", "server.port", "8123")
    assert nightschool.json("config", "reset", "server.port")["value"] == 0
    assert "8123" not in home.config_file.read_text()
    assert nightschool("config", "reset", "server.port").stdout == "server.port = 0\n"
    assert nightschool("config", "reset", "server.prot").status == 1


def test_a_file_edited_by_hand_is_looked_through(nightschool: Nightschool, home: Home) -> None:
    assert nightschool("config", "check").stdout == "Nothing is wrong.\n"
    home.config_file.write_text("[server]\nprot = 1\n\nport = 70000\n")
    outcome = nightschool("config", "check")
    assert outcome.status == 1
    assert [line.split(":")[0] for line in outcome.stdout.splitlines()] == ["line 2", "line 4"]
    assert "server.port is the nearest" in outcome.stdout


def test_what_nothing_reads_yet_says_so(nightschool: Nightschool) -> None:
    shown = nightschool("config", "show").stdout.splitlines()
    marked = {line.split()[0] for line in shown if "(later)" in line}
    assert marked == {info.key for info in describe() if info.later}


def test_status_tells_the_next_night_and_that_nothing_studies_yet(nightschool: Nightschool) -> None:
    nightschool("config", "set", "learning.distillation.triggers.scheduled_cron", "30 4 * * *")
    at = nightschool.json("status")["next_night"]
    assert "T04:30" in at
    assert f"set for {at}, kept for later: nothing studies at night yet" in nightschool("status").stdout
    nightschool("config", "set", "learning.distillation.triggers.scheduled_enabled", "false")
    assert nightschool.json("status")["next_night"] is None
    assert "set for never" in nightschool("status").stdout


def test_a_negative_number_is_a_value_not_an_option(nightschool: Nightschool) -> None:
    assert nightschool.json("config", "set", "engine.gpu_layers", "-1")["value"] == -1


def test_lists_and_switches(nightschool: Nightschool) -> None:
    key = "server.allowed_origins"
    assert nightschool.json("config", "set", key, "http://a.example, http://b.example")["value"] == [
        "http://a.example",
        "http://b.example",
    ]
    assert nightschool("config", "get", key).stdout == "http://a.example,http://b.example\n"
    assert nightschool.json("config", "set", key, "")["value"] == []
    assert nightschool("config", "set", "replay.enabled", "false").status == 0
    assert nightschool("config", "get", "replay.enabled").stdout == "false\n"


def test_what_is_wrong_is_refused_and_nothing_is_written(nightschool: Nightschool, home: Home) -> None:
    for key, value in (("server.port", "http"), ("server.port", "70000"), ("no.such", "1"), ("server", "1")):
        outcome = nightschool("config", "set", key, value, "--json")
        assert (outcome.status, outcome.stdout) == (1, ""), key
        assert key in outcome.stderr
    assert not home.config_file.exists()


def test_a_broken_file_is_named(nightschool: Nightschool, home: Home) -> None:
    home.config_file.write_text("server = [")
    outcome = nightschool("config", "show")
    assert outcome.status == 1
    assert str(home.config_file) in outcome.stderr


def test_path(nightschool: Nightschool, home: Home) -> None:
    assert nightschool("config", "path").stdout.strip() == str(home.config_file)
    assert nightschool.json("config", "path")["home"] == str(home.root)


def test_the_teachers_key_goes_to_the_keyring_or_nowhere(nightschool: Nightschool, home: Home) -> None:
    """Here is no keyring: it is refused, and the key is in no file, no output and no log."""
    outcome = nightschool("config", "key", "anthropic", "--json", stdin="sk-secret-123\n")
    assert (outcome.status, outcome.stdout) == (1, "")
    assert "keyring" in outcome.stderr
    assert "sk-secret-123" not in outcome.stderr
    assert not [path for path in home.root.rglob("*") if path.is_file() and b"sk-secret-123" in path.read_bytes()]
    assert nightschool("config", "key", "anthropic", stdin="").status == 2
    assert nightschool("config", "key", "nobody", stdin="x").status == 2
