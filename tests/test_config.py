"""Settings: declared once, validated, kept with their comments, written atomically."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

import pytest

from core import config, paths
from core.errors import ConfigError
from core.paths import Home


def test_defaults_without_a_file(home: Home) -> None:
    assert config.load(home) == config.Config()


def test_every_setting_has_a_type_a_default_and_a_description() -> None:
    settings = config.describe()
    assert len(settings) > 70
    for info in settings:
        assert info.description.endswith(".") and info.type in {"str", "int", "float", "bool", "list"}, info
        assert 2 < len(info.label) < 40 and not info.label.endswith("."), info
        assert config.get_value(config.Config(), info.key) == info.default
        assert config.check(info.key, config.text_of(info.default)) is None
        assert info.type not in ("int", "float") or None not in (info.minimum, info.maximum), info
    assert {info.page for info in settings} == set(get_args(config.Page))
    assert len({(info.page, info.label) for info in settings}) == len(settings), "two fields of a form, one label"


def test_every_setting_can_be_set_to_its_default_from_text(home: Home) -> None:
    for info in config.describe():
        config.set_value(home, info.key, config.text_of(info.default))
    assert config.load(home) == config.Config()


def test_set_keeps_comments_and_reads_back(home: Home) -> None:
    home.config_file.write_text("# mine\n[server]\nport = 1 # here\n")
    assert config.set_value(home, "server.port", "8080").server.port == 8080
    assert home.config_file.read_text().startswith("# mine")
    assert "# here" in home.config_file.read_text()


@pytest.mark.parametrize(
    ("key", "text"),
    [("server.port", "70000"), ("server.port", "x"), ("server.nope", "1"), ("nope", "1"), ("teacher.provider", "x"),
     ("server.read_timeout_s", "nan"), ("engine.queue", "0"), ("server.read_timeout_s", "0"), ("server", "1"),
     ("learning.distillation.gate.max_regression", "1.1"), ("learning.distillation", "1"),
     ("learning.distillation.tier_overrides.lora_finetune", "auto"), ("models.chosen", "a\nb"),
     ("models.chosen", "\ud800"), ("notifications.quiet_from", "25:00"), ("teacher.base_url", "nowhere"),
     ("learning.distillation.triggers.scheduled_cron", "0 3 * *")],
)  # fmt: skip
def test_a_wrong_value_is_refused_and_nothing_changes(home: Home, key: str, text: str) -> None:
    config.set_value(home, "server.port", "8080")
    before = home.config_file.read_bytes()
    with pytest.raises(ConfigError):
        config.set_value(home, key, text)
    assert home.config_file.read_bytes() == before


def test_a_write_without_effect_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.files, "write_atomic", lambda path, text: None)
    with pytest.raises(ConfigError, match="reads back as"):
        config.set_value(home, "server.port", "8080")


def test_the_file_is_swapped_in_whole_and_on_disk_before(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who opened it keeps the old one; the new one's bytes reach the disk before its name does."""
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        real(handle)
        synced.append(os.pread(handle, 100_000, 0).decode())

    config.set_value(home, "server.port", "8080")
    before = home.config_file.read_text()
    monkeypatch.setattr(os, "fsync", fsync)
    with home.config_file.open() as reader:
        config.set_value(home, "server.port", "9090")
        assert reader.read() == before
    assert home.config_file.stat().st_mode & 0o077 == 0
    assert synced == [home.config_file.read_text()]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.set_value(home, "server.port", "8080")
    before = home.config_file.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        config.set_value(home, "server.port", "9090")
    assert home.config_file.read_bytes() == before
    assert {path.name for path in home.root.iterdir()} == {home.config_file.name, "locks"}


@pytest.mark.parametrize(
    "text", ["[server\n", "[server]\nporte = 1\n", '[server]\nport = "8080"\n', "\x00", "[x]\na=1\n"]
)
def test_a_broken_file_names_itself(home: Home, text: str) -> None:
    home.config_file.write_text(text)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        config.load(home)


def test_home_inside_a_source_tree_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "pyproject.toml").touch()
    monkeypatch.setenv("NIGHTSCHOOL_HOME", str(tmp_path / "repo" / "data" / "home"))
    with pytest.raises(ConfigError, match="source tree"):
        paths.home()
    assert not (tmp_path / "repo" / "data").exists()


def test_a_link_into_a_source_tree_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own parents, as they are written, are no source tree."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "pyproject.toml").touch()
    (tmp_path / "repo" / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "repo" / "data")
    monkeypatch.setenv("NIGHTSCHOOL_HOME", str(tmp_path / "link" / "home"))
    with pytest.raises(ConfigError, match="source tree"):
        paths.home()
    assert not (tmp_path / "repo" / "data" / "home").exists()


def test_a_home_made_by_us_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSCHOOL_HOME", str(tmp_path / "new" / "home"))
    assert paths.home().root.stat().st_mode & 0o777 == 0o700


def test_home_is_private(home: Home) -> None:
    assert home.root.stat().st_mode & 0o077 == 0


def test_no_toml_is_said_once(home: Home) -> None:
    home.config_file.write_text("[server]\nport = \n")
    with pytest.raises(ConfigError) as told:
        config.load(home)
    assert told.value.message.count("valid TOML") == 1
    assert "config.toml is not valid TOML: line 2: " in told.value.message


def test_a_wrong_type_is_told_for_a_person(home: Home) -> None:
    home.config_file.write_text('[server]\nport = "8123"\n')
    with pytest.raises(ConfigError) as told:
        config.load(home)
    assert told.value.message.endswith(
        "server.port: Give a whole number from 0 to 65535. Leave out the quotation marks."
    )
