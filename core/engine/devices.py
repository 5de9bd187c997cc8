"""What llama.cpp may use here: processor threads, free memory, and the GPU that this build can reach."""

from __future__ import annotations

import ctypes
import math
import os
from pathlib import Path
from typing import Any

import msgspec
import psutil

from core.engine.llama import lib

GPU_TYPES = (1, 2)  # enum ggml_backend_dev_type: GPU, IGPU


class Memory(msgspec.Struct, frozen=True):
    """Free bytes now; `gpu` is 0 where this build of llama.cpp reaches none."""

    ram: int
    gpu: int


def threads(asked: int = 0) -> int:
    """`asked`, or physical cores - 1, at least 1: with every core in use decoding collapses (FACTS)."""
    if asked:
        return asked
    physical = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    return max(1, min(physical, _allowed()) - 1)


def _allowed() -> int:
    """Processors that this process may use: its affinity and its cgroup's quota."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(affinity, _quota(Path("/sys/fs/cgroup/cpu.max"), affinity))


def _quota(file: Path, default: int) -> int:
    try:
        quota, period = file.read_text().split()
    except (OSError, ValueError):
        return default
    return default if quota == "max" else max(1, math.floor(int(quota) / int(period)))


def free_memory() -> Memory:
    return Memory(ram=psutil.virtual_memory().available, gpu=_gpu_free())


def _gpu_free() -> int:
    """Free bytes of all GPUs together, as ggml's backends state them."""
    if not lib.llama_supports_gpu_offload():
        return 0
    ggml = _ggml()
    total = 0
    for index in range(ggml.ggml_backend_dev_count()):
        device = ctypes.c_void_p(ggml.ggml_backend_dev_get(ctypes.c_size_t(index)))
        if ggml.ggml_backend_dev_type(device) in GPU_TYPES:
            free, size = ctypes.c_size_t(), ctypes.c_size_t()
            ggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(size))
            total += free.value
    return total


def _ggml() -> Any:
    """libggml, which llama.cpp's library has loaded already; the binding does not declare these functions."""
    folder = Path(str(lib._base_path))
    library = next(path for name in ("libggml.so", "libggml.dylib", "ggml.dll") if (path := folder / name).exists())
    ggml = ctypes.CDLL(str(library))
    ggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    ggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    return ggml
