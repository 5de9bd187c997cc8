"""The loaded model: its weights, its vocabulary, and what is known of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.engine import devices
from core.engine.context import CPU_CHUNK, GPU_CHUNK, Context
from core.engine.gguf_check import GgufHeader, check
from core.engine.llama import last_error, lib
from core.engine.memory import Fit, estimate, fit
from core.engine.records import ModelInfo, ModelSpec
from core.engine.vocabulary import Vocabulary
from core.errors import ModelFileError, ModelUnavailable

MOST_SLOTS = 4


class Model:
    """One GGUF in memory. Raises ModelFileError for a bad file, ModelUnavailable where it does not fit."""

    def __init__(self, spec: ModelSpec) -> None:
        self.header = check(spec.path)
        plan = make_plan(self.header, spec, devices.free_memory())
        self._pointer = _load(Path(spec.path), plan.gpu_layers)
        try:
            self.vocabulary = Vocabulary(self._pointer)
            if not self.vocabulary.size:
                raise ModelFileError("This model has no vocabulary.", hint="Choose a chat model in GGUF format.")
            self.info = self._describe(spec, plan)
        except BaseException:
            self.free()
            raise

    def _describe(self, spec: ModelSpec, plan: Fit) -> ModelInfo:
        header = self.header
        return ModelInfo(
            name=header.name or Path(spec.path).stem,
            path=spec.path,
            fingerprint=header.fingerprint,
            architecture=header.architecture,
            n_params=lib.llama_model_n_params(self._pointer),
            n_ctx=plan.n_ctx,
            n_ctx_train=lib.llama_model_n_ctx_train(self._pointer),
            gpu_layers=plan.gpu_layers,
            threads=devices.threads(spec.threads),
            slots=plan.slots,
            vocab_size=self.vocabulary.size,
            chat_template=header.chat_template,
            size_bytes=header.size_bytes,
            memory=plan.estimate,
        )

    def context(self) -> Context:
        """A new, empty context. Raises ModelUnavailable where there is no memory for it."""
        chunk = GPU_CHUNK if self.info.gpu_layers else CPU_CHUNK
        return Context(self._pointer, self.info.n_ctx, self.info.threads, self.vocabulary.size, chunk)

    def adapter(self, path: Path) -> Any:
        """A LoRA in memory. The file must have been checked; what llama.cpp still refuses is a ModelFileError."""
        pointer = lib.llama_adapter_lora_init(self._pointer, str(path).encode())
        if not pointer:  # NULL comes back as a falsy pointer object, not as None
            raise ModelFileError(f"The adapter cannot be used. {last_error()}", hint="Choose an adapter of this model.")
        return pointer

    def free_adapter(self, adapter: Any) -> None:
        lib.llama_adapter_lora_free(adapter)

    def memory(self, contexts: int) -> Any:
        """The estimate for so many contexts as there are now."""
        return estimate(self.header, self.info.n_ctx, self.info.gpu_layers, contexts)

    def free(self) -> None:
        """Every context must have been freed before; adapters go with the model."""
        if self._pointer:
            lib.llama_model_free(self._pointer)
            self._pointer = None


def make_plan(header: GgufHeader, spec: ModelSpec, free: devices.Memory) -> Fit:
    """Context length, GPU layers and slots, from the one estimator.

    More slots cost nothing until they are used, but the plan must hold when they are. Raises ModelUnavailable.
    """
    if spec.n_ctx > header.n_ctx_train > 0:
        raise ModelUnavailable(
            f"engine.n_ctx is {spec.n_ctx}, but this model was made for {header.n_ctx_train} tokens.",
            hint="Set engine.n_ctx to 0.",
        )
    for slots in (spec.slots,) if spec.slots else (MOST_SLOTS, 0):
        plan = fit(header, free.gpu, free.ram, n_ctx=spec.n_ctx, gpu_layers=spec.gpu_layers, slots=slots)
        if plan.fits:
            return plan
    raise ModelUnavailable(
        f"The model needs about {plan.estimate.total / 2**30:.1f} GiB; {free.ram / 2**30:.1f} GiB are free.",
        hint="Close other programs, set engine.n_ctx lower, or choose a smaller model.",
    )


def _load(path: Path, gpu_layers: int) -> Any:
    params = lib.llama_model_default_params()
    params.n_gpu_layers = gpu_layers
    pointer = lib.llama_model_load_from_file(str(path).encode(), params)
    if not pointer:
        raise ModelFileError(f"llama.cpp cannot load this model. {last_error()}", hint="Fetch the file again.")
    return pointer
