"""What a request answers never depends on what else runs or ran: text and logits, bit for bit.

Two variants over one base; random requests, some sharing prefixes, at random moments, some cancelled in the middle;
each answer is compared with what the same request gives alone in a context that was never used.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.config import EngineConfig
from core.engine.client import EngineClient
from core.engine.records import Chunk, GenerationRequest, ModelSpec, Sampling
from tests import models

WORDS = [
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "lazy",
    "dog",
    "what",
    "capital",
    "island",
    "answer",
    "past",
    "work",
    "verify",
    "number",
    "result",
]
Outcome = tuple[str, tuple[float, ...], bytes]
"""Text, log-probabilities of every step, and the whole logits after the prompt, as bytes."""


def make_requests(count: int, seed: int) -> list[GenerationRequest]:
    """Greedy, with every logprob: the exact logits of every step, as far as a softmax shows them."""
    chance = random.Random(seed)
    stems = [" ".join(chance.choices(WORDS, k=size)) for size in (0, 90, 130, 170)]
    return [
        GenerationRequest(
            variant=chance.choice(("base", "a")),
            prompt=f"{chance.choice(stems)} {' '.join(chance.choices(WORDS, k=chance.randint(1, 30)))}",
            sampling=Sampling(temperature=0, max_tokens=chance.randint(1, 24)),
            logprobs=True,
            top_logprobs=20,
        )
        for _ in range(count)
    ]


async def outcome(client: EngineClient, request: GenerationRequest) -> Outcome:
    chunks: list[Chunk] = [chunk async for chunk in client.generate(request)]
    numbers = [top.logprob for chunk in chunks for entry in chunk.logprobs or () for top in entry.top]
    assert request.prompt is not None
    logits = np.array(await client.logits(request.variant, request.prompt))
    return "".join(chunk.text for chunk in chunks), tuple(numbers), logits.tobytes()


async def alone(client: EngineClient, request: GenerationRequest, spec: ModelSpec, adapter: Path) -> Outcome:
    """The same request in contexts that were never used: the model is loaded anew for it."""
    await client.load(spec)
    if request.variant != "base":
        await client.attach(request.variant, adapter)
    return await outcome(client, request)


async def disturb(client: EngineClient, requests: list[GenerationRequest], chance: random.Random) -> None:
    """Somebody who asks and walks away in the middle of the prompt or of the answer."""
    for request in requests:
        stream = client.generate(request)
        for _ in range(chance.randint(0, 3)):
            await anext(stream, None)
        await stream.aclose()
        await asyncio.sleep(chance.random() * 0.01)


async def run_interleaved(client: EngineClient, requests: list[GenerationRequest], seed: int) -> list[Outcome]:
    chance, gate = random.Random(seed), asyncio.Semaphore(6)

    async def one(request: GenerationRequest) -> Outcome:
        async with gate:
            await asyncio.sleep(chance.random() * 0.005)
            return await outcome(client, request)

    noise = asyncio.create_task(disturb(client, make_requests(len(requests) // 5, seed + 1), chance))
    results = await asyncio.gather(*(one(request) for request in requests))
    await noise
    return results


async def prove(folder: Path, count: int, *, arch: str = "llama", seed: int = 5, threads: int = 0) -> None:
    model = models.make_model(folder / "base.gguf", arch=arch, seed=seed)
    adapter = models.make_adapter(folder / "a.gguf", model, seed=seed)
    spec, requests = ModelSpec(path=str(model), slots=2, threads=threads), make_requests(count, seed)
    client = EngineClient(EngineConfig(queue=64))
    await client.start(spec)
    try:
        await client.attach("a", adapter)
        together = await run_interleaved(client, requests, seed)
        cached = (await client.stats()).cached_tokens
        expected = [await alone(client, request, spec, adapter) for request in requests]
    finally:
        await client.stop()
    assert cached > 0, "nothing was reused: the test does not test the cache"
    assert len({text for text, _, _ in expected}) > count // 4, "the model says the same to everything"
    wrong = [i for i in range(count) if together[i] != expected[i]]
    assert not wrong, f"{len(wrong)} of {count} answers depend on what else ran, first: {requests[wrong[0]].prompt!r}"


async def test_sixty_interleaved_requests_equal_each_alone(tmp_path: Path) -> None:
    await prove(tmp_path, 60)


@pytest.mark.slow
async def test_qwen_shape_too(tmp_path: Path) -> None:
    await prove(tmp_path, 40, arch="qwen2", seed=9)


@pytest.mark.slow
async def test_two_threads_too(tmp_path: Path) -> None:
    await prove(tmp_path, 24, seed=6, threads=2)


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_thousand_interleaved_requests_equal_each_alone(tmp_path: Path) -> None:
    await prove(tmp_path, 1000, seed=11)


async def test_logits_are_bit_identical_whatever_the_cache_holds(client: EngineClient) -> None:
    """Whole logits vectors: fresh, after the same prompt, after a longer one, after a shorter one."""
    prompts = [" ".join(WORDS * times) for times in (1, 3, 5, 9)]
    fresh = {}
    for prompt in prompts:
        assert client.info is not None
        await client.load(ModelSpec(path=client.info.path))
        fresh[prompt] = np.array(await client.logits("base", prompt))
    for prompt in (*prompts, *reversed(prompts), *prompts[::2], prompts[1], prompts[1]):
        assert np.array_equal(np.array(await client.logits("base", prompt)), fresh[prompt])


async def test_variants_differ_from_the_base_and_from_each_other(
    client: EngineClient, adapters: dict[str, Path]
) -> None:
    for name, path in adapters.items():
        report = await client.attach(name, path)
        assert report.effect.max_difference > 100 * report.effect.noise and report.effect.argmax_changed
    rows = [np.array(await client.logits(name, "the quick brown fox")) for name in ("base", "a", "b")]
    assert all(np.abs(x - y).max() > 0.1 for x, y in ((rows[0], rows[1]), (rows[0], rows[2]), (rows[1], rows[2])))
    await client.detach("a")
    again = np.array(await client.logits("base", "the quick brown fox"))
    assert np.array_equal(again, rows[0])


@pytest.mark.slow
async def test_a_second_variant_costs_its_adapter_and_its_context_only(tmp_path: Path) -> None:
    """Weights of 100 MB: were they copied for the variant, the resident size would show it."""
    model = models.make_model(tmp_path / "big.gguf", n_embd=768, n_layers=4, n_heads=12, n_heads_kv=4, n_ff=2048)
    adapter = models.make_adapter(tmp_path / "a.gguf", model)
    client = EngineClient(EngineConfig())
    info = None
    await client.start()
    try:
        info = await client.load(ModelSpec(path=str(model), n_ctx=512, slots=1))
        await client.logits("base", "warm")
        before = resident(client)
        report = await client.attach("a", adapter)
        await client.logits("a", "warm")
        growth = resident(client) - before
    finally:
        await client.stop()
    cost = report.memory
    promised = cost.adapter_bytes + cost.kv_bytes + cost.compute_bytes
    print(f"weights {info.size_bytes}, growth {growth}, promised {promised}: {cost}")
    assert info.size_bytes > 80e6 and growth < promised + 8e6 < info.size_bytes / 3


def resident(client: EngineClient) -> int:
    assert client.pid is not None
    return int(psutil.Process(client.pid).memory_info().rss)
