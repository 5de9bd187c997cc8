"""The first run: every way through it, killed in between, given nonsense, and met by what other versions stored."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from core import config
from core.database import Database
from core.errors import BadRequest, ConfigError, ModelFileError, NightschoolError, NotFound
from core.first_run import (
    STATE,
    Choice,
    FirstRun,
    ModelChoice,
    ScheduleChoice,
    Step,
    TeacherChoice,
    Welcomed,
    cron_of,
    needed,
    time_of,
)
from core.paths import Home
from core.records import Message, Trace
from core.server.student import demo_student

ROOT = Path(__file__).parent.parent
PLAIN: dict[Step, Choice] = {
    "welcome": Welcomed(),
    "model": ModelChoice(kind="demo"),
    "schedule": ScheduleChoice(enabled=True, cron="30 2 * * *"),
    "teacher": TeacherChoice(),
}


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    with Database.open(home) as opened:
        yield opened


@pytest.fixture(autouse=True)
def nobodys_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No other program of this machine has models; Ollama's, LM Studio's and the others' folders lie in here."""
    for name in ("OLLAMA_MODELS", "HF_HOME", "HF_HUB_CACHE", "LLAMA_CACHE", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    return tmp_path / "person"


def at(step: Step, home: Home, database: Database) -> FirstRun:
    run = FirstRun(home, database)
    while run.step != step:
        run.go(PLAIN[run.step])
    return run


def settings(home: Home) -> config.Config:
    return config.load(home)


def test_the_whole_way_with_a_new_object_at_every_step(home: Home, database: Database) -> None:
    """As if the app had been killed after each."""
    met = []
    while needed(home, database):
        run = FirstRun(home, database)
        met.append(run.step)
        run.go(PLAIN[run.step])
    assert met == ["welcome", "model", "schedule", "teacher"]
    assert FirstRun(home, database).step == "done"
    assert settings(home).learning.distillation.triggers.scheduled_cron == "30 2 * * *"


def test_a_killed_process_leaves_its_last_step(home: Home, database: Database) -> None:
    code = f"""
        import os, signal
        from pathlib import Path
        from core.database import Database
        from core.first_run import *
        from core.paths import Home
        place = Home(Path({str(home.root)!r}))
        run = FirstRun(place, Database.open(place))
        run.go(Welcomed())
        run.go(ModelChoice(kind="demo"))
        os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert FirstRun(home, database).step == "schedule"


def test_back_from_every_step_keeps_what_was_chosen(home: Home, database: Database) -> None:
    run = at("done", home, database)
    while run.can_go_back:
        run.back()
        assert FirstRun(home, database).step == run.step
        assert needed(home, database)
    assert run.step == "welcome"
    assert settings(home).learning.distillation.triggers.scheduled_cron == "30 2 * * *"
    with pytest.raises(BadRequest):
        run.back()


def test_again_begins_anew_and_forgets_no_choice(home: Home, database: Database) -> None:
    run = at("done", home, database)
    assert run.again() == "welcome"
    assert settings(home).learning.distillation.triggers.scheduled_cron == "30 2 * * *"


def test_a_step_takes_only_its_own_choice(home: Home, database: Database) -> None:
    for step, following in pairwise([*PLAIN, "done"]):
        run = at(step, home, database)  # type: ignore[arg-type]
        for other, choice in PLAIN.items():
            if other != step:
                with pytest.raises(BadRequest):
                    run.go(choice)
        assert run.step == step == FirstRun(home, database).step
        assert run.can_skip == (step == "teacher")
        if not run.can_skip:
            with pytest.raises(BadRequest):
                run.skip()
        assert run.go(PLAIN[step]) == following  # type: ignore[index]
    with pytest.raises(BadRequest):
        run.go(Welcomed())


def test_the_demo_student_is_chosen(home: Home, database: Database) -> None:
    config.set_value(home, "models.chosen", "another")
    at("model", home, database).go(ModelChoice(kind="demo"))
    assert settings(home).models.chosen == ""


def test_a_model_of_another_program_is_chosen_where_it_lies(
    home: Home, database: Database, nobodys_models: Path
) -> None:
    theirs = nobodys_models / ".lmstudio" / "models" / "a maker" / "tiny.gguf"
    theirs.parent.mkdir(parents=True)
    shutil.copy(demo_student(), theirs)
    (theirs.parent / "torn.gguf").write_bytes(b"GGUF")
    (theirs.parent / "big-00001-of-00002.gguf").write_bytes(b"GGUF")
    run = at("model", home, database)
    options = {each.name: each for each in run.model_options()}
    assert next((each.kind, each.chosen) for each in options.values()) == ("demo", True)
    found = options["lmstudio/a maker/tiny"]
    assert (found.path, found.size, found.note, found.chosen) == (str(theirs), theirs.stat().st_size, "", False)
    for name, error in (("lmstudio/a maker/torn", ModelFileError), ("lmstudio/a maker/big-00001-of-00002", BadRequest)):
        with pytest.raises(error):
            run.go(ModelChoice(kind="found", name=name))
    assert (run.step, settings(home).models.chosen) == ("model", "")
    assert run.go(ModelChoice(kind="found", name=found.name)) == "schedule"
    assert settings(home).models.chosen == found.name
    assert [each.name for each in run.model_options() if each.chosen] == [found.name]


def test_a_file_is_checked_and_registered(home: Home, database: Database, tmp_path: Path) -> None:
    mine, torn = tmp_path / "mine.gguf", tmp_path / "torn.gguf"
    shutil.copy(demo_student(), mine)
    torn.write_bytes(b"GGUF and nothing behind it")
    run = at("model", home, database)
    for path in (torn, tmp_path / "none.gguf", tmp_path, Path("\0")):
        with pytest.raises(NightschoolError):
            run.go(ModelChoice(kind="file", name=str(path)))
    assert (run.step, settings(home)) == ("model", config.Config())
    assert run.go(ModelChoice(kind="file", name=str(mine))) == "schedule"
    assert settings(home).models.chosen == "mine"
    assert [each.path for each in run.model_options() if each.chosen] == [str(mine)]


@pytest.mark.parametrize("kind", ["found", "file"])
def test_a_model_without_a_name_is_refused(kind: str, home: Home, database: Database) -> None:
    run = at("model", home, database)
    with pytest.raises(BadRequest, match="No model was named"):
        run.go(ModelChoice(kind=kind, name="  "))  # type: ignore[arg-type]
    assert run.step == "model"


def test_a_model_that_is_not_there_is_refused(home: Home, database: Database) -> None:
    with pytest.raises(NotFound):
        at("model", home, database).go(ModelChoice(kind="found", name="nothing-like-it"))


@pytest.mark.parametrize("cron", ["x", "0 3 * *", "61 3 * * *", "0 0 31 2 *", "* * * * * *", " "])
def test_a_bad_schedule_is_told_and_nothing_is_stored(cron: str, home: Home, database: Database) -> None:
    run = at("schedule", home, database)
    before = settings(home)
    with pytest.raises(BadRequest, match="five fields") as told:
        run.go(ScheduleChoice(enabled=False, cron=cron))
    assert (run.step, settings(home), told.value.param) == ("schedule", before, "scheduled_cron")


def test_no_schedule_keeps_the_time_for_later(home: Home, database: Database) -> None:
    run = at("schedule", home, database)
    run.go(ScheduleChoice(enabled=False))
    assert run.schedule_now() == ScheduleChoice(enabled=False, cron="0 3 * * *")


def test_a_teacher_is_chosen_with_a_key_in_the_keyring(home: Home, database: Database) -> None:
    run = at("teacher", home, database)
    chosen = TeacherChoice(provider="openai", model="m", base_url="https://api.example/v1", escalate=True)
    for state in ("missing", "locked", "denied", "unavailable", "timeout", ""):
        with pytest.raises(BadRequest, match="keyring"):
            run.go(msgspec.structs.replace(chosen, key_state=state))
    assert (run.step, settings(home).teacher) == ("teacher", config.TeacherConfig())
    assert run.go(msgspec.structs.replace(chosen, key_state="present")) == "done"
    teacher = settings(home).teacher
    assert (teacher.provider, teacher.model, teacher.base_url, teacher.escalate) == (
        "openai", "m", "https://api.example/v1", True,
    )  # fmt: skip


@pytest.mark.parametrize(("url", "error"), [("nowhere", BadRequest), ("http://api.example/v1", ConfigError)])
def test_an_address_where_no_key_may_go_is_refused(
    url: str, error: type[Exception], home: Home, database: Database
) -> None:
    run = at("teacher", home, database)
    with pytest.raises(error, match="https://"):
        run.go(TeacherChoice(provider="openai", base_url=url, key_state="present"))
    assert (run.step, settings(home).teacher) == ("teacher", config.TeacherConfig())


def test_skipping_the_teacher_sends_nothing_from_then_on(home: Home, database: Database) -> None:
    config.set_values(home, {"teacher.provider": "anthropic", "teacher.escalate": "true"})
    assert at("teacher", home, database).skip() == "done"
    assert (settings(home).teacher.provider, settings(home).teacher.escalate) == ("none", False)


@pytest.mark.parametrize("stored", ["", "{", "model", '{"version":1,"step":"pick"}', '{"version":99,"step":"done"}',
                                    '{"version":1,"step":"model","more":1}', "null", "[]"])  # fmt: skip
def test_what_another_version_stored_begins_anew(stored: str, home: Home, database: Database) -> None:
    config.set_value(home, "models.chosen", "kept")
    database.state.set(STATE, stored)
    assert needed(home, database)
    assert FirstRun(home, database).step == "welcome"
    assert settings(home).models.chosen == "kept"


def test_a_home_that_was_used_before_is_not_asked(home: Home, database: Database) -> None:
    assert needed(home, database)
    config.set_value(home, "models.chosen", "mine")
    assert not needed(home, database)
    config.reset(home, "models.chosen")
    trace = Trace(id="t1", created_at="2026-11-21T00:00:00.000000Z", response="a", finish_reason="stop",
                  messages=[Message(role="user", content="q")])  # fmt: skip
    database.traces.add(trace)
    assert not needed(home, database)


def test_a_broken_file_of_settings_is_no_new_home(home: Home, database: Database) -> None:
    home.config_file.write_text("server = [")
    assert not needed(home, database)


def test_a_disk_that_refuses_leaves_the_step(home: Home, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    run = at("model", home, database)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        run.go(ModelChoice(kind="demo"))
    monkeypatch.undo()
    assert run.step == FirstRun(home, database).step == "model"


def test_times_and_schedules() -> None:
    for time in ("00:00", "03:30", "23:59"):
        assert time_of(cron_of(time)) == time
        assert config.check("learning.distillation.triggers.scheduled_cron", cron_of(time)) is None
    for cron in ("0 3 * * 1", "*/5 3 * * *", "0 3 * *", "a b * * *"):
        assert time_of(cron) is None
    for time in ("", "24:00", "3", "03:60", "noon"):
        with pytest.raises(BadRequest):
            cron_of(time)
