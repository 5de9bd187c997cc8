"""The whole of `config.toml`, and what each setting is: nothing else in the code holds a default."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from core.config.desk import DesktopConfig, NotificationsConfig, TeacherConfig
from core.config.evidence import EvidenceConfig, RewardConfig
from core.config.export import ExportConfig
from core.config.nights import LearningConfig, TrainingConfig
from core.config.section import Hints, Kind, Page, Section
from core.config.serving import AgentConfig, EngineConfig, ModelsConfig, ReplayConfig, ServerConfig
from core.errors import ConfigError


class Config(Section, frozen=True):
    """The whole of `config.toml`. A TOML table is a Section; unknown keys are refused."""

    server: ServerConfig = ServerConfig()
    engine: EngineConfig = EngineConfig()
    models: ModelsConfig = ModelsConfig()
    agent: AgentConfig = AgentConfig()
    replay: ReplayConfig = ReplayConfig()
    teacher: TeacherConfig = TeacherConfig()
    reward: RewardConfig = RewardConfig()
    evidence: EvidenceConfig = EvidenceConfig()
    export: ExportConfig = ExportConfig()
    learning: LearningConfig = LearningConfig()
    training: TrainingConfig = TrainingConfig()
    desktop: DesktopConfig = DesktopConfig()
    notifications: NotificationsConfig = NotificationsConfig()


class SettingInfo(msgspec.Struct, frozen=True):
    """One setting, as the windows, the docs and `config show` see it."""

    key: str
    """Dotted, as `learning.distillation.gate.max_regression`."""
    type: Literal["str", "int", "float", "bool", "list"]
    default: Any
    label: str
    """A few words, to stand beside a field."""
    description: str
    page: Page
    kind: Kind
    minimum: float | None = None
    maximum: float | None = None
    above: bool = False
    """The minimum itself is not allowed."""
    choices: tuple[str, ...] = ()
    unit: str = ""
    restart: bool = False
    """A running server takes a change up when it is started again."""
    later: bool = False
    """Kept for a stage that is not built yet: nothing reads it now."""

    @property
    def name(self) -> str:
        return self.key.rpartition(".")[2]


def describe() -> list[SettingInfo]:
    """Every setting, in the order of declaration."""
    return list(_by_key().values())


def describe_one(key: str) -> SettingInfo:
    """Raises ConfigError with the nearest known name."""
    found = _by_key().get(key)
    if found is None:
        hint = "`nightschool config show` lists every setting."
        raise ConfigError(f"There is no setting {key!r}{meant(key)}.", hint=hint)
    return found


def tables() -> list[str]:
    """Dotted names of all tables, those of tables within tables too."""
    return sorted({".".join(key.split(".")[:depth]) for key in _by_key() for depth in range(1, key.count(".") + 1)})


def meant(key: str) -> str:
    """`; did you mean …?` where a known name is near, else nothing."""
    import difflib  # only for mistakes: the desktop's start is counted in milliseconds

    known = {**{name: name for name in tables()}, **{each: each for each in _by_key()}}
    last = {info.name: info.key for info in describe()}
    near = [last[key]] if key in last else difflib.get_close_matches(key, known, n=1, cutoff=0.75)
    near = near or [last[name] for name in difflib.get_close_matches(key.rpartition(".")[2], last, n=1, cutoff=0.75)]
    return f"; {near[0]} is the nearest" if near else ""


def get_value(config: Config, key: str) -> Any:
    """The value of one setting. Raises ConfigError for a name that is none."""
    describe_one(key)
    value: Any = config
    for name in key.split("."):
        value = getattr(value, name)
    return value


def changed_keys(old: Config, new: Config) -> tuple[str, ...]:
    return tuple(key for key in _by_key() if get_value(old, key) != get_value(new, key))


def restart_needed(old: Config, new: Config) -> tuple[str, ...]:
    """Those changed settings that a running server takes up at its next start; none: everything is felt at once."""
    return tuple(key for key in changed_keys(old, new) if describe_one(key).restart)


def chosen_texts(config: Config) -> Iterator[tuple[SettingInfo, Any]]:
    """The texts and lists that differ from their defaults. Cheap: looks only into the tables where one does."""
    yield from _chosen(config, "")


def _chosen(section: Section, prefix: str) -> Iterator[tuple[SettingInfo, Any]]:
    for field in msgspec.structs.fields(section):
        value = getattr(section, field.name)
        if isinstance(value, Section):
            yield from _chosen(value, f"{prefix}{field.name}.")
        elif isinstance(value, str | tuple) and value != field.default:
            yield _setting(f"{prefix}{field.name}", _hints(type(section))[field.name], field.default), value


@cache
def _by_key() -> dict[str, SettingInfo]:
    return {info.key: info for info in _settings(Config, "")}


def _settings(section: type[Section], prefix: str) -> Iterator[SettingInfo]:
    for field in msgspec.structs.fields(section):
        hint = _hints(section)[field.name]
        if isinstance(hint, type) and issubclass(hint, Section):
            yield from _settings(hint, f"{prefix}{field.name}.")
        else:
            yield _setting(f"{prefix}{field.name}", hint, field.default)


@cache
def _hints(section: type[Section]) -> dict[str, Any]:
    return get_type_hints(section, include_extras=True)


def _setting(key: str, hint: Any, default: Any) -> SettingInfo:
    plain, meta = get_args(hint)
    hints: Hints = meta.extra["hints"]
    kind = _type_of(plain)
    return SettingInfo(
        key=key,
        type=kind,
        default=default,
        label=hints.label,
        description=meta.description or "",
        page=hints.page,
        kind=hints.kind or _kind_of(kind, plain),
        minimum=meta.ge if meta.ge is not None else meta.gt,
        maximum=meta.le,
        above=meta.gt is not None,
        choices=get_args(plain) if get_origin(plain) is Literal else (),
        unit=hints.unit,
        restart=hints.restart,
        later=hints.later,
    )


def _type_of(plain: Any) -> Any:
    origin = get_origin(plain)
    return "list" if origin is tuple else "str" if origin is Literal else plain.__name__


def _kind_of(type_: str, plain: Any) -> Kind:
    if get_origin(plain) is Literal:
        return "choice"
    kinds: dict[str, Kind] = {"int": "number", "float": "number", "bool": "switch", "list": "list", "str": "text"}
    return kinds[type_]
