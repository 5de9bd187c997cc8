"""Whether a student fits into this machine's memory, reckoned before it is loaded, from its file's header. Blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from core.records import Record

if TYPE_CHECKING:
    from core.config import EngineConfig

translate = QCoreApplication.translate


class Look(Record, frozen=True):
    """What a student's file says, and what loading it would take. Sizes in bytes; slots: answers made at once."""

    architecture: str
    parameters: int
    trained_context: int
    needed: int
    on_gpu: int
    free_memory: int
    free_gpu: int
    n_ctx: int
    slots: int
    fits: bool


def look(path: str, engine: EngineConfig) -> Look:
    """As the engine itself would plan it. Raises ModelFileError where the file cannot be used."""
    from core.engine import gguf_check
    from core.engine.memory import fit
    from core.machine import find_gpus
    from core.machine.memory import memory_space

    header = gguf_check.check(path)
    memory = memory_space().free or 0
    graphics = sum(gpu.memory_free or 0 for gpu in find_gpus()) if gpu_is_used() else 0
    plan = fit(header, graphics, memory, n_ctx=engine.n_ctx, gpu_layers=engine.gpu_layers, slots=engine.slots)
    return Look(
        architecture=header.architecture,
        parameters=header.n_params,
        trained_context=header.n_ctx_train,
        needed=plan.estimate.total,
        on_gpu=plan.estimate.on_gpu,
        free_memory=memory,
        free_gpu=graphics,
        n_ctx=plan.n_ctx,
        slots=plan.slots,
        fits=plan.fits,
    )


def gpu_is_used() -> bool:
    """Whether the llama.cpp that is installed reaches any; asked without loading it."""
    from core.machine import backends

    return any(name != "CPU" for name in backends())


def words(found: Look, chosen: bool) -> str:
    """The estimate in sentences."""
    from desktop.settings.downloads import amount

    where = translate("Students", ", {gpu} of it on the GPU").format(gpu=amount(found.on_gpu)) if found.on_gpu else ""
    said = translate(
        "Students",
        "{parameters} parameters ({architecture}). Loaded, it takes about {needed} of memory{where}, with room for"
        " {context} tokens a conversation; {free} are free now.",
    ).format(
        parameters=count(found.parameters),
        architecture=found.architecture,
        needed=amount(found.needed),
        where=where,
        context=found.n_ctx,
        free=amount(found.free_memory + (found.free_gpu if found.on_gpu else 0)),
    )
    if found.fits or chosen:
        return said
    warning = translate(
        "Students",
        "It will not fit into the memory that is free now. Close other programs, choose a smaller student, or set a"
        " shorter context below.",
    )
    return f"{warning} {said}"


def count(n: int) -> str:
    """1.5 B, 360 M, 40 k."""
    for unit, size in (("B", 10**9), ("M", 10**6), ("k", 10**3)):
        if n >= size:
            return f"{QLocale().toString(n / size, 'f', 1)} {unit}"
    return str(n)
