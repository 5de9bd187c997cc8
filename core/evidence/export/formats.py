"""The datasets as others want them: OpenAI's and Anthropic's fine-tuning files, and a folder for Hugging Face.

Whatever they cannot say is left out and counted. Who was forgotten, and what a person said no to, is asked again: the
datasets may be older than that.
Sources: https://platform.openai.com/docs/guides/supervised-fine-tuning and .../direct-preference-optimization;
https://platform.claude.com/cookbook/finetuning-finetuning-on-bedrock.
"""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from core.errors import NightschoolError
from core.evidence.export.card import write_card_of
from core.evidence.export.proof import ROWS, Row, lineages
from core.evidence.export.said_since import Earlier, imitated, refused_now
from core.evidence.partitions import write_lines
from core.evidence.records import CORRECTION, Dataset, Lineage, PreferenceRow, SftRow, Split
from core.evidence.stage import Work
from core.records import Message, Record

Format = Literal["openai", "anthropic", "hf"]
SPLITS: tuple[Split, ...] = ("train", "validation")
_encode = msgspec.json.Encoder().encode


class Written(Record, frozen=True):
    """What was written. files: name in the folder → rows. left_out: by reason."""

    format: Format
    folder: str
    files: dict[str, int]
    left_out: dict[str, int]


class Unsayable(Exception):
    """A row that the format has no words for; the message is a reason to count by."""


class CannotExport(NightschoolError):
    """There is nothing to export, or nowhere to put it."""

    code, status, title = "cannot_export", 400, "This cannot be exported"


def write_as(work: Work, format: Format, folder: Path) -> Written:
    """Replaces the files of this format in `folder`. Raises CannotExport, Cancelled, and OSError where the
    disk is full or a dataset cannot be read.

    The folder lies outside of what "forget" reaches: it is made again, or deleted, by whoever asked for it.
    """
    if folder.resolve().is_relative_to(work.home.root.resolve()):
        raise CannotExport("The folder lies in Nightschool's own home.", hint="Choose one outside of it.")
    if not any((work.home.datasets / name).is_dir() for name in ROWS):
        raise CannotExport("There are no datasets yet.", hint="Make them first: nightschool evidence run")
    try:
        return _Export(work, format, folder).written()
    except OSError as error:
        there = Path(str(error.filename)).is_relative_to(folder)
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or not there:
            raise
        raise CannotExport(
            f"{folder} cannot be written: {error.strerror}.", hint="Choose another folder with --out."
        ) from error


class _Export:
    def __init__(self, work: Work, format: Format, folder: Path) -> None:
        self._work = work
        self._format: Format = format
        self._folder = folder
        self._files: dict[str, int] = {}
        self._left_out: Counter[str] = Counter()
        self._earlier = Earlier(work.database)
        self._deleted = work.database.traces.deleted_ids()
        self._forgotten = work.database.forgotten.all()

    def written(self) -> Written:
        if self._format == "hf":
            self._hugging_face()
        else:
            for dataset, say in SAYING[self._format].items():
                for split in SPLITS:
                    self._write(f"{dataset}-{split}.jsonl", self._said(dataset, split, say))
        return Written(
            format=self._format,
            folder=str(self._folder),
            files=self._files,
            left_out=dict(sorted(self._left_out.items())),
        )

    def _write(self, name: str, lines: Iterator[bytes]) -> bool:
        facts = write_lines(self._folder / name, lines)
        if facts is not None:
            self._files[name] = facts.rows
        return facts is not None

    def _said(self, dataset: Dataset, split: Split, say: Callable[[Any], Any]) -> Iterator[bytes]:
        for row, _ in self._rows(dataset, split):
            try:
                yield _encode(say(row))
            except Unsayable as why:
                self._left_out[str(why)] += 1

    def _rows(self, dataset: Dataset, split: Split) -> Iterator[tuple[Row, bytes]]:
        """Read as strictly as they were written."""
        decode = msgspec.json.Decoder(ROWS[dataset]).decode
        folder = self._work.home.datasets / dataset
        for path in sorted(folder.glob("*.jsonl") if dataset == "rag" else folder.glob(f"{split}/*.jsonl")):
            self._work.pause_point()
            with path.open("rb", buffering=1 << 20) as file:
                for line in file:
                    row = decode(line)
                    if self._is_gone(lineages(dataset, row)):
                        self._left_out["forgotten"] += 1
                    elif any(refused_now(self._work.database, one) for one in imitated(row)):
                        self._left_out["refused since"] += 1
                    elif isinstance(row, SftRow) and self._learns_all and self._earlier.was_refused(row):
                        self._left_out["an earlier answer in it was refused"] += 1
                    else:
                        yield row, line.rstrip(b"\n")

    @property
    def _learns_all(self) -> bool:
        """Whether a trainer may learn every answer of an example: Anthropic's form cannot say which."""
        return self._format == "anthropic"

    def _is_gone(self, way_back: Sequence[Lineage]) -> bool:
        return any(
            one.run_id.removesuffix(CORRECTION) in self._deleted or one.sig_hash in self._forgotten for one in way_back
        )

    def _hugging_face(self) -> None:
        there: dict[Dataset, dict[str, str]] = {}
        for dataset in ROWS:
            for split in SPLITS[:1] if dataset == "rag" else SPLITS:
                name = f"data/{dataset}-{split}.jsonl"
                if self._write(name, (line for _, line in self._rows(dataset, split))):
                    there.setdefault(dataset, {})[split] = name
        write_card_of(self._folder / "README.md", "Nightschool", there)


def openai_example(row: SftRow) -> dict[str, Any]:
    """Only the last answer is to be learned: those before it may have been refused, and OpenAI trains on all of them
    that do not weigh 0."""
    before = ({**one, "weight": 0} if one["role"] == "assistant" else one for one in openai_messages(row.prompt))
    return {"messages": [*before, *openai_messages(row.completion)]}


def openai_pair(row: PreferenceRow) -> dict[str, Any]:
    return {
        "input": {"messages": openai_messages(row.prompt), "tools": [], "parallel_tool_calls": True},
        "preferred_output": openai_messages(row.chosen),
        "non_preferred_output": openai_messages(row.rejected),
    }


def openai_messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Raises Unsayable."""
    said = []
    for message in messages:
        if message.role == "tool" and not message.tool_call_id:
            raise Unsayable("a tool's answer to no call")
        if message.content is None and not message.tool_calls:
            raise Unsayable("an empty message")
        if any(not _is_openai_call(call) for call in message.tool_calls or ()):
            raise Unsayable("a tool call of another make")
        fields = msgspec.structs.asdict(message)
        said.append({name: value for name, value in fields.items() if value is not None and value != []})
    return said


def _is_openai_call(call: dict[str, Any]) -> bool:
    function = call.get("function")
    return (
        isinstance(call.get("id"), str)
        and call.get("type") == "function"
        and isinstance(function, dict)
        and isinstance(function.get("name"), str)
        and isinstance(function.get("arguments"), str)
    )


def anthropic_example(row: SftRow) -> dict[str, Any]:
    """At least two messages, the first the user's, the last the assistant's, in turns, and no key besides."""
    system = "\n\n".join(message.content or "" for message in row.prompt if message.role == "system")
    turns: list[dict[str, str]] = []
    for message in (*row.prompt, *row.completion):
        if message.role == "tool" or message.tool_calls:
            raise Unsayable("tools")
        if message.role == "system":
            continue
        if turns and turns[-1]["role"] == message.role:
            turns[-1]["content"] += "\n\n" + (message.content or "")
        else:
            turns.append({"role": message.role, "content": message.content or ""})
    if not turns or turns[0]["role"] != "user" or turns[-1]["role"] != "assistant":
        raise Unsayable("not in turns")
    if not all(turn["content"].strip() for turn in turns):
        raise Unsayable("an empty message")
    return {**({"system": system} if system.strip() else {}), "messages": turns}


SAYING: dict[Format, dict[Dataset, Callable[[Any], Any]]] = {
    "openai": {"sft": openai_example, "preference": openai_pair},
    "anthropic": {"sft": anthropic_example},
}
