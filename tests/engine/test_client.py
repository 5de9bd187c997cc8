"""The engine through its real child: load, stream, cancel, refuse, crash and come back, sleep and wake."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest

from core.config import EngineConfig
from core.engine.client import EngineClient
from core.engine.records import GenerationRequest, ModelSpec, Sampling
from core.errors import BadRequest, Busy, ModelFileError, ModelUnavailable, NotFound
from core.process import Backoff, ChildDied
from core.records import Message
from tests import models
from tests.engine.conftest import collect


def ask(text: str = "What is it?", *, variant: str = "base", max_tokens: int = 16, **sampling: object):
    settings = {"temperature": 0.0, "max_tokens": max_tokens, **sampling}
    return GenerationRequest(
        variant=variant, messages=[Message(role="user", content=text)], sampling=Sampling(**settings)
    )


def long(max_tokens: int = 400, *, variant: str = "base", **sampling: object) -> GenerationRequest:
    """Never ends by itself: the end-of-answer tokens are forbidden."""
    return ask(variant=variant, max_tokens=max_tokens, logit_bias={0: -100.0, 2: -100.0}, **sampling)


async def wait_for(what, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.01)


async def test_load_says_what_is_there(client: EngineClient) -> None:
    assert client.state == "ready" and client.info is not None
    assert client.info.architecture == "llama" and client.info.slots == 2 and client.info.n_ctx == 512
    assert client.info.threads == max(1, min(psutil.cpu_count(logical=False) or 1, len(os.sched_getaffinity(0))) - 1)
    assert client.info.memory.kv_bytes > 0 and client.info.chat_template


async def test_stream_is_token_by_token_and_ends_with_usage(client: EngineClient) -> None:
    text, last, chunks = await collect(client, ask())
    assert text and len(chunks) > 3
    assert last.finish_reason in ("stop", "length") and last.usage is not None
    assert last.usage.prompt_tokens == await client.count_tokens("x") + last.usage.prompt_tokens - 1
    assert 0 < last.usage.completion_tokens <= 16 and last.ttft_ms is not None
    assert last.duration_ms is not None and last.duration_ms >= last.ttft_ms
    assert all(chunk.finish_reason is None for chunk in chunks[:-1])


async def test_same_seed_same_text_other_seed_other_text(client: EngineClient) -> None:
    texts = [(await collect(client, long(20, temperature=1.0, seed=seed)))[0] for seed in (7, 7, 8)]
    assert texts[0] == texts[1] != texts[2]


async def test_closing_the_stream_stops_computing(client: EngineClient) -> None:
    stream = client.generate(long())
    for _ in range(5):
        await anext(stream)
    await stream.aclose()
    await wait_for_idle(client)
    computed = (await client.stats()).tokens_computed
    await asyncio.sleep(0.2)
    after = await client.stats()
    assert after.tokens_computed == computed and after.cancelled == 1 and after.active == 0
    whole = (await collect(client, long()))[1].usage
    assert whole is not None and computed < whole.prompt_tokens + whole.completion_tokens


async def wait_for_idle(client: EngineClient) -> None:
    async with asyncio.timeout(10):
        while (await client.stats()).active:
            await asyncio.sleep(0.005)


async def test_interleaved_streams_make_progress_together(slow: EngineClient) -> None:
    order: list[str] = []

    async def run(name: str) -> None:
        async for chunk in slow.generate(long(60)):
            if chunk.text:
                order.append(name)

    await asyncio.gather(run("one"), run("two"))
    middle = order[len(order) // 3 : len(order) * 2 // 3]  # whoever asked first is ahead at the start
    assert min(middle.count("one"), middle.count("two")) > len(middle) // 4


async def test_full_queue_is_busy_and_the_rest_is_served(slow: EngineClient) -> None:
    """Two slots, four may wait: of nine at once three are refused, and every other one is answered whole."""
    results = await asyncio.gather(*(collect(slow, long(60)) for _ in range(9)), return_exceptions=True)
    refused = [each for each in results if isinstance(each, Busy)]
    answered = [each for each in results if not isinstance(each, BaseException)]
    assert len(refused) == 3 and len(answered) == 6
    assert len({each[0] for each in answered}) == 1
    assert (await slow.stats()).refused == 3


async def test_a_changed_queue_is_felt_by_the_next_request_and_survives_a_restart(slow: EngineClient) -> None:
    await slow.configure(EngineConfig(queue=1))
    for _ in range(2):
        results = await asyncio.gather(*(collect(slow, long(40)) for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(each, Busy) for each in results) == 2
        assert slow.pid is not None
        os.kill(slow.pid, signal.SIGKILL)
        await wait_for(lambda: slow.state != "ready")


async def test_waiting_requests_are_served_in_order_and_do_not_block_other_variants(
    slow: EngineClient, slow_model: Path, tmp_path: Path
) -> None:
    await slow.attach("a", models.make_adapter(tmp_path / "a.gguf", slow_model))
    ended: list[str] = []

    async def run(name: str, request: GenerationRequest) -> None:
        await collect(slow, request)
        ended.append(name)

    tasks = []
    for name, request in (
        ("base1", long(80)),
        ("base2", long(80)),
        ("base3", long(20)),
        ("base4", long(20)),
        ("a", long(20, variant="a")),
    ):
        tasks.append(asyncio.create_task(run(name, request)))
        await asyncio.sleep(0.01)
    await asyncio.gather(*tasks)
    assert ended[0] == "a" and ended.index("base3") < ended.index("base4")


async def test_cancelled_while_waiting_computes_nothing(slow: EngineClient) -> None:
    holders = [asyncio.create_task(collect(slow, long(60))) for _ in range(2)]
    await wait_for_active(slow, 2)
    waiting = asyncio.create_task(collect(slow, ask("word " * 300)))
    await wait_for_depth(slow, 1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await wait_for_depth(slow, 0)
    usages = [(await holder)[1].usage for holder in holders]
    stats = await slow.stats()
    probe = 4 * 16
    assert stats.cancelled == 1
    assert stats.tokens_computed <= probe + sum(u.prompt_tokens + u.completion_tokens for u in usages if u)


async def test_cancelled_in_the_middle_of_the_prompt_stops_within_one_chunk(slow: EngineClient) -> None:
    before = (await slow.stats()).tokens_computed
    running = asyncio.create_task(collect(slow, ask("word " * 900)))
    await wait_for_active(slow, 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await wait_for_idle(slow)
    computed = (await slow.stats()).tokens_computed - before
    assert computed < 900 and computed % 64 == 0
    await asyncio.sleep(0.1)
    assert (await slow.stats()).tokens_computed - before == computed
    assert (await collect(slow, ask()))[0]  # the aborted context is usable


async def wait_for_active(client: EngineClient, count: int) -> None:
    async with asyncio.timeout(10):
        while (await client.stats()).active != count:
            await asyncio.sleep(0.002)


async def wait_for_depth(client: EngineClient, count: int) -> None:
    async with asyncio.timeout(10):
        while (await client.stats()).queue_depth != count:
            await asyncio.sleep(0.002)


async def test_a_detached_variant_finishes_its_answer(client: EngineClient, adapters: dict[str, Path]) -> None:
    await client.attach("a", adapters["a"])
    whole = (await collect(client, long(300, variant="a")))[0]
    stream = client.generate(long(300, variant="a"))
    text = (await anext(stream)).text
    await client.detach("a")
    with pytest.raises(NotFound):
        await collect(client, ask(variant="a"))
    text += "".join([chunk.text async for chunk in stream])
    assert text == whole
    assert [variant.name for variant in await client.variants()] == ["base"]


async def test_too_long_a_prompt_is_refused_before_anything_is_computed(client: EngineClient) -> None:
    before = (await client.stats()).tokens_computed
    for words in (600, 1_000_000):
        with pytest.raises(BadRequest) as caught:
            await collect(client, ask("word " * words))
        assert caught.value.code == "context_length_exceeded"
    assert (await client.stats()).tokens_computed == before


async def test_the_end_of_the_context_ends_the_answer_with_length(client: EngineClient) -> None:
    request = GenerationRequest(prompt="a b c " * 80, sampling=long(max_tokens=100_000).sampling)
    last = (await collect(client, request))[1]
    assert last.finish_reason == "length" and last.usage is not None
    assert last.usage.prompt_tokens + last.usage.completion_tokens == 512


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (ask(variant="none"), NotFound),
        (ask(logit_bias={100_000: 1.0}), BadRequest),
        (GenerationRequest(prompt="x", grammar="root ::= ((("), BadRequest),
        (GenerationRequest(prompt="x", messages=[Message(role="user", content="x")]), BadRequest),
        (GenerationRequest(messages=[]), BadRequest),
        (ask(temperature=-1.0), BadRequest),
        (ask(temperature=float("nan")), BadRequest),
        (ask(top_k=2**40), BadRequest),
        (ask(seed=2**70), BadRequest),
        (ask(logit_bias={1: float("inf")}), BadRequest),
        (ask(logit_bias={2**40: 1.0}), BadRequest),
        (GenerationRequest(prompt="x", json_schema={"const": 10**30}), BadRequest),
        (GenerationRequest(prompt="\ud800"), BadRequest),
    ],
)
async def test_wrong_requests_are_refused_and_harm_nothing(client: EngineClient, request_, error) -> None:
    pid = client.pid
    with pytest.raises(error):
        await collect(client, request_)
    assert (await collect(client, ask()))[0] and client.pid == pid


async def test_killed_in_mid_answer_ends_the_stream_and_comes_back(
    client: EngineClient, adapters: dict[str, Path]
) -> None:
    await client.attach("a", adapters["a"])
    before = (await collect(client, ask(variant="a")))[0]
    stream = client.generate(long())
    await anext(stream)
    assert client.pid is not None
    os.kill(client.pid, signal.SIGKILL)
    with pytest.raises(ChildDied) as died:
        async for _ in stream:
            pass
    assert died.value.ending == "killed"
    assert (await collect(client, ask(variant="a")))[0] == before  # waits for the restart, the model and the variant
    assert client.state == "ready" and client.restarts == 1 and client.ending == "killed"


async def test_a_request_right_after_the_kill_is_answered(client: EngineClient) -> None:
    text = (await collect(client, ask()))[0]
    for _ in range(3):
        process = psutil.Process(client.pid)
        process.kill()
        psutil.wait_procs([process], timeout=5)  # dead and gone, while this loop has heard nothing of it yet
        assert (await collect(client, ask()))[0] == text


async def test_segfault_is_a_crash_and_gives_up_at_last(model: Path) -> None:
    client = EngineClient(EngineConfig(), backoff=Backoff(first=0.01, tries=2))
    await client.start(ModelSpec(path=str(model)))
    try:
        for _ in range(3):
            await wait_for(lambda: client.state in ("ready", "failed"))
            if client.pid is not None:
                os.kill(client.pid, signal.SIGSEGV)
            await wait_for(lambda: client.state != "ready")
        await wait_for(lambda: client.state == "failed")
        assert client.ending == "crashed"
        with pytest.raises(ModelUnavailable):
            await collect(client, ask())
    finally:
        await client.stop()


async def test_nothing_loaded_is_said_at_once() -> None:
    client = EngineClient(EngineConfig())
    with pytest.raises(ModelUnavailable):
        await collect(client, ask())
    await client.start()
    try:
        assert client.state == "unloaded"
        with pytest.raises(ModelUnavailable):
            await collect(client, ask())
    finally:
        await client.stop()
    assert client.state == "stopped" and client.pid is None


async def test_a_bad_model_is_refused_and_the_present_one_stays(client: EngineClient, tmp_path: Path) -> None:
    text = (await collect(client, ask()))[0]
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\0" * 100)
    nan = models.make_model(tmp_path / "nan.gguf", fill=float("nan"))
    flat = models.make_model(tmp_path / "flat.gguf", fill=0.0)
    for path in (tmp_path / "broken.gguf", tmp_path / "missing.gguf", nan, flat):
        with pytest.raises(ModelFileError):
            await client.load(ModelSpec(path=str(path)))
        assert client.state == "ready" and (await collect(client, ask()))[0] == text


async def test_a_model_that_kills_the_child_does_not_keep_the_present_one_away(
    client: EngineClient, slow_model: Path
) -> None:
    text = (await collect(client, ask()))[0]
    loading = asyncio.create_task(client.load(ModelSpec(path=str(slow_model))))
    await wait_for(lambda: client.state == "loading")
    assert client.pid is not None
    os.kill(client.pid, signal.SIGSEGV)
    with pytest.raises(ChildDied):
        await loading
    assert (await collect(client, ask()))[0] == text and client.info is not None and client.info.name == "tiny"


async def test_unload_is_refused_while_answers_are_made(slow: EngineClient) -> None:
    stream = slow.generate(long(100))
    await anext(stream)
    with pytest.raises(Busy):
        await slow.unload()
    assert len([chunk async for chunk in stream]) > 50 and slow.state == "ready"


async def test_another_model_waits_for_the_answers_under_way(slow: EngineClient, model: Path) -> None:
    stream = slow.generate(long(60))
    await anext(stream)
    loading = asyncio.create_task(slow.load(ModelSpec(path=str(model))))
    await wait_for(lambda: slow.state == "loading")
    later = asyncio.create_task(collect(slow, ask()))
    assert [chunk.finish_reason async for chunk in stream][-1] == "length"
    assert (await loading).name == "tiny" and (await later)[1].finish_reason


async def test_another_model_is_not_forced_upon_an_answer_that_does_not_end(slow_model: Path, model: Path) -> None:
    client = EngineClient(EngineConfig(start_timeout_s=0.2))
    await client.start(ModelSpec(path=str(slow_model)))
    try:
        stream = client.generate(long(1500))
        await anext(stream)
        with pytest.raises(Busy):
            await client.load(ModelSpec(path=str(model)))
        assert client.state == "ready" and client.info is not None and client.info.name == "slow"
        assert (await anext(stream)).finish_reason is None
        await stream.aclose()
        assert (await collect(client, ask()))[0]
    finally:
        await client.stop()


async def test_requests_wait_for_the_first_load_and_are_told_when_it_fails(model: Path, tmp_path: Path) -> None:
    client = EngineClient(EngineConfig())
    starting = asyncio.create_task(client.start(ModelSpec(path=str(model))))
    await wait_for(lambda: client.state != "stopped")
    assert (await collect(client, ask()))[0]
    await starting
    await client.stop()
    client = EngineClient(EngineConfig())
    with pytest.raises(ModelFileError):
        await client.start(ModelSpec(path=str(tmp_path / "missing.gguf")))
    with pytest.raises(ModelUnavailable, match=r"missing\.gguf"):
        await collect(client, ask())
    assert client.state == "unloaded"
    await client.stop()


async def test_another_architecture_can_take_its_place(client: EngineClient, tmp_path: Path) -> None:
    info = await client.load(ModelSpec(path=str(models.make_model(tmp_path / "qwen.gguf", arch="qwen2", dtype="f16"))))
    assert info.architecture == "qwen2" and (await collect(client, ask()))[0]


async def test_unload_frees_and_load_brings_back(client: EngineClient, model: Path) -> None:
    await client.unload()
    assert client.state == "unloaded" and client.info is None
    with pytest.raises(ModelUnavailable):
        await collect(client, ask())
    await client.load(ModelSpec(path=str(model)))
    assert (await collect(client, ask()))[0]


async def test_idle_unload_and_waking(model: Path, adapters: dict[str, Path]) -> None:
    states: list[str] = []
    client = EngineClient(EngineConfig(idle_unload_minutes=0.5 / 60), on_state=states.append)
    await client.start(ModelSpec(path=str(model)))
    try:
        await client.attach("a", adapters["a"])
        text = (await collect(client, ask(variant="a")))[0]
        await wait_for(lambda: client.state == "unloaded")
        assert client.asleep and client.info is not None
        assert [variant.name for variant in await client.variants()] == ["base", "a"]
        await wait_for_contexts(client, 0)
        assert (await collect(client, ask(variant="a")))[0] == text
        assert states[-1] == "ready" and "unloaded" in states
    finally:
        await client.stop()


async def wait_for_contexts(client: EngineClient, count: int) -> None:
    async with asyncio.timeout(5):
        while (await client.stats()).contexts != count:
            await asyncio.sleep(0.01)
