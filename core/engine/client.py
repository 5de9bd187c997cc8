"""The server's side of the engine: starts and supervises the child, and brings the model back when it was lost.

Never imports llama.cpp. What was loaded and attached is remembered here, so that one path (`_restore`) serves the
restart after a crash, the waking after an idle unload, and the way back when a new model could not be loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from core.config import EngineConfig
from core.engine.records import (
    BASE,
    AttachReport,
    Chunk,
    EngineStats,
    GenerationRequest,
    ModelInfo,
    ModelSpec,
    VariantInfo,
    pack_request,
)
from core.errors import Busy, ModelUnavailable, NightschoolError
from core.process import Backoff, Child, ChildDied, ChildState, Ending, python_child

EngineState = Literal["stopped", "starting", "loading", "ready", "restarting", "failed", "unloaded"]
COMING: frozenset[EngineState] = frozenset({"starting", "loading", "restarting"})


class EngineClient:
    """The student, as the rest of the server sees it. All methods belong to one event loop."""

    def __init__(
        self,
        config: EngineConfig,
        *,
        on_state: Callable[[EngineState], None] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.info: ModelInfo | None = None
        """The model that answers; also while it is unloaded for idleness, since the next request brings it back."""
        self.state: EngineState = "stopped"
        self.problem: NightschoolError | None = None
        """Why the model is not there, when it should be."""
        self._config = config
        self._on_state = on_state
        self._spec: ModelSpec | None = None
        self._adapters: dict[str, Path] = {}
        self._asleep = False
        self._starting_with_model = False
        self._active = 0
        """Requests, those too that wait for a model."""
        self._streams = 0
        """Answers under way in the child."""
        self._last_used = 0.0
        self._changed = asyncio.Condition()
        self._lock = asyncio.Lock()
        self._sleeper: asyncio.Task[None] | None = None
        self._notices: set[asyncio.Task[None]] = set()
        self._child = Child(
            "engine",
            python_child("core.engine"),
            backoff=backoff,
            on_state=self._on_child_state,
            on_ready=self._on_child_ready,
        )

    @property
    def pid(self) -> int | None:
        return self._child.pid

    @property
    def asleep(self) -> bool:
        """Unloaded for idleness: the next request brings the model back."""
        return self._asleep

    @property
    def busy(self) -> bool:
        """Whether a request is being answered, or waits for the model."""
        return self._active > 0

    @property
    def restarts(self) -> int:
        return self._child.restarts

    @property
    def ending(self) -> Ending | None:
        """How the child ended last, if it did."""
        return self._child.ending

    def spec(self, path: Path) -> ModelSpec:
        """How the settings want this model loaded."""
        config = self._config
        return ModelSpec(
            path=str(path),
            n_ctx=config.n_ctx,
            gpu_layers=config.gpu_layers,
            threads=config.threads,
            slots=config.slots,
        )

    async def start(self, spec: ModelSpec | None = None) -> None:
        """Start the child, and load a model if one is given. Raises ChildDied, or what `load` raises."""
        self._starting_with_model = spec is not None
        try:
            await self._child.start()
            self._sleeper = asyncio.create_task(self._sleep_when_idle(), name="engine idle unload")
            if spec is not None:
                await self.load(spec)
        finally:
            self._starting_with_model = False

    async def configure(self, config: EngineConfig) -> None:
        """Take changed settings: queue, waiting time and idle unload at once, the others at the next `load`."""
        self._config = config
        if self._child.state == "ready":
            await self._child.call("configure", {"queue": config.queue})

    async def stop(self) -> None:
        """End the child; nothing is left behind."""
        if self._sleeper is not None:
            self._sleeper.cancel()
            await asyncio.gather(self._sleeper, return_exceptions=True)
            self._sleeper = None
        await self._child.stop()
        await asyncio.gather(*self._notices)

    async def load(self, spec: ModelSpec) -> ModelInfo:
        """Load a model in place of the present one, after the answers under way; new requests wait for it.

        When that fails the present one comes back, and this raises: ModelFileError, ModelUnavailable (memory), Busy
        (answers that took too long), ChildDied (the file crashed it).
        """
        async with self._lock:
            present = self.info
            self._set("loading")
            await self._until(lambda: self._streams == 0)
            try:
                info = msgspec.convert(await self._child.call("load", spec), ModelInfo)
            except Busy:
                if present is not None:
                    self._loaded(present)  # nothing was touched
                raise
            except ChildDied as error:
                self.problem = error  # the supervisor restarts the child, and that restores what was there
                raise
            except NightschoolError as error:
                self._starting_with_model = False
                await self._restore()
                self.problem = None if self.info else error
                raise
            self._spec, self._adapters, self._asleep = spec, {}, False
            self._loaded(info)
            return info

    async def unload(self) -> None:
        """Free the model's memory until the next `load`. Raises Busy while answers are under way."""
        async with self._lock:
            await self._child.call("unload")
            self._spec, self._adapters, self._asleep, self.info = None, {}, False, None
            self._set("unloaded")

    async def attach(self, variant: str, adapter: Path) -> AttachReport:
        """Load an adapter under a name, proven to work. Raises ModelFileError; then nothing has changed."""
        async with self._lock:
            await self._wake()
            await self._arrived()
            args = {"variant": variant, "adapter": str(adapter)}
            report = msgspec.convert(await self._child.call("attach", args), AttachReport)
            self._adapters[variant] = adapter
            return report

    async def detach(self, variant: str) -> None:
        """Take a variant away; answers that it is making are finished first. Raises NotFound."""
        async with self._lock:
            await self._wake()
            await self._arrived()
            await self._child.call("detach", variant)
            self._adapters.pop(variant, None)

    async def variants(self) -> list[VariantInfo]:
        """Every variant and what it costs; without sizes while the model is unloaded for idleness."""
        if self._asleep:
            named: list[tuple[str, Path | None]] = [(BASE, None), *self._adapters.items()]
            return [
                VariantInfo(
                    name=name,
                    adapter=str(path) if path else None,
                    adapter_bytes=0,
                    contexts=0,
                    kv_bytes=0,
                    compute_bytes=0,
                )
                for name, path in named
            ]
        await self._be_ready()
        return msgspec.convert(await self._child.call("variants"), list[VariantInfo])

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """Chunks of an answer as they are made. Closing the iterator cancels: no further token is computed.

        Raises Busy, BadRequest, NotFound (variant), ModelUnavailable, ChildDied (also in mid-answer).
        """
        packed = pack_request(request)
        self._active += 1
        try:
            chunks = self._chunks(packed)
            async with contextlib.aclosing(chunks):
                async for chunk in chunks:
                    yield chunk
        finally:
            self._active -= 1
            self._last_used = asyncio.get_running_loop().time()

    async def _chunks(self, packed: bytes) -> AsyncGenerator[Chunk, None]:
        """A request that met a dead or dying child, and had nothing of its answer yet, is sent once more."""
        tries, begun = 2, False
        while tries:
            await self._be_ready()
            tries, pid = tries - 1, self._child.pid
            stream = self._child.stream("generate", packed)
            self._streams += 1
            try:
                async with contextlib.aclosing(stream):
                    async for item in stream:
                        begun = True
                        yield msgspec.convert(item, Chunk)
                return
            except ChildDied:
                if begun or not tries or self._child.state == "stopped":
                    raise
            finally:
                self._streams -= 1
                self._tell()
            await self._until(partial(self._noticed, pid))

    def _noticed(self, pid: int | None) -> bool:
        """Whether the end of that child is known here, or is history already."""
        return self.state != "ready" or self._child.pid not in (pid, None)

    async def logits(self, variant: str, prompt: str) -> list[float]:
        """Logits after a raw prompt, [vocabulary]."""
        await self._be_ready()
        args = {"variant": variant, "prompt": prompt}
        return msgspec.convert(await self._child.call("logits", args), list[float])

    async def count_tokens(self, text: str) -> int:
        await self._be_ready()
        return int(await self._child.call("count_tokens", text))

    async def stats(self) -> EngineStats:
        """Counters of the child that runs now; zeros while none does."""
        if self._child.state != "ready":
            return EngineStats()
        return msgspec.convert(await self._child.call("stats"), EngineStats)

    def _on_child_state(self, state: ChildState, ending: Ending | None) -> None:
        if state == "ready":
            if self.info is None:
                self._set("loading" if self._starting_with_model else "unloaded")
            return
        self.info = None
        self._set(state)

    async def _on_child_ready(self) -> None:
        """After each (re)start, before callers see it: what was there comes back."""
        self._asleep = False
        await self._child.call("configure", {"queue": self._config.queue})
        await self._restore()

    async def _restore(self) -> None:
        """Load and attach what is remembered. A file that has gone bad is told in `problem`, not raised."""
        self.info = None
        if self._spec is None:
            self._set("loading" if self._starting_with_model else "unloaded")
            return
        self._set("loading")
        try:
            info = msgspec.convert(await self._child.call("load", self._spec), ModelInfo)
            for variant, adapter in list(self._adapters.items()):
                await self._reattach(variant, adapter)
        except ChildDied:
            raise
        except NightschoolError as error:
            self.problem = error
            self._set("unloaded")
            return
        self._asleep = False
        self._loaded(info)

    async def _reattach(self, variant: str, adapter: Path) -> None:
        try:
            await self._child.call("attach", {"variant": variant, "adapter": str(adapter)})
        except ChildDied:
            del self._adapters[variant]  # it brought the child down: the next start goes without it
            raise
        except NightschoolError as error:
            self.problem = error
            del self._adapters[variant]

    def _loaded(self, info: ModelInfo) -> None:
        self.info, self.problem = info, None
        self._last_used = asyncio.get_running_loop().time()
        self._set("ready")

    async def _be_ready(self) -> None:
        """Wake the model, wait for it. Raises ModelUnavailable."""
        if self._asleep:
            async with self._lock:
                await self._wake()
        await self._arrived()

    async def _wake(self) -> None:
        """With the lock held: bring back a model that was unloaded for idleness."""
        if self._asleep:
            await self._restore()

    async def _arrived(self) -> None:
        """Wait for a model that is coming. Raises ModelUnavailable."""
        if self.state in COMING:
            await self._until(lambda: self.state not in COMING)
        if self.state != "ready":
            raise self._unavailable()

    async def _until(self, reached: Callable[[], bool]) -> None:
        """Wait for a state, as long as a request may wait for a model; the caller looks what has come."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._config.start_timeout_s), self._changed:
                await self._changed.wait_for(reached)

    def _unavailable(self) -> ModelUnavailable:
        if self.problem is not None:
            return ModelUnavailable(self.problem.message, hint=self.problem.hint)
        words: dict[EngineState, str] = {
            "failed": "The engine crashed too often and was given up.",
            "stopped": "The engine is not running.",
            "unloaded": "No model is loaded.",
        }
        return ModelUnavailable(words.get(self.state, "The model is still loading."), hint="Try again in a moment.")

    async def _sleep_when_idle(self) -> None:
        """Unload after `idle_unload_minutes` without a request; the next one brings the model back."""
        loop = asyncio.get_running_loop()
        while True:
            limit = self._config.idle_unload_minutes * 60
            await asyncio.sleep(max(0.05, min(10.0, limit / 4)) if limit else 10.0)
            if not limit or self._lock.locked() or not self._idle(loop.time() - limit):
                continue
            async with self._lock:
                if self._idle(loop.time() - limit):
                    await self._fall_asleep()

    def _idle(self, since: float) -> bool:
        return self.state == "ready" and self._active == 0 and self._last_used < since

    async def _fall_asleep(self) -> None:
        self._asleep = True
        self._set("unloaded")
        try:
            await self._child.call("unload")
        except NightschoolError:  # a request came between, or the child died: either brings the model back
            if self._child.state == "ready":
                await self._restore()

    def _set(self, state: EngineState) -> None:
        if state == self.state:
            return
        self.state = state
        if self._on_state is not None:
            self._on_state(state)
        self._tell()

    def _tell(self) -> None:
        """Let those who wait look again."""
        notice = asyncio.get_running_loop().create_task(self._notify())
        self._notices.add(notice)
        notice.add_done_callback(self._notices.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
