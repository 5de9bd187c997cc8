"""Settings of the running server: where it listens, the student, its agents, the work it looks up."""

from functools import partial
from typing import Annotated

from core.config.section import Section, setting

server = partial(setting, page="server")
model = partial(setting, page="model")
learning = partial(setting, page="learning")
privacy = partial(setting, page="privacy")


class ServerConfig(Section, frozen=True):
    host: Annotated[
        str,
        server(
            "Address",
            "Address to listen on. Anything but loopback needs `allow_remote` and `api_key_file`.",
            restart=True,
        ),
    ] = "127.0.0.1"
    port: Annotated[int, server("Port", "Port; 0 takes a free one.", ge=0, le=65535, restart=True)] = 0
    allow_remote: Annotated[
        bool,
        server(
            "Allow other machines", "Allow a non-loopback host. The bearer token is then the only lock.", restart=True
        ),
    ] = False
    api_key_file: Annotated[
        str,
        server(
            "Key file",
            "File (mode 0600) with a key of your own; empty uses the home's `server.token`.",
            kind="path",
            restart=True,
        ),
    ] = ""
    allowed_origins: Annotated[
        tuple[str, ...],
        server("Allowed web origins", "Web origins that may call the server; none by default.", restart=True),
    ] = ()
    max_body_mb: Annotated[
        int, server("Largest request", "Largest request body, in MiB.", unit="MiB", ge=1, le=1024)
    ] = 16
    read_timeout_s: Annotated[
        float, server("Request timeout", "Time in which a request must have arrived.", unit="s", gt=0, le=600)
    ] = 20
    accept_any_model: Annotated[
        bool,
        server("Accept any model name", "Answer requests that name a model which is not loaded, with the one that is."),
    ] = True
    feedback_per_minute: Annotated[
        int, server("Ratings a minute", "Most statements a client makes a minute.", ge=1, le=100_000)
    ] = 120


class EngineConfig(Section, frozen=True):
    n_ctx: Annotated[
        int,
        model(
            "Context length",
            "Context length in tokens; 0 fits it.",
            unit="tokens",
            ge=0,
            le=1_048_576,
            restart=True,
        ),
    ] = 0
    gpu_layers: Annotated[
        int, model("Layers on the GPU", "Layers on the GPU; -1 fits them.", ge=-1, le=1000, restart=True)
    ] = -1
    threads: Annotated[
        int, model("CPU threads", "CPU threads; 0 is physical cores - 1.", ge=0, le=256, restart=True)
    ] = 0
    slots: Annotated[
        int, model("Answers at once", "Answers made at once per variant; 0 fits it.", ge=0, le=16, restart=True)
    ] = 0
    queue: Annotated[
        int, model("Waiting requests", "Requests that may wait before new ones are refused.", ge=1, le=1000)
    ] = 32
    idle_unload_minutes: Annotated[
        float, model("Unload when idle for", "Unload when idle so long; 0 never.", unit="minutes", ge=0, le=10_080)
    ] = 30
    start_timeout_s: Annotated[
        float, model("Loading timeout", "How long a request waits for a model to load.", unit="s", gt=0, le=3600)
    ] = 60
    max_tokens: Annotated[
        int,
        model("Longest answer", "Longest answer where the client names none.", unit="tokens", ge=1, le=1_048_576),
    ] = 1024


class ModelsConfig(Section, frozen=True):
    chosen: Annotated[str, model("Student", "Name of the student; empty is the demo student.", restart=True)] = ""


class AgentConfig(Section, frozen=True):
    default: Annotated[str, model("Agent", "Agent that answers where a request names none.")] = "grounded"


class ReplayConfig(Section, frozen=True):
    enabled: Annotated[bool, learning("Use past work", "Put accepted past work before the student.", restart=True)] = (
        True
    )
    embedder: Annotated[
        str,
        learning(
            "Embedding model", "Folder or hub name of the embedding model; empty is the shipped MiniLM.", restart=True
        ),
    ] = ""
    embedder_sha256: Annotated[
        str,
        learning(
            "Its SHA-256",
            "SHA-256 that the embedder's weights must have; empty: only the shipped one is pinned.",
            restart=True,
        ),
    ] = ""
    allow_download: Annotated[
        bool, privacy("Fetch the embedding model", "Let the embedder be fetched from the model hub.", restart=True)
    ] = False
    top: Annotated[
        int, learning("Ranked pieces", "Pieces of past work that are ranked.", ge=1, le=50, restart=True)
    ] = 8
    exemplars: Annotated[
        int, learning("Examples shown", "Accepted pieces put before the student.", ge=0, le=10, restart=True)
    ] = 3
    warnings: Annotated[
        int, learning("Warnings shown", "Partly accepted pieces shown as warnings.", ge=0, le=10, restart=True)
    ] = 2
