"""`doctor`'s checks of the student: llama.cpp's build, the graphics processor, the model and its memory."""

from __future__ import annotations

import subprocess

import msgspec

from core.cli.findings import Check, LlamaFindings
from core.cli.output import size
from core.config import Config
from core.engine.memory import Fit
from core.engine.records import ModelSpec
from core.errors import NightschoolError
from core.machine import Gpu, backends, find_gpus, gpu_warning
from core.paths import Home
from core.process import name_ending, python_child, python_environment
from core.server.student import chosen_model

PROBE = "core.cli.llama_probe"
PROBE_S = 60


def check_student(place: Home, config: Config) -> list[Check]:
    """Three checks: the build, the GPU, the model."""
    try:
        path, missing = chosen_model(place, config, None), None
    except NightschoolError as error:
        path, missing = None, error
    found = probe(spec_of(str(path or ""), config))
    model = (
        Check("model", "failed", missing.message, missing.hint or "`nightschool models list` shows those there are.")
        if missing is not None
        else check_model(path.name if path else "", found)
    )
    return [check_build(found), check_gpu(find_gpus(), backends(), found), model]


def spec_of(path: str, config: Config) -> ModelSpec:
    engine = config.engine
    return ModelSpec(
        path=path, n_ctx=engine.n_ctx, gpu_layers=engine.gpu_layers, threads=engine.threads, slots=engine.slots
    )


def probe(spec: ModelSpec) -> LlamaFindings | str:
    """What a process with llama.cpp in it sees; a sentence where that process did not live to tell."""
    try:
        done = subprocess.run(
            python_child(PROBE),
            input=msgspec.json.encode(spec),
            capture_output=True,
            timeout=PROBE_S,
            env=python_environment(),
        )
    except subprocess.TimeoutExpired:
        return f"llama.cpp did not load within {PROBE_S} s."
    if done.returncode == 0:
        return msgspec.json.decode(done.stdout, type=LlamaFindings)
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [""]
    return (
        f"A process that loads llama.cpp {name_ending(done.returncode, False)} ({done.returncode}). {last[0]}".strip()
    )


def check_build(found: LlamaFindings | str) -> Check:
    if isinstance(found, str):
        hint = "Build it again: pip install --force-reinstall --no-deps --no-cache-dir llama-cpp-python"
        return Check("llama.cpp", "failed", found, hint)
    kind = "can use a GPU" if found.gpu_offload else "for the processor only"
    return Check("llama.cpp", "ok", f"llama-cpp-python {found.version}, built {kind}; {found.threads} threads.")


def check_gpu(gpus: tuple[Gpu, ...], built_for: tuple[str, ...], found: LlamaFindings | str) -> Check:
    """A warning where a GPU is here and the build cannot use it, or can and does not reach it."""
    if not gpus:
        return Check("gpu", "ok", "No GPU was found; the processor does it.")
    names = ", ".join(gpu.name for gpu in gpus)
    warning = gpu_warning(gpus, built_for)
    if warning is not None:
        return Check("gpu", "warning", warning)
    if isinstance(found, LlamaFindings) and found.gpu_offload and not found.free_gpu:
        return Check(
            "gpu", "warning", f"{names}: llama.cpp is built for it but reaches none of its memory.", "Check the driver."
        )
    free = f", {size(found.free_gpu)} free" if isinstance(found, LlamaFindings) and found.free_gpu else ""
    return Check("gpu", "ok", f"{names}{free}; llama.cpp computes on {', '.join(built_for)}.")


def check_model(name: str, found: LlamaFindings | str) -> Check:
    if isinstance(found, str):
        return Check("model", "skipped", f"{name}: not tried, because llama.cpp does not load.")
    if found.plan is None:
        return Check("model", "failed", f"{name}: {found.problem or 'it cannot be placed'}", found.hint)
    return Check("model", "ok", f"{name}: {describe(found.plan)} of {size(found.free_ram)} free.")


def describe(plan: Fit) -> str:
    """The estimate in words: the same figures that the engine plans with."""
    need = plan.estimate
    where = f", {size(need.on_gpu)} of it on the GPU ({plan.gpu_layers} layers)" if need.on_gpu else ""
    return (
        f"needs {size(need.total)}{where} (weights {size(need.weights_bytes)}, {need.contexts} contexts of "
        f"{plan.n_ctx} tokens {size(need.kv_bytes)})"
    )
