"""`python -m core.simulate.student --out resources/demo-student.gguf`: train, export, examine, write the card.

Everything but the clock's share is in `Plan` and `Shape`; `--minutes` ends a run early, `--resume` continues it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer

from core.simulate.student import card, export, tokenizer, train
from core.simulate.student.examine import examine
from core.simulate.student.network import Shape
from core.simulate.student.sitting import sitting


def main() -> None:
    """Read the arguments and do the steps that they ask for."""
    arguments = _parser().parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    arguments.work.mkdir(parents=True, exist_ok=True)
    if not arguments.examine:
        trainer = train.Trainer(_tokenizer(arguments.work), train.Plan(), Shape())
        checkpoint = arguments.work / "checkpoint.pt"
        if arguments.resume:
            trainer.load(checkpoint)
        if arguments.minutes > 0:
            train.run(trainer, checkpoint, arguments.minutes, train.log_line)
        export.write(trainer.network, trainer.batches.tokenizer, arguments.out)
        card.write_training(arguments.out, trainer, arguments.note)
    with sitting(arguments.out) as answer:
        results = examine(answer, arguments.count)
    card.write_results(arguments.out, results, arguments.count)


def _tokenizer(work: Path) -> Tokenizer:
    """The tokenizer of this run: made once, then kept beside the checkpoint."""
    path = work / "tokenizer.json"
    if not path.exists():
        tokenizer.build().save(str(path))
    return Tokenizer.from_file(str(path))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core.simulate.student", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the GGUF to write; its card goes beside it, as .json")
    parser.add_argument("--work", type=Path, default=Path(".cache/demo-student"), help="where checkpoints are kept")
    parser.add_argument("--minutes", type=float, default=150, help="stop training after this long; 0 only exports")
    parser.add_argument("--resume", action="store_true", help="continue from the checkpoint in --work")
    parser.add_argument("--examine", action="store_true", help="only examine the GGUF that is there")
    parser.add_argument("--count", type=int, default=200, help="questions of each ability")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--note", action="append", default=[], help="a line for the card's history")
    return parser


if __name__ == "__main__":
    main()
