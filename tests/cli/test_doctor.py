"""`nightschool doctor` and `status`: what is broken is found, named, and has something to be done about it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.cli import model_checks
from core.cli.findings import Check, LlamaFindings
from core.cli.model_checks import check_gpu
from core.database import Database
from core.machine import Gpu
from core.paths import Home
from core.server import presence
from tests.cli.command import Nightschool
from tests.cli.recorded import ask_recorded
from tests.models import make_model


def examined(nightschool: Nightschool, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    outcome = nightschool("doctor", "--quick", "--json", *arguments)
    report = json.loads(outcome.stdout)
    assert report["ok"] is (outcome.status == 0)
    return outcome.status, {check["name"]: check for check in report["checks"]}


@pytest.fixture
def tiny(nightschool: Nightschool, tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    make_model(path)
    nightschool.json("models", "add", str(path))
    nightschool.json("models", "use", "tiny")
    return path


def test_a_fresh_home_is_in_order(nightschool: Nightschool, tiny: Path) -> None:
    status, checks = examined(nightschool)
    assert status == 0, checks
    assert {"python", "home", "disk", "settings", "database", "index", "llama.cpp", "gpu", "model"} <= set(checks)
    assert {"embedder", "keyring", "server"} <= set(checks)
    assert "weights" in checks["model"]["message"], "the memory estimate is shown"
    assert "Everything that has to work works." in nightschool("doctor", "--quick").stdout


def test_a_broken_setting_is_named(nightschool: Nightschool, home: Home) -> None:
    home.config_file.write_text("[server]\nport = -1\n")
    status, checks = examined(nightschool)
    assert status == 1
    assert "port" in checks["settings"]["message"]


def test_a_damaged_database_is_found(nightschool: Nightschool, tiny: Path, home: Home) -> None:
    with Database.open(home) as database:
        for number in range(50):
            ask_recorded(database, f"t{number}", f"Question {number} " * 50)
    data = bytearray(home.database.read_bytes())
    for at in range(8192, len(data), 4096):
        data[at : at + 512] = b"\xff" * 512
    home.database.write_bytes(bytes(data))
    status, checks = examined(nightschool)
    assert (status, checks["database"]["state"]) == (1, "failed")


def test_a_taken_port_is_found(nightschool: Nightschool, tiny: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nightschool.json("config", "set", "server.port", str(taken.getsockname()[1]))
        status, checks = examined(nightschool)
    assert (status, checks["server"]["state"]) == (1, "failed")
    assert "taken" in checks["server"]["message"]


def test_a_home_that_others_can_read_is_a_warning_not_a_failure(
    nightschool: Nightschool, tiny: Path, home: Home
) -> None:
    home.root.chmod(0o755)
    status, checks = examined(nightschool)
    assert (status, checks["home"]["state"]) == (0, "warning")


def test_an_index_that_is_behind_is_told(nightschool: Nightschool, tiny: Path, database: Database) -> None:
    ask_recorded(database, "one", "What?")
    nightschool.json("feedback", "one", "up")
    _, checks = examined(nightschool)
    assert checks["index"]["state"] == "warning"
    assert "0 of 1" in checks["index"]["message"]
    counts = nightschool.json("status")["counts"]
    assert (counts["accepted"], counts["exemplars"], counts["indexed"]) == (1, 1, 0)


def test_a_model_that_does_not_fit_is_told_with_figures(nightschool: Nightschool, tiny: Path) -> None:
    nightschool.json("config", "set", "engine.n_ctx", "4096")
    status, checks = examined(nightschool)
    assert (status, checks["model"]["state"]) == (1, "failed")
    assert "4096" in checks["model"]["message"]


def test_a_chosen_teacher_needs_a_key(nightschool: Nightschool, tiny: Path) -> None:
    nightschool.json("config", "set", "teacher.provider", "anthropic")
    status, checks = examined(nightschool)
    assert (status, checks["keyring"]["state"]) == (1, "failed")


NVIDIA = Gpu("nvidia", "NVIDIA Something", 8 * 2**30, 7 * 2**30)


def findings(*, gpu_offload: bool, free_gpu: int) -> LlamaFindings:
    return LlamaFindings(version="0", gpu_offload=gpu_offload, threads=1, free_ram=2**30, free_gpu=free_gpu)


def test_a_gpu_that_the_build_cannot_use_is_a_warning() -> None:
    check = check_gpu((NVIDIA,), ("CPU",), findings(gpu_offload=False, free_gpu=0))
    assert check.state == "warning"
    assert "NVIDIA Something" in check.message


def test_a_gpu_that_the_build_can_use_but_does_not_reach_is_a_warning() -> None:
    assert check_gpu((NVIDIA,), ("CUDA", "CPU"), findings(gpu_offload=True, free_gpu=0)).state == "warning"
    assert check_gpu((NVIDIA,), ("CUDA", "CPU"), findings(gpu_offload=True, free_gpu=2**30)).state == "ok"
    assert check_gpu((), ("CPU",), findings(gpu_offload=False, free_gpu=0)) == Check(
        "gpu", "ok", "No GPU was found; the processor does it."
    )


def test_a_llama_that_kills_its_process_is_told_by_its_ending(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A build for another processor ends with SIGILL; the doctor itself must live."""
    (tmp_path / "crashes.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    monkeypatch.setattr(model_checks, "PROBE", "crashes")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = model_checks.probe(model_checks.spec_of("/nowhere.gguf", model_checks.Config()))
    assert isinstance(found, str)
    assert "crashed" in found
    assert model_checks.check_build(found).state == "failed"
    assert model_checks.check_model("m", found).state == "skipped"


@pytest.mark.slow
def test_the_embedder_is_proven_by_embedding(nightschool: Nightschool, tiny: Path) -> None:
    report = json.loads(nightschool("doctor", "--json").stdout)
    check = next(check for check in report["checks"] if check["name"] == "embedder")
    assert (check["state"], "384" in check["message"]) == ("ok", True)


def test_status_of_an_empty_home_explains_itself(nightschool: Nightschool, home: Home) -> None:
    told = nightschool.json("status")
    assert set(told) >= {"counts", "model", "variant", "server", "home", "version"}
    assert set(told["counts"]) >= {"traces", "feedback", "accepted", "indexed"}
    assert set(told["counts"].values()) == {0}
    assert "nightschool ask" in nightschool("status").stdout


def test_status_does_not_guess_at_a_broken_config(nightschool: Nightschool, home: Home) -> None:
    home.config_file.write_text("x = [")
    outcome = nightschool("status")
    assert (outcome.status, outcome.stdout) == (1, "")
    assert "not valid TOML" in outcome.stderr


def test_status_tells_of_a_running_server_whose_key_is_gone(nightschool: Nightschool, home: Home) -> None:
    presence.announce(home, "http://127.0.0.1:1", home.token_file)
    state = nightschool.json("status")["server"]
    assert state["running"]
    assert "key is gone" in state["problem"]


def test_status_starts_no_native_code() -> None:
    probe = "import sys, core.cli.status; print(*sorted(m for m in sys.modules if '.' not in m))"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert {"torch", "llama_cpp", "transformers", "hnswlib"} & set(loaded.stdout.split()) == set()
