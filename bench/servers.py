"""Serving, side by side: raw loop, llama-cpp-python's server, llama-server, and ours with grounding off and on.

`python -m bench.servers [--passes 5] [--tokens 128] [--out bench/out/servers.json]`. The same GGUF and threads for
all; contenders take turns within a pass and the order rotates, so that the machine's drift hits all alike. Ratios
are taken pass by pass and their median is quoted. A stream that ends before it was asked to is counted as truncated.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx2

from bench import contenders
from bench.contenders import Contender
from bench.model import make

WORDS = "harbor ledger window copper valley signal garden margin bridge candle engine forest".split()  # noqa: SIM905
VOCABULARY = "vendor/llama.cpp/models/ggml-vocab-qwen2.gguf"


@dataclass
class Stream:
    """One streamed answer: seconds to the first text and to the end, pieces of text seen, and whether it was whole."""

    ttft: float
    duration: float
    pieces: int
    whole: bool


@dataclass
class Round:
    """One contender at one concurrency in one pass."""

    contender: str
    concurrency: int
    turn: int
    tokens_per_s: float
    ttft_p50: float
    ttft_p95: float
    completed: int
    total: int
    rss_mb: float


async def ask(client: httpx2.AsyncClient, contender: Contender, tokens: int, prompt: str) -> Stream:
    body = {"model": contender.model, "stream": True, "max_tokens": tokens, "temperature": 0, **contender.body}
    body["messages"] = [{"role": "user", "content": prompt}]
    start, first, pieces, finish = time.perf_counter(), 0.0, 0, None
    try:
        url = f"{contender.url}/v1/chat/completions"
        async with client.stream("POST", url, json=body, headers=contender.headers) as response:
            async for line in response.aiter_lines():
                choice = parse(line)
                if choice.get("delta", {}).get("content"):
                    first = first or time.perf_counter() - start
                    pieces += 1
                finish = choice.get("finish_reason") or finish
    except httpx2.TransportError:
        finish = None
    duration = time.perf_counter() - start
    return Stream(first or duration, duration, pieces, finish == "length")


def parse(line: str) -> dict[str, Any]:
    """The first choice of one server-sent event; empty for anything else."""
    if not line.startswith("data: {"):
        return {}
    choices: list[dict[str, Any]] = json.loads(line[6:]).get("choices") or [{}]
    return choices[0]


def prompts(generator: random.Random, count: int) -> list[str]:
    """Prompts of about 100 tokens with nothing in common, so that no prefix cache helps anybody."""
    return [" ".join(generator.choice(WORDS) + str(generator.randrange(1000)) for _ in range(24)) for _ in range(count)]


async def measure(contender: Contender, concurrency: int, turn: int, tokens: int, each: int) -> Round:
    generator = random.Random(f"{turn}/{concurrency}")
    async with httpx2.AsyncClient(timeout=300) as client:

        async def user(mine: Iterable[str]) -> list[Stream]:
            return [await ask(client, contender, tokens, prompt) for prompt in mine]

        start = time.perf_counter()
        users = [user(prompts(generator, each)) for _ in range(concurrency)]
        streams = [stream for done in await asyncio.gather(*users) for stream in done]
        elapsed = time.perf_counter() - start
    whole = [stream for stream in streams if stream.whole]
    first = sorted(stream.ttft * 1000 for stream in streams)
    return Round(
        contender.name, concurrency, turn, len(whole) * tokens / elapsed, statistics.median(first),
        first[min(len(first) - 1, int(0.95 * len(first)))], len(whole), len(streams), contender.rss_mb(),
    )  # fmt: skip


async def run(field: list[Contender], passes: int, tokens: int) -> list[Round]:
    rounds = []
    for contender in field:
        await measure(contender, 1, -1, 16, 1)
    for turn in range(passes):
        for concurrency in (1, 2, 4):
            order = field[turn % len(field) :] + field[: turn % len(field)]
            for contender in order:
                if contender.name == "raw loop" and concurrency > 1:
                    continue
                rounds.append(await measure(contender, concurrency, turn, tokens, 4 if concurrency == 1 else 2))
                print(json.dumps(asdict(rounds[-1])), flush=True)
    return rounds


def ratio(rounds: list[Round], ours: str, theirs: str, concurrency: int) -> float:
    """Median over passes of our tokens/s over theirs in the same pass."""
    by_turn = {(r.contender, r.turn): r.tokens_per_s for r in rounds if r.concurrency == concurrency}
    turns = {turn for name, turn in by_turn if name == theirs}
    return statistics.median(by_turn[ours, turn] / max(by_turn[theirs, turn], 1e-9) for turn in turns)


def table(rounds: list[Round]) -> str:
    """Markdown: medians over passes, and the ratios."""
    lines = [
        "| server | streams | tokens/s | TTFT p50 ms | TTFT p95 ms | whole/all | RSS MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(r.contender for r in rounds):
        for concurrency in (1, 2, 4):
            mine = [r for r in rounds if r.contender == name and r.concurrency == concurrency]
            if mine:
                lines.append(row(name, concurrency, mine))
    names = {r.contender for r in rounds}
    for ours in sorted(name for name in names if name.startswith("ours")):
        for theirs in ("llama-server", "llama-cpp-python", "raw loop"):
            for concurrency in (1, 2, 4) if theirs in names else ():
                if theirs != "raw loop" or concurrency == 1:
                    lines.append(
                        f"\n{ours} / {theirs}, {concurrency} streams: {ratio(rounds, ours, theirs, concurrency):.2f}"
                    )
    return "\n".join(lines)


def row(name: str, concurrency: int, mine: list[Round]) -> str:
    def middle(key: str) -> float:
        return statistics.median(getattr(r, key) for r in mine)

    whole = f"{sum(r.completed for r in mine)}/{sum(r.total for r in mine)}"
    return (
        f"| {name} | {concurrency} | {middle('tokens_per_s'):.0f} | {middle('ttft_p50'):.0f} "
        f"| {middle('ttft_p95'):.0f} | {whole} | {middle('rss_mb'):.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=Path(".cache/bench"))
    parser.add_argument("--out", type=Path, default=Path("bench/out/servers.json"))
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    cache = options.cache.absolute()
    source = contenders.fetch_sdist(cache)
    model = make(source / VOCABULARY, cache / "bench-45m-q8_0.gguf")
    field: list[Contender] = []
    homes = Path(tempfile.mkdtemp(prefix="nightschool-bench-"))
    try:
        field.append(contenders.start_raw_loop(model, options.threads))
        field.append(contenders.start_llama_server(contenders.build_llama_server(cache), model, options.threads, 4))
        field.append(contenders.start_python_server(contenders.build_python_server(cache), model, options.threads))
        for grounding in (False, True):
            home = homes / str(grounding)
            field.append(contenders.start_ours(home, model, options.threads, 4, grounding=grounding))
        rounds = asyncio.run(run(field, options.passes, options.tokens))
    finally:
        for contender in field:
            contender.stop()
        shutil.rmtree(homes)
    options.out.write_text(json.dumps([asdict(r) for r in rounds], indent=1))
    print(table(rounds))


if __name__ == "__main__":
    main()
