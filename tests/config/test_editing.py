"""Changing the file: by key at any depth, as a whole, back to the default; by several processes at once."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from core import config
from core.errors import ConfigError
from core.lock import HomeLock
from core.paths import Home

ROOT = Path(__file__).parent.parent.parent
GATE = "learning.distillation.gate.max_regression"


def test_a_deep_key_is_set_among_comments(home: Home) -> None:
    home.config_file.write_text("[learning.distillation] # deep\nenabled = false\n\n[server]\nport = 1\n")
    assert config.set_value(home, GATE, "0.1").learning.distillation.gate.max_regression == 0.1
    assert "# deep" in home.config_file.read_text()
    assert config.load(home).learning.distillation.enabled is False
    assert config.load(home).server.port == 1


def test_every_setting_can_be_set_and_reset_from_an_empty_file(home: Home) -> None:
    for info in config.describe():
        others = {"bool": str(not info.default).lower(), "list": "http://a.example", "str": "x"}
        number = info.maximum if info.default != info.maximum else info.minimum
        text = info.choices[-1] if info.choices else others.get(info.type) or config.text_of(number)
        text = {"cron": "1 2 * * *", "time": "01:02", "url": "https://a.example"}.get(info.kind, text)
        changed = config.set_value(home, info.key, text if info.type != "int" else str(int(float(text))))
        assert config.changed_keys(config.Config(), changed) == (info.key,)
        assert config.reset(home, info.key) == config.Config()


def test_several_are_set_or_none(home: Home) -> None:
    with pytest.raises(ConfigError, match=r"server\.port"):
        config.set_values(home, {"models.chosen": "a", "server.port": "x"})
    assert config.load(home) == config.Config()
    config.set_values(home, {"models.chosen": "a", "server.port": "1"})
    assert (config.load(home).models.chosen, config.load(home).server.port) == ("a", 1)


def test_reset_mends_a_file_and_needs_none(home: Home) -> None:
    assert config.reset(home, "server.port") == config.Config()
    assert not home.config_file.exists()
    home.config_file.write_text('[server]\nport = "wrong" # oh\nhost = "localhost"\n')
    assert config.reset(home, "server.port").server.host == "localhost"
    home.config_file.write_text('[server]\nport = "wrong"\nhost = "localhost"\n')
    assert config.set_value(home, "server.port", "2").server == config.ServerConfig(port=2, host="localhost")


def test_a_dotted_and_an_inline_table_are_edited_where_they_stand(home: Home) -> None:
    home.config_file.write_text('server.port = 1\nteacher = { model = "a", escalate = true }\n')
    config.set_value(home, "teacher.model", "b")
    config.set_value(home, "server.host", "localhost")
    found = config.load(home)
    assert (found.server.port, found.server.host) == (1, "localhost")
    assert (found.teacher.model, found.teacher.escalate) == ("b", True)


def test_changed_and_what_waits_for_a_restart() -> None:
    old = config.Config()
    new = config.parse({"server": {"port": 1, "max_body_mb": 3}, "desktop": {"theme": "dark"}}, "a test")
    assert config.changed_keys(old, new) == ("server.port", "server.max_body_mb", "desktop.theme")
    assert config.restart_needed(old, new) == ("server.port",)
    assert config.changed_keys(new, new) == config.restart_needed(new, new) == ()


def test_a_whole_document_is_written_as_it_is(home: Home) -> None:
    text = "# mine\n\n[server]\nport = 8080\n\n\n[learning.distillation]\nenabled = false\n"
    assert config.write_document(home, text, expected="").server.port == 8080
    assert config.read_text(home) == home.config_file.read_text() == text


def test_a_document_with_a_problem_is_refused_whole(home: Home) -> None:
    config.set_value(home, "server.port", "1")
    before = home.config_file.read_bytes()
    with pytest.raises(ConfigError, match=r"Line 3: .*server\.max_body_mb.*1 more"):
        config.write_document(home, "[server]\nport = 2\nmax_body_mb = 0\nnope = 1\n")
    assert home.config_file.read_bytes() == before


def test_a_document_does_not_overwrite_what_somebody_else_wrote(home: Home) -> None:
    config.set_value(home, "server.port", "1")
    began = config.read_text(home)
    config.set_value(home, "server.port", "2")
    with pytest.raises(ConfigError, match="changed by something else"):
        config.write_document(home, "[server]\nport = 3\n", expected=began)
    assert config.load(home).server.port == 2


def test_writers_in_several_processes_lose_nothing(home: Home) -> None:
    code = """
        import sys
        from pathlib import Path
        from core import config
        from core.paths import Home
        home = Home(Path(sys.argv[1]))
        for number in range(1, 16):
            config.set_value(home, sys.argv[2], str(number))
    """
    keys = ["server.port", "engine.queue", "replay.top", "training.epochs"]
    command = [sys.executable, "-c", textwrap.dedent(code), str(home.root)]
    writers = [subprocess.Popen([*command, key], cwd=ROOT) for key in keys]
    assert [writer.wait(60) for writer in writers] == [0] * len(keys)
    found = config.load(home)
    assert [config.get_value(found, key) for key in keys] == [15] * len(keys)


def test_a_writer_that_never_ends_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.files, "LOCK_WAIT_S", 0.05)
    with HomeLock(home.lock("config")), pytest.raises(ConfigError, match="Another program"):
        config.set_value(home, "server.port", "1")
    assert config.set_value(home, "server.port", "1").server.port == 1


def test_reading_loads_no_editor_of_toml(home: Home) -> None:
    """The desktop's start is counted in milliseconds."""
    home.config_file.write_text('[models]\nchosen = "a"\n')
    code = (
        "import sys; from pathlib import Path; from core import config; from core.paths import Home;"
        f"config.load(Home(Path({str(home.root)!r}))); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"tomlkit", "difflib", "cronsim"} & set(loaded.stdout.split())
