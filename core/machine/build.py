"""How to build llama.cpp for this machine, and whether the build that is installed fits it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

from core.machine.graphics import Gpu

NVCC_PLACES: Final = ("/usr/local/cuda/bin/nvcc", "/opt/cuda/bin/nvcc")
VULKAN_HEADERS: Final = ("/usr/include/vulkan/vulkan.h", "/usr/local/include/vulkan/vulkan.h")
LIBRARIES: Final = {"cuda": "CUDA", "hip": "ROCm", "metal": "Metal", "vulkan": "Vulkan", "sycl": "SYCL", "musa": "MUSA"}
"""Part of a ggml library's file name → what it computes on."""


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """cmake_args: for CMAKE_ARGS, empty for a plain build. uses: `cpu`, `cuda`, `metal` or `vulkan`."""

    cmake_args: str
    uses: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Tools:
    """Which compilers for graphics processors are installed: paths, empty where they are not."""

    nvcc: str = ""
    glslc: str = ""
    vulkan: str = ""


def build_flags(gpus: Sequence[Gpu], tools: Tools | None = None) -> BuildPlan:
    """CMAKE_ARGS for the best GPU that can be built for here, and a sentence that says what is done and why."""
    tools = tools or find_tools()
    if not gpus:
        return BuildPlan("", "cpu", "No GPU was found: llama.cpp is built for the processor.")
    gpu = gpus[0]
    if gpu.vendor == "apple":
        return BuildPlan("-DGGML_METAL=on", "metal", f"{gpu.name}: llama.cpp is built with Metal.")
    if gpu.vendor == "nvidia" and tools.nvcc:
        args = f"-DGGML_CUDA=on -DCMAKE_CUDA_COMPILER={tools.nvcc}"
        return BuildPlan(args, "cuda", f"{gpu.name}: llama.cpp is built with CUDA ({tools.nvcc}).")
    if tools.glslc and tools.vulkan:
        return BuildPlan("-DGGML_VULKAN=on", "vulkan", f"{gpu.name}: llama.cpp is built with Vulkan.")
    return BuildPlan("", "cpu", f"{gpu.name} is here, but llama.cpp is built for the processor: {_missing(gpu)}")


def _missing(gpu: Gpu) -> str:
    vulkan = "the Vulkan headers and glslc (Debian: libvulkan-dev glslc spirv-headers)"
    if gpu.vendor == "nvidia":
        return f"to use it, install the CUDA toolkit (nvcc), or {vulkan}, and run `make run` again."
    return f"to use it, install {vulkan}, and run `make run` again."


def find_tools() -> Tools:
    cuda_home = os.environ.get("CUDA_HOME") or os.environ.get("CUDA_PATH") or ""
    places = [str(Path(cuda_home) / "bin" / "nvcc")] if cuda_home else []
    nvcc = shutil.which("nvcc") or next((p for p in (*places, *NVCC_PLACES) if Path(p).is_file()), "")
    vulkan = os.environ.get("VULKAN_SDK", "") or next((p for p in VULKAN_HEADERS if Path(p).is_file()), "")
    return Tools(nvcc=nvcc, glslc=shutil.which("glslc") or "", vulkan=vulkan)


def library_folder() -> Path | None:
    """Where llama-cpp-python keeps its libraries; found without importing it."""
    spec = PathFinder.find_spec("llama_cpp")  # not find_spec of importlib.util, which asks sys.modules first
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "lib"


def backends(folder: Path | None = None) -> tuple[str, ...]:
    """What the installed llama.cpp computes on, from the names of its libraries; empty when it is not installed."""
    folder = folder or library_folder()
    try:
        names = sorted(path.name.lower() for path in folder.iterdir()) if folder is not None else []
    except OSError:
        return ()
    found = [label for mark, label in LIBRARIES.items() if any(f"ggml-{mark}" in name for name in names)]
    return (*found, "CPU") if any("llama" in name for name in names) else ()


def gpu_warning(gpus: Sequence[Gpu], available: Sequence[str], tools: Tools | None = None) -> str | None:
    """What `doctor` says when a GPU is here and the installed llama.cpp cannot use it."""
    if not gpus or not available or any(name != "CPU" for name in available):
        return None
    plan = build_flags(gpus, tools)
    if plan.uses == "cpu":
        return plan.sentence
    how = "CMAKE_ARGS=" + repr(plan.cmake_args) if sys.platform == "win32" else f'CMAKE_ARGS="{plan.cmake_args}"'
    rebuild = "pip install --force-reinstall --no-deps --no-cache-dir llama-cpp-python"
    return f"{gpus[0].name} is here, but this llama.cpp was built without it. Build it again: {how} {rebuild}"
