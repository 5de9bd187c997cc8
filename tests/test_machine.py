"""What is said of this machine is so, and what cannot be known is said to be unknown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.machine import Gpu, backends, build_flags, detect, gpu_warning
from core.machine.build import Tools, library_folder
from core.machine.graphics import _drm, _nvidia_proc
from core.machine.memory import _within_group, disk_space, memory_space
from core.machine.power import Power, _from_sys
from core.machine.processor import Processor, _physical, _quota

ROOT = Path(__file__).parents[1]


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


def test_this_machine_as_psutil_sees_it(tmp_path: Path) -> None:
    machine = detect(tmp_path)
    assert machine.processor.logical == psutil.cpu_count()
    assert machine.processor.allowed == len(psutil.Process().cpu_affinity() or [])
    assert 1 <= machine.processor.usable_cores <= machine.processor.logical
    assert machine.memory.total is not None
    assert machine.memory.total <= psutil.virtual_memory().total
    assert machine.memory.free is not None
    assert abs(machine.memory.free - psutil.virtual_memory().available) < 0.2 * machine.memory.total
    assert machine.disk.free == pytest.approx(psutil.disk_usage(str(tmp_path)).free, rel=0.05)
    assert machine.backends[-1] == "CPU"
    json.dumps(machine.as_dict())


def test_a_folder_that_is_not_there_yet_has_a_disk(tmp_path: Path) -> None:
    assert disk_space(tmp_path / "a" / "b").total == disk_space(tmp_path).total is not None


def test_without_any_package(tmp_path: Path) -> None:
    """As `make run` calls it: before anything is installed (-S: no site-packages)."""
    for arguments in ([], ["--build-flags"]):
        command = [sys.executable, "-S", "-E", "-m", "core.machine", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
        if arguments:
            assert done.stdout.strip() == build_flags(detect().gpus).cmake_args
            assert len(done.stderr.strip().splitlines()) == 1
            assert done.stderr.strip().endswith(".")
        else:
            assert json.loads(done.stdout)["processor"]["logical"] == os.cpu_count()


# Power


def supply(folder: Path, name: str, **values: str) -> None:
    for key, value in values.items():
        put(folder / name / key, value)


def test_power_of_desks_and_laptops(tmp_path: Path) -> None:
    assert _from_sys(tmp_path / "missing") == Power("unknown")
    assert _from_sys(tmp_path) == Power("mains")
    supply(tmp_path, "BAT0", type="Battery", status="Discharging", capacity="73", scope="System")
    supply(tmp_path, "AC", type="Mains", online="0")
    assert _from_sys(tmp_path) == Power("battery", 73.0)
    supply(tmp_path, "AC", online="1")
    assert _from_sys(tmp_path) == Power("mains", 73.0)
    supply(tmp_path, "BAT0", status="Charging")
    assert _from_sys(tmp_path) == Power("mains", 73.0)


def test_a_mouse_with_a_battery_is_no_laptop(tmp_path: Path) -> None:
    supply(tmp_path, "hidpp_battery_0", type="Battery", status="Discharging", capacity="40", scope="Device")
    assert _from_sys(tmp_path) == Power("mains")


def test_a_battery_that_tells_nothing(tmp_path: Path) -> None:
    supply(tmp_path, "BAT0", type="Battery", status="Unknown", capacity="nonsense")
    assert _from_sys(tmp_path) == Power("mains", None)


# Processor and memory


def test_hyper_threads_are_not_cores(tmp_path: Path) -> None:
    for cpu in range(8):
        put(tmp_path / f"cpu{cpu}" / "topology" / "thread_siblings_list", f"{cpu % 4},{cpu % 4 + 4}")
    put(tmp_path / "cpufreq" / "x", "1")
    assert _physical(frozenset(range(8)), tmp_path) == 4
    assert _physical(frozenset({0, 4}), tmp_path) == 1
    assert _physical(frozenset({0, 1, 4}), tmp_path) == 2


def test_quotas(tmp_path: Path) -> None:
    assert _quota(tmp_path / "cpu.max", tmp_path / "v1") is None
    put(tmp_path / "cpu.max", "max 100000")
    assert _quota(tmp_path / "cpu.max", tmp_path / "v1") is None
    put(tmp_path / "cpu.max", "150000 100000")
    assert _quota(tmp_path / "cpu.max", tmp_path / "v1") == 1.5
    put(tmp_path / "v1" / "cpu.cfs_quota_us", "-1")
    put(tmp_path / "v1" / "cpu.cfs_period_us", "100000")
    assert _quota(tmp_path / "missing", tmp_path / "v1") is None
    put(tmp_path / "v1" / "cpu.cfs_quota_us", "400000")
    assert _quota(tmp_path / "missing", tmp_path / "v1") == 4.0


@pytest.mark.parametrize(
    ("processor", "cores", "threads"),
    [
        (Processor(16, 8, 16, None, 0.0), 8, 7),
        (Processor(16, 8, 4, None, 0.0), 4, 3),
        (Processor(16, 8, 16, 2.5, 0.0), 2, 1),
        (Processor(16, None, 16, 0.5, None), 1, 1),
        (Processor(1, 1, 1, None, 0.0), 1, 1),
    ],
)
def test_cores_to_plan_with(processor: Processor, cores: int, threads: int) -> None:
    assert (processor.usable_cores, processor.threads) == (cores, threads)


def test_memory_within_a_container(tmp_path: Path) -> None:
    put(tmp_path / "meminfo", "MemTotal:       16000 kB\nMemFree: 10 kB\nMemAvailable:    8000 kB\nnonsense")
    whole = memory_space(tmp_path / "meminfo", tmp_path)
    assert (whole.total, whole.free) == (16000 * 1024, 8000 * 1024)
    put(tmp_path / "memory.max", "max")
    assert _within_group(whole, tmp_path) == whole
    put(tmp_path / "memory.max", str(4000 * 1024))
    put(tmp_path / "memory.current", str(3000 * 1024))
    limited = _within_group(whole, tmp_path)
    assert (limited.total, limited.free) == (4000 * 1024, 1000 * 1024)
    put(tmp_path / "memory.current", str(9000 * 1024))
    assert _within_group(whole, tmp_path).free == 0


# Graphics and how llama.cpp is built for them


def test_cards_of_the_kernel(tmp_path: Path) -> None:
    for name, vendor in (("card0", "0x1af4"), ("card1", "0x1002"), ("card1-DP-1", "0x1002"), ("renderD128", "0x1002")):
        put(tmp_path / name / "device" / "vendor", vendor)
    put(tmp_path / "card1" / "device" / "product_name", "Radeon Something")
    put(tmp_path / "card1" / "device" / "mem_info_vram_total", "1000")
    put(tmp_path / "card1" / "device" / "mem_info_vram_used", "400")
    assert _drm(tmp_path) == (Gpu("amd", "Radeon Something", 1000, 600),)
    assert _drm(tmp_path / "missing") == ()


def test_cards_of_a_driver_without_its_tool(tmp_path: Path) -> None:
    put(tmp_path / "0000:01:00.0" / "information", "Model: \t\t NVIDIA H200\nIRQ: 5")
    assert _nvidia_proc(tmp_path) == (Gpu("nvidia", "NVIDIA H200"),)


NOTHING, ALL = Tools(), Tools(nvcc="/usr/local/cuda/bin/nvcc", glslc="/usr/bin/glslc", vulkan="/usr/include/vulkan.h")
NVIDIA, AMD, APPLE = Gpu("nvidia", "GeForce"), Gpu("amd", "Radeon"), Gpu("apple", "Apple M4")


@pytest.mark.parametrize(
    ("gpus", "tools", "uses", "flags", "said"),
    [
        ([], ALL, "cpu", "", "No GPU was found"),
        ([NVIDIA], ALL, "cuda", "-DGGML_CUDA=on", "CUDA"),
        ([NVIDIA, AMD], Tools(glslc="g", vulkan="v"), "vulkan", "-DGGML_VULKAN=on", "Vulkan"),
        ([NVIDIA], NOTHING, "cpu", "", "install the CUDA toolkit"),
        ([AMD], ALL, "vulkan", "-DGGML_VULKAN=on", "Vulkan"),
        ([AMD], Tools(glslc="g"), "cpu", "", "glslc"),
        ([APPLE], NOTHING, "metal", "-DGGML_METAL=on", "Metal"),
    ],
)
def test_build_flags(gpus: list[Gpu], tools: Tools, uses: str, flags: str, said: str) -> None:
    plan = build_flags(gpus, tools)
    assert (plan.uses, plan.cmake_args.split(" ")[0]) == (uses, flags)
    assert said in plan.sentence


def test_backends_by_their_libraries(tmp_path: Path) -> None:
    assert backends(tmp_path) == ()
    for name in ("libllama.so", "libggml.so", "libggml-cpu.so"):
        (tmp_path / name).touch()
    assert backends(tmp_path) == ("CPU",)
    (tmp_path / "libggml-cuda.so").touch()
    assert backends(tmp_path) == ("CUDA", "CPU")
    folder = library_folder()
    assert folder is not None
    assert any("llama" in path.name for path in folder.iterdir())


def test_the_doctor_warns_of_an_unused_gpu() -> None:
    assert gpu_warning([], ["CPU"], ALL) is None
    assert gpu_warning([NVIDIA], ["CUDA", "CPU"], ALL) is None
    assert "-DGGML_CUDA=on" in (gpu_warning([NVIDIA], ["CPU"], ALL) or "")
    assert "install the CUDA toolkit" in (gpu_warning([NVIDIA], ["CPU"], NOTHING) or "")
    assert gpu_warning([NVIDIA], [], ALL) is None
