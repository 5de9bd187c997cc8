"""The first run as a state machine without a window: welcome → model → schedule → teacher → done.

Each step checks what it is given and stores it at once: what was chosen in `config.toml`, the place in the database.
So it goes on where it stopped, however it stopped. A teacher's key never passes through here: whoever asks for it puts
it into the keyring and tells only in which state it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import msgspec

from core.config import TeacherConfig, check, describe_one, load, set_values, text_of
from core.database import Database
from core.errors import BadRequest, ConfigError, NightschoolError
from core.paths import Home
from core.records import Record

if TYPE_CHECKING:
    from core.engine.library import FoundModel

Step = Literal["welcome", "model", "schedule", "teacher", "done"]
STEPS: tuple[Step, ...] = get_args(Step)
STATE = "first_run"
VERSION = 1
CRON = "learning.distillation.triggers.scheduled_cron"
SCHEDULED = "learning.distillation.triggers.scheduled_enabled"


class Welcomed(Record, frozen=True):
    """The welcome was read."""


class ModelChoice(Record, frozen=True):
    """Who the student shall be."""

    kind: Literal["demo", "found", "file"]
    name: str = ""
    """found: a name from `model_options`, which a finished download is in, too; file: the path."""


class ScheduleChoice(Record, frozen=True):
    """When nights shall be, kept for when something studies at night."""

    enabled: bool
    cron: str = ""
    """Empty keeps the one that is set."""


class TeacherChoice(Record, frozen=True):
    """Who the teacher shall be; `none` goes on without one."""

    provider: Literal["none", "anthropic", "openai"] = "none"
    model: str = ""
    """Empty keeps the one that is set."""
    base_url: str = ""
    escalate: bool = False
    key_state: str = "missing"
    """As core.teacher.keys names it; only `present` lets a teacher in."""


Choice = Welcomed | ModelChoice | ScheduleChoice | TeacherChoice
CHOICES: dict[Step, type[Record]] = {
    "welcome": Welcomed,
    "model": ModelChoice,
    "schedule": ScheduleChoice,
    "teacher": TeacherChoice,
}


class ModelOption(Record, frozen=True):
    """A student that could be chosen now."""

    kind: Literal["demo", "found"]
    name: str
    source: str
    path: str
    size: int
    chosen: bool
    note: str = ""
    """Why it cannot be used, if it cannot."""


class Place(Record, frozen=True):
    """What is stored."""

    version: int = VERSION
    step: Step = "welcome"


def needed(home: Home, database: Database) -> bool:
    """Whether to begin, or to go on: not in a home that was used without it, by its answers or its chosen student."""
    stored = database.state.get(STATE)
    if stored is not None:
        return read(stored).step != "done"
    try:
        return not (load(home).models.chosen or database.traces.list(limit=1))
    except ConfigError:  # somebody wrote a file, if a broken one
        return False


class FirstRun:
    """One pass; a new object goes on where the last one was. Its methods may block: call them in a thread."""

    def __init__(self, home: Home, database: Database) -> None:
        self._home, self._database = home, database
        self._place = read(database.state.get(STATE))

    @property
    def step(self) -> Step:
        return self._place.step

    @property
    def can_go_back(self) -> bool:
        return self.step != "welcome"

    @property
    def can_skip(self) -> bool:
        return self.step == "teacher"

    def go(self, choice: Choice) -> Step:
        """Check and store what was chosen in this step, and go on. Raises NightschoolErrors, and stays where it is."""
        if type(choice) is not CHOICES.get(self.step):
            raise BadRequest(f"The step {self.step} takes no {type(choice).__name__}.")
        if isinstance(choice, ModelChoice):
            choose_student(self._home, choice)
        elif isinstance(choice, ScheduleChoice):
            choose_schedule(self._home, choice)
        elif isinstance(choice, TeacherChoice):
            choose_teacher(self._home, choice)
        return self._settle(Place(step=STEPS[STEPS.index(self.step) + 1]))

    def back(self) -> Step:
        """To the step before; what was chosen stays chosen."""
        if not self.can_go_back:
            raise BadRequest("There is nothing before the welcome.")
        return self._settle(Place(step=STEPS[STEPS.index(self.step) - 1]))

    def skip(self) -> Step:
        """Go on without a teacher."""
        if not self.can_skip:
            raise BadRequest(f"The step {self.step} cannot be skipped.")
        return self.go(TeacherChoice())

    def again(self) -> Step:
        """From the beginning; nothing that was chosen is forgotten."""
        return self._settle(Place())

    def model_options(self) -> list[ModelOption]:
        """The demo student, then every model on this machine; looking takes up to some seconds on a slow disk."""
        from core.engine.library import find, known  # numpy comes with it

        chosen = load(self._home).models.chosen
        found = {model.path: model for model in [*find(self._home.models), *known(self._home)]}
        return [demo_option(not chosen), *(option(model, chosen) for model in found.values())]

    def schedule_now(self) -> ScheduleChoice:
        """What the settings say, to begin with."""
        triggers = load(self._home).learning.distillation.triggers
        return ScheduleChoice(enabled=triggers.scheduled_enabled, cron=triggers.scheduled_cron)

    def teacher_now(self) -> TeacherConfig:
        """What the settings say, to begin with."""
        return load(self._home).teacher

    def _settle(self, place: Place) -> Step:
        self._database.state.set(STATE, msgspec.json.encode(place).decode())
        self._place = place
        return place.step


def read(stored: str | None) -> Place:
    """The place that was stored; one of another version, or none at all, begins anew: what was chosen is in config."""
    try:
        place = msgspec.json.decode(stored or "{}", type=Place)
    except msgspec.DecodeError:
        return Place()
    return place if place.version == VERSION else Place()


def demo_option(chosen: bool) -> ModelOption:
    from core.engine.library import DEMO
    from core.server.student import demo_student

    try:
        path = demo_student()
    except NightschoolError as error:
        return ModelOption(kind="demo", name=DEMO, source="shipped", path="", size=0, chosen=chosen, note=error.message)
    size = path.stat().st_size
    return ModelOption(kind="demo", name=DEMO, source="shipped", path=str(path), size=size, chosen=chosen)


def option(model: FoundModel, chosen: str) -> ModelOption:
    name = model.name if model.source in ("own", "registered") else f"{model.source}/{model.name}"
    return ModelOption(
        kind="found",
        name=name,
        source=model.source,
        path=str(model.path),
        size=model.size,
        chosen=chosen in (name, model.name),
        note=model.note,
    )


def choose_student(home: Home, choice: ModelChoice) -> None:
    """Its file is looked at before it is chosen. Raises ModelFileError, NotFound, BadRequest, ConfigError."""
    from core.engine import gguf_check
    from core.engine.library import Registry, resolve
    from core.server.student import demo_student

    if choice.kind != "demo" and not choice.name.strip():
        raise BadRequest("No model was named.", hint="Choose one, or take the demo student.")
    if choice.kind == "file":
        chosen = Registry(home).add(choice.name.strip()).name
    else:
        found = None if choice.kind == "demo" else resolve(home, choice.name)
        if found is not None and found.note:
            raise BadRequest(f"{found.name} cannot be used: {found.note}.")
        gguf_check.check(demo_student() if found is None else found.path)
        chosen = "" if found is None else choice.name
    set_values(home, {"models.chosen": chosen})


def choose_schedule(home: Home, choice: ScheduleChoice) -> None:
    texts = {SCHEDULED: text_of(choice.enabled)}
    if choice.cron:
        refuse(CRON, choice.cron)
        texts[CRON] = choice.cron
    set_values(home, texts)


def choose_teacher(home: Home, choice: TeacherChoice) -> None:
    """Raises BadRequest where the key is not in the keyring, ConfigError for an address where no key may be sent."""
    if choice.provider == "none":
        set_values(home, {"teacher.provider": "none", "teacher.escalate": "false"})
        return
    model = choice.model.strip() or load(home).teacher.model
    base_url = choice.base_url.strip()
    refuse("teacher.base_url", base_url)
    if base_url:
        from core.teacher.client import checked_url  # the network's library comes with it

        checked_url(base_url)
    if choice.key_state != "present":
        raise BadRequest(
            "The teacher's key is not in the keyring yet.", hint="Save it first, or go on without a teacher."
        )
    set_values(
        home,
        {
            "teacher.provider": choice.provider,
            "teacher.model": model,
            "teacher.base_url": base_url,
            "teacher.escalate": text_of(choice.escalate),
        },
    )


def refuse(key: str, text: str) -> None:
    """Raises BadRequest, with the sentence to show beside the field."""
    if told := check(key, text):
        raise BadRequest(told, param=describe_one(key).name)


def cron_of(time: str) -> str:
    """`03:30` → `30 3 * * *`: every night at that time. Raises BadRequest."""
    refuse("notifications.quiet_from", time)
    if not time:
        raise BadRequest("Give a time like 03:00.", param="scheduled_cron")
    hour, minute = time.split(":")
    return f"{int(minute)} {int(hour)} * * *"


def time_of(cron: str) -> str | None:
    """The inverse; None for a schedule that is more than a daily time."""
    fields = cron.split()
    if len(fields) != 5 or fields[2:] != ["*"] * 3 or not all(field.isdecimal() for field in fields[:2]):
        return None
    return f"{int(fields[1]):02}:{int(fields[0]):02}"
