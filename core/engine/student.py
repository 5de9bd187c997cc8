"""The student as it stands in memory: one model, its variants, and their contexts.

Every method belongs to the scheduler's thread.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from core.engine import probe
from core.engine.context import Context
from core.engine.gguf_check import check_adapter
from core.engine.llama import AbortFlag
from core.engine.model import Model
from core.engine.records import BASE, AttachReport, ModelInfo, ModelSpec, VariantInfo
from core.errors import BadRequest, Busy, ModelUnavailable, NotFound


class Slot:
    """One context of a variant; `busy` while a generation owns it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.busy = False
        self.last_used = 0


class Variant:
    """The base, or the base with an adapter."""

    def __init__(self, name: str, adapter: Any = None, path: Path | None = None, size: int = 0) -> None:
        self.name, self.adapter, self.path, self.size = name, adapter, path, size
        self.slots: list[Slot] = []
        self.users = 0
        """Requests that wait for this variant or are being answered by it: it is not freed before them."""

    def describe(self) -> VariantInfo:
        context = self.slots[0].context if self.slots else None
        return VariantInfo(
            name=self.name,
            adapter=str(self.path) if self.path else None,
            adapter_bytes=self.size,
            contexts=len(self.slots),
            kv_bytes=context.kv_bytes if context else 0,
            compute_bytes=context.compute_bytes if context else 0,
        )


class Student:
    """Model, variants, contexts: made, lent out and freed."""

    def __init__(self) -> None:
        self._model: Model | None = None
        self._variants: dict[str, Variant] = {}
        self._retired: list[Variant] = []
        self._probe: probe.Probe | None = None
        self._computed_by_freed = 0
        self._clock = 0

    @property
    def model(self) -> Model:
        if self._model is None:
            raise ModelUnavailable("No model is loaded.", hint="Choose one with `nightschool models use`.")
        return self._model

    def load(self, spec: ModelSpec) -> ModelInfo:
        """Load a model in place of the present one, and prove that it computes."""
        self.unload()
        model = Model(spec)
        base = Variant(BASE)
        self._model, self._variants = model, {BASE: base}
        try:
            self._probe = probe.take(self._add_slot(base).context, model.vocabulary)
            probe.require_sound(self._probe)
        except BaseException:
            self.unload()
            raise
        return model.info

    def unload(self) -> None:
        """Free everything. Raises Busy while answers are being made."""
        everything = [*self._variants.values(), *self._retired]
        if any(variant.users for variant in everything):
            raise Busy("The model is answering; it cannot be unloaded now.", hint="Try again in a moment.")
        for variant in everything:
            self._free(variant)
        self._variants, self._retired, self._probe = {}, [], None
        if self._model is not None:
            self._model.free()
            self._model = None

    def attach(self, name: str, path: Path) -> AttachReport:
        """Make a variant of the base with an adapter, and prove that the adapter works; else nothing is kept."""
        if name == BASE:
            raise BadRequest(f"The name {BASE!r} is taken by the model without an adapter.", param="variant")
        header = check_adapter(path, self.model.header)
        base = self._variants[BASE]
        with self._spare(base) as context:
            noise = probe.take(context, self.model.vocabulary)
        variant = Variant(name, self.model.adapter(path), path, header.size_bytes)
        try:
            adapted = probe.take(self._add_slot(variant).context, self.model.vocabulary)
            assert self._probe is not None
            effect = probe.require_effect(self._probe, noise, adapted)
        except BaseException:
            self._free(variant)
            raise
        if name in self._variants:
            self.detach(name)
        self._variants[name] = variant
        fingerprint = header.fingerprint
        return AttachReport(
            variant=name, adapter=str(path), fingerprint=fingerprint, effect=effect, memory=variant.describe()
        )

    def detach(self, name: str) -> None:
        """Take a variant away: no new request reaches it; it is freed when its last answer is done."""
        if name == BASE:
            raise BadRequest("The base cannot be detached.", param="variant", hint="Unload the model instead.")
        self._retired.append(self.variant(name))
        del self._variants[name]
        self._free_retired()

    def variant(self, name: str) -> Variant:
        if self.model and name not in self._variants:
            raise NotFound(f"There is no variant {name!r}.", hint=f"Loaded are: {', '.join(self._variants)}.")
        return self._variants[name]

    def variants(self) -> list[VariantInfo]:
        return [variant.describe() for variant in self._variants.values()]

    def borrow(self, variant: Variant, tokens: list[int]) -> Slot | None:
        """The idle slot that knows most of the prompt, a new one, or None while all are busy."""
        idle = [slot for slot in variant.slots if not slot.busy]
        best = max(idle, key=lambda slot: (slot.context.reusable(tokens), -slot.last_used), default=None)
        # A fresh context costs memory: it is made where every one is busy, never to spare a cached prefix.
        if best is None:
            best = self._new_slot_if_allowed(variant)
        if best is not None:
            self._clock += 1
            best.busy, best.last_used = True, self._clock
        return best

    def leave(self, variant: Variant, slot: Slot | None) -> None:
        """A request is done with its variant, and with its slot if it had got one."""
        if slot is not None:
            slot.busy = False
        variant.users -= 1
        self._free_retired()

    def logits(self, name: str, tokens: list[int]) -> list[float]:
        """Logits after a prompt, computed as a request would compute them."""
        if len(tokens) > self.model.info.n_ctx:
            raise BadRequest("The prompt is longer than the context.", code="context_length_exceeded")
        abort = AbortFlag()
        with self._spare(self.variant(name)) as context:
            context.begin(tokens)
            while not context.prefill(tokens, abort):
                pass
            return [float(value) for value in context.logits()]

    @property
    def tokens_computed(self) -> int:
        return self._computed_by_freed + sum(slot.context.computed for slot in self._slots())

    @property
    def contexts(self) -> int:
        return len(self._slots())

    @property
    def rss_bytes(self) -> int:
        return int(psutil.Process().memory_info().rss)

    def _slots(self) -> list[Slot]:
        return [slot for variant in (*self._variants.values(), *self._retired) for slot in variant.slots]

    @contextlib.contextmanager
    def _spare(self, variant: Variant) -> Iterator[Context]:
        """A context for work between two steps: an idle one, else one that lives only so long."""
        slot = next((slot for slot in variant.slots if not slot.busy), None)
        temporary = slot is None
        slot = slot or self._add_slot(variant)
        try:
            yield slot.context
        finally:
            if temporary:
                variant.slots.remove(slot)
                self._computed_by_freed += slot.context.computed
                slot.context.free()

    def _new_slot_if_allowed(self, variant: Variant) -> Slot | None:
        if len(variant.slots) >= self.model.info.slots:
            return None
        try:
            return self._add_slot(variant)
        except ModelUnavailable:
            if variant.slots:
                return None  # no memory for one more: wait for those that there are
            raise

    def _add_slot(self, variant: Variant) -> Slot:
        context = self.model.context()
        if variant.adapter is not None:
            context.set_adapter(variant.adapter)
        slot = Slot(context)
        variant.slots.append(slot)
        return slot

    def _free_retired(self) -> None:
        for variant in [each for each in self._retired if not each.users]:
            self._retired.remove(variant)
            self._free(variant)

    def _free(self, variant: Variant) -> None:
        for slot in variant.slots:
            self._computed_by_freed += slot.context.computed
            slot.context.free()
        variant.slots = []
        if variant.adapter is not None:
            self.model.free_adapter(variant.adapter)
            variant.adapter = None
