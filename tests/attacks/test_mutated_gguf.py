"""Mutated model files: the check never crashes or hangs, and what it lets through can kill the engine child only."""

from __future__ import annotations

import asyncio
import os
import struct
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from core.config import EngineConfig
from core.engine.client import EngineClient
from core.engine.gguf_check import check, check_adapter
from core.engine.records import GenerationRequest, ModelSpec, Sampling
from core.errors import ModelFileError, NightschoolError
from core.process import Backoff
from core.records import Message
from tests.models import make_adapter, make_model

EXTREMES = [0, 1, 2**7, 2**8 - 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1]
SLOWEST_CHECK_S = 5.0


def mutate(data: bytes, start_of_weights: int, random: Random) -> bytes:
    """One to four changes: mostly in the header, where they mean something."""
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        end = start_of_weights if random.random() < 0.85 else len(out)
        at = random.randrange(max(1, min(end, len(out))))
        kind = random.choice(("bit", "byte", "word", "long", "cut", "insert", "remove", "copy", "zero", "noise"))
        if kind == "bit":
            out[at] ^= 1 << random.randrange(8)
        elif kind == "byte":
            out[at] = random.randrange(256)
        elif kind == "word":
            out[at : at + 4] = struct.pack("<I", random.choice(EXTREMES) & 0xFFFFFFFF)
        elif kind == "long":
            out[at : at + 8] = struct.pack("<Q", random.choice(EXTREMES))
        elif kind == "cut" and random.random() < 0.3:
            del out[at:]
        elif kind == "insert":
            out[at:at] = random.randbytes(random.choice((1, 4, 8, 32)))
        elif kind == "remove":
            del out[at : at + random.choice((1, 4, 8, 32))]
        elif kind == "copy":
            other = random.randrange(len(out))
            size = random.choice((4, 16, 64, 256))
            out[at : at + size] = out[other : other + size]
        elif kind == "zero":
            out[at : at + 16] = bytes(len(out[at : at + 16]))
        elif kind == "noise":
            out[at : at + 64] = random.randbytes(len(out[at : at + 64]))
        if not out:
            break
    return bytes(out)


def retyped(data: bytes, random: Random) -> bytes:
    """A sound header whose numbers are wrong: one stated size is another, the lengths all agree."""
    key = random.choice(
        (
            b"block_count",
            b"embedding_length",
            b"head_count",
            b"head_count_kv",
            b"feed_forward_length",
            b"dimension_count",
        )
    )
    out = bytearray(data)
    at = out.find(key) + len(key) + 4
    out[at : at + 4] = struct.pack("<I", random.choice((0, 1, 2, 3, 5, 7, 64, 65, 4096, 2**31 - 1, 2**32 - 1)))
    return bytes(out)


def sources(folder: Path) -> list[tuple[bytes, int]]:
    made = [make_model(folder / f"{arch}.gguf", arch=arch, n_embd=32, n_ff=64) for arch in ("llama", "qwen2")]
    return [(path.read_bytes(), check(path).data_offset) for path in made]


async def ready(client: EngineClient) -> None:
    """The child is back after a crash."""
    async with asyncio.timeout(60):
        while client.pid is None or client._child.state != "ready":
            await asyncio.sleep(0.02)


async def use(client: EngineClient, path: Path) -> str:
    """Load, ask and chat; the name of how that ended. Nothing stays loaded, so that a restart brings nothing back."""
    try:
        async with asyncio.timeout(120):
            await client.load(ModelSpec(path=str(path), n_ctx=128, slots=1))
            sampling = Sampling(temperature=0.0, max_tokens=4)
            messages = [Message(role="user", content="Hi")]
            for request in (
                GenerationRequest(prompt="The quick", sampling=sampling),
                GenerationRequest(messages=messages, sampling=sampling),
            ):
                async for _ in client.generate(request):
                    pass
        outcome = "answered"
    except NightschoolError as error:
        outcome = type(error).__name__
    await ready(client)
    await client.unload()
    return outcome


async def attack(folder: Path, count: int, loads: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """(what the check said, how loading ended) for `count` mutations, of which at most `loads` are loaded."""
    random, checked, loaded = Random(seed), Counter[str](), Counter[str]()
    originals = sources(folder)
    parent = os.getpid()
    client = EngineClient(EngineConfig(), backoff=Backoff(first=0.01, factor=1.0, tries=100_000))
    await client.start()
    try:
        for _ in range(count):
            data, start = random.choice(originals)
            path = folder / "mutant.gguf"
            path.write_bytes(retyped(data, random) if random.random() < 0.15 else mutate(data, start, random))
            began = time.perf_counter()
            try:
                check(path)
                verdict = "passed"
            except ModelFileError:
                verdict = "refused"
            assert time.perf_counter() - began < SLOWEST_CHECK_S
            checked[verdict] += 1
            if verdict == "passed" and loaded.total() < loads:
                loaded[await use(client, path)] += 1
        assert os.getpid() == parent
        good = folder / "good.gguf"
        make_model(good)
        assert await use(client, good) == "answered", "after all that, a good model is loaded and answers"
    finally:
        await client.stop()
    return checked, loaded


@pytest.mark.slow
async def test_mutated_ggufs_kill_only_the_child(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checked, loaded = await attack(tmp_path, count=250, loads=25, seed=1)
    assert checked["refused"] > 100
    assert loaded.total() > 5
    with capsys.disabled():
        print(f"\nmutations: {dict(checked)}, loaded: {dict(loaded)}")


@pytest.mark.prove
@pytest.mark.timeout(3600)
async def test_two_thousand_mutated_ggufs_kill_only_the_child(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checked, loaded = await attack(tmp_path, count=2000, loads=2000, seed=2)
    assert checked["refused"] > 1000
    with capsys.disabled():
        print(f"\nmutations: {dict(checked)}, loaded: {dict(loaded)}")


def test_mutated_adapters_never_crash_the_check(tmp_path: Path) -> None:
    base = make_model(tmp_path / "base.gguf", n_embd=32, n_ff=64)
    header = check(base)
    data = make_adapter(tmp_path / "adapter.gguf", base).read_bytes()
    random, path = Random(3), tmp_path / "mutant.gguf"
    refused = 0
    for _ in range(300):
        path.write_bytes(mutate(data, 1200, random))
        began = time.perf_counter()
        try:
            check_adapter(path, header)
        except ModelFileError:
            refused += 1
        assert time.perf_counter() - began < SLOWEST_CHECK_S
    assert refused > 100
