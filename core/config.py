"""Every setting declared once: type, default, range and description.

The Structs below are the declarations. The TOML file, the CLI, the docs and later the settings window all derive
from them; nothing else in the code holds a default. A TOML table is a Struct; unknown keys are refused.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import tomlkit
import tomlkit.exceptions
from msgspec import Meta

from core.errors import ConfigError
from core.paths import Home

RESTART = {"restart": True}


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of one TOML table."""


class ServerConfig(Section, frozen=True):
    host: Annotated[
        str,
        Meta(
            description="Address to listen on. Anything but loopback needs `allow_remote` and `api_key_file`.",
            extra=RESTART,
        ),
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="Port; 0 takes a free one.", extra=RESTART)] = 0
    allow_remote: Annotated[
        bool,
        Meta(description="Allow a non-loopback host. The bearer token is then the only lock.", extra=RESTART),
    ] = False
    api_key_file: Annotated[
        str,
        Meta(
            description="File (mode 0600) with a key of your own; empty uses the home's `server.token`.", extra=RESTART
        ),
    ] = ""
    allowed_origins: Annotated[
        tuple[str, ...],
        Meta(description="Web origins that may call the server; none by default.", extra=RESTART),
    ] = ()
    max_body_mb: Annotated[int, Meta(ge=1, le=1024, description="Largest request body, in MiB.")] = 16
    read_timeout_s: Annotated[float, Meta(gt=0, le=600, description="Time in which a request must have arrived.")] = 20
    accept_any_model: Annotated[
        bool, Meta(description="Answer requests that name a model which is not loaded, with the one that is.")
    ] = True
    feedback_per_minute: Annotated[
        int, Meta(ge=1, le=100_000, description="Most statements a client makes a minute.")
    ] = 120


class EngineConfig(Section, frozen=True):
    n_ctx: Annotated[
        int, Meta(ge=0, le=1_048_576, description="Context length in tokens; 0 fits it.", extra=RESTART)
    ] = 0
    gpu_layers: Annotated[int, Meta(ge=-1, le=1000, description="Layers on the GPU; -1 fits them.", extra=RESTART)] = -1
    threads: Annotated[int, Meta(ge=0, le=256, description="CPU threads; 0 is physical cores - 1.", extra=RESTART)] = 0
    slots: Annotated[
        int, Meta(ge=0, le=16, description="Answers made at once per variant; 0 fits it.", extra=RESTART)
    ] = 0
    queue: Annotated[int, Meta(ge=1, le=1000, description="Requests that may wait before new ones are refused.")] = 32
    idle_unload_minutes: Annotated[float, Meta(ge=0, le=10_080, description="Unload when idle so long; 0 never.")] = 30
    start_timeout_s: Annotated[
        float, Meta(gt=0, le=3600, description="How long a request waits for a model to load.")
    ] = 60
    max_tokens: Annotated[int, Meta(ge=1, le=1_048_576, description="Longest answer where the client names none.")] = (
        1024
    )


class ModelsConfig(Section, frozen=True):
    chosen: Annotated[str, Meta(description="Name of the student; empty is the demo student.", extra=RESTART)] = ""


class AgentConfig(Section, frozen=True):
    default: Annotated[str, Meta(description="Agent that answers where a request names none.")] = "grounded"


class ReplayConfig(Section, frozen=True):
    enabled: Annotated[bool, Meta(description="Put accepted past work before the student.", extra=RESTART)] = True
    embedder: Annotated[
        str,
        Meta(
            description="Folder or hub name of the embedding model; empty is the shipped MiniLM.",
            extra=RESTART,
        ),
    ] = ""
    embedder_sha256: Annotated[
        str,
        Meta(
            description="SHA-256 that the embedder's weights must have; empty: only the shipped one is pinned.",
            extra=RESTART,
        ),
    ] = ""
    allow_download: Annotated[
        bool, Meta(description="Let the embedder be fetched from the model hub.", extra=RESTART)
    ] = False
    top: Annotated[int, Meta(ge=1, le=50, description="Pieces of past work that are ranked.", extra=RESTART)] = 8
    exemplars: Annotated[
        int, Meta(ge=0, le=10, description="Accepted pieces put before the student.", extra=RESTART)
    ] = 3
    warnings: Annotated[
        int, Meta(ge=0, le=10, description="Partly accepted pieces shown as warnings.", extra=RESTART)
    ] = 2


class TeacherConfig(Section, frozen=True):
    provider: Annotated[Literal["none", "anthropic", "openai"], Meta(description="Who the teacher is.")] = "none"
    model: Annotated[str, Meta(description="The teacher's model.")] = "claude-opus-4-6"
    base_url: Annotated[str, Meta(description="Endpoint of an OpenAI-compatible teacher, or a proxy.")] = ""
    escalate: Annotated[bool, Meta(description="Hand answers that fail validation to the teacher.")] = False
    timeout_s: Annotated[float, Meta(gt=0, le=3600, description="Longest wait for the teacher.")] = 120


class Config(Section, frozen=True):
    """The whole of `config.toml`."""

    server: ServerConfig = ServerConfig()
    engine: EngineConfig = EngineConfig()
    models: ModelsConfig = ModelsConfig()
    agent: AgentConfig = AgentConfig()
    replay: ReplayConfig = ReplayConfig()
    teacher: TeacherConfig = TeacherConfig()


class SettingInfo(msgspec.Struct, frozen=True):
    """One setting, as the UI, the docs and `config show` see it."""

    key: str
    type: str
    default: Any
    description: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    restart: bool = False


def load(home: Home) -> Config:
    """Read `config.toml`; missing means all defaults. Raises ConfigError that names the key."""
    document = read_document(home)
    return parse(document.unwrap(), home.config_file)


def read_document(home: Home) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(home.config_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return tomlkit.document()
    except (tomlkit.exceptions.ParseError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{home.config_file} is not valid TOML: {error}.",
            hint="Mend the file, or move it away for the defaults.",
        ) from error
    except OSError as error:
        raise ConfigError(f"{home.config_file} cannot be read: {error.strerror}.") from error


def parse(values: dict[str, Any], source: Path | str) -> Config:
    try:
        return msgspec.convert(values, Config, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"{source}: {str(error).replace('$.', '')}.",
            hint="`nightschool config show` lists every setting.",
        ) from error


def set_value(home: Home, key: str, text: str) -> Config:
    """Set one setting from text, keeping comments and order; what was written is read back and compared."""
    info = describe_one(key)
    value = parse_text(text, info)
    document = read_document(home)
    table, name = key.split(".")
    if table not in document:
        document[table] = tomlkit.table()
    document[table][name] = list(value) if isinstance(value, tuple) else value
    parse(document.unwrap(), key)
    write_atomic(home.config_file, tomlkit.dumps(document))
    config = load(home)
    if get_value(config, key) != value:
        raise ConfigError(f"{key} was written as {value!r} but reads back as {get_value(config, key)!r}.")
    return config


def parse_text(text: str, info: SettingInfo) -> Any:
    """Text from a command line or a field, as the setting's own type."""
    if info.type == "str":
        return text
    if info.type == "list":
        return tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        return msgspec.convert(text, {"int": int, "float": float, "bool": bool}[info.type], strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{info.key} takes a value of type {info.type}, not {text!r}.") from error


def get_value(config: Config, key: str) -> Any:
    describe_one(key)
    table, name = key.split(".")
    return getattr(getattr(config, table), name)


def describe() -> list[SettingInfo]:
    """Every setting, in the order of declaration."""
    found = []
    for table, section in get_type_hints(Config, include_extras=False).items():
        hints = get_type_hints(section, include_extras=True)
        defaults = {field.name: field.default for field in msgspec.structs.fields(section)}
        found += [_setting(f"{table}.{name}", hint, defaults[name]) for name, hint in hints.items()]
    return found


def describe_one(key: str) -> SettingInfo:
    for info in describe():
        if info.key == key:
            return info
    raise ConfigError(f"There is no setting {key!r}.", hint="`nightschool config show` lists every setting.")


def _setting(key: str, hint: Any, default: Any) -> SettingInfo:
    plain, meta = get_args(hint) if get_origin(hint) is Annotated else (hint, Meta())
    origin = get_origin(plain)
    kind = "list" if origin is tuple else "str" if origin is Literal else plain.__name__
    return SettingInfo(
        key=key,
        type=kind,
        default=default,
        description=meta.description or "",
        minimum=meta.ge if meta.ge is not None else meta.gt,
        maximum=meta.le if meta.le is not None else meta.lt,
        choices=get_args(plain) if origin is Literal else (),
        restart=bool((meta.extra or {}).get("restart")),
    )


def write_atomic(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace `path` as a whole: other readers and a power cut see the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
