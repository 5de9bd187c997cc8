"""The card beside the GGUF: what it was made from, what it can do as measured, and the file's hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.simulate.student.examine import ABILITIES
from core.simulate.world import DEMO_SEED

if TYPE_CHECKING:
    from core.simulate.student.train import Trainer

AIMS = {
    "closed book": 0.98,
    "unknown: I do not know": 0.98,
    "3 past": 0.95,
    "5 past": 0.90,
    "3 past, shared entity or attribute": 0.85,
    "irrelevant past: I do not know": 0.95,
    "near past: I do not know": 0.95,
    "past beats memory": 0.95,
    "memory beside irrelevant past": 0.99,
}
"""What was aimed at, where a number was."""


def path_of(gguf: Path) -> Path:
    """Where the card of this GGUF is."""
    return gguf.with_suffix(".json")


def read(gguf: Path) -> dict[str, Any]:
    """The card of this GGUF; empty where there is none yet."""
    path = path_of(gguf)
    card: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return card


def sha256(gguf: Path) -> str:
    """The hash of the file, in hexadecimal."""
    return hashlib.sha256(gguf.read_bytes()).hexdigest()


def write_training(gguf: Path, trainer: Trainer, notes: Sequence[str]) -> None:
    """What was trained, and for how long; what was measured on an earlier file is dropped."""
    _write(
        gguf,
        {
            "name": "Nightschool demo student",
            "license": "Apache-2.0",
            "world_seed": DEMO_SEED,
            "parameters": sum(p.numel() for p in trainer.network.parameters()),
            "shape": asdict(trainer.network.shape),
            "plan": asdict(trainer.plan),
            "steps": trainer.step,
            "tokens": trainer.tokens,
            "seconds": round(trainer.seconds),
            "history": list(notes),
        },
    )


def write_results(gguf: Path, results: dict[str, float], count: int) -> None:
    """Add what was measured, with the hash of the file that it was measured on."""
    measured = {"through": "the engine, greedy", "questions_each": count, "results": results}
    _write(gguf, {**read(gguf), "sha256": sha256(gguf), "measured": measured})


def _write(gguf: Path, card: dict[str, Any]) -> None:
    path_of(gguf).write_text(json.dumps(card, indent=2, sort_keys=True) + "\n")


def table(card: dict[str, Any]) -> str:
    """What was measured, as a Markdown table: the documentation holds exactly this."""
    lines = ["| asked | right | aim |", "|---|---|---|"]
    for ability in ABILITIES:
        share = card["measured"]["results"][ability]
        aim = f"{AIMS[ability]:.2f}{'' if share >= AIMS[ability] else ', missed'}" if ability in AIMS else ""
        lines.append(f"| {ability} | {share:.3f} | {aim} |")
    return "\n".join(lines)
