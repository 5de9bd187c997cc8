"""The card beside a dataset's files, by which `datasets.load_dataset(folder)` finds splits and types.

The types come from the row types themselves: without them a file whose rewards are all unknown would not fit the next.
Each configuration names its content: `datasets` keeps what it loaded once under a hash of the card alone, and would
give rows that went since, or those of another folder with the same card (`datasets.load.LocalDatasetModuleFactory`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import inspect

from core.evidence.canonical import combined, file_hash
from core.evidence.export.proof import ROWS
from core.evidence.partitions import write_lines
from core.evidence.records import Dataset

TELLS: dict[Dataset, str] = {
    "rag": "Past work to be found again.",
    "sft": "Examples to imitate: `completion` is the accepted answer to `prompt`, and all that is to be learned.",
    "preference": "Pairs of answers to the same prompt, the better one first.",
    "kto": "Single answers with a person's thumb.",
}
Splits = Mapping[str, str]
"""Name of a split → pattern of its files, for all that have any."""


def write_card(folder: Path, dataset: Dataset, content: str) -> None:
    """Beside the files that are there now; none where there are no files. Writes only what is not there already.

    content: a hash of these files.
    """
    patterns = {"train": "*.jsonl"} if dataset == "rag" else {one: f"{one}/*.jsonl" for one in ("train", "validation")}
    there = {split: pattern for split, pattern in patterns.items() if any(folder.glob(pattern))}
    write_card_of(folder / "README.md", dataset, {dataset: there} if there else {}, {dataset: content}, "default")


def write_card_of(
    path: Path,
    title: str,
    datasets: Mapping[Dataset, Splits],
    content: Mapping[Dataset, str] | None = None,
    only: str = "",
) -> None:
    """content: a hash of each dataset's files, else they are read; only: name of the one configuration, else each
    dataset is one, by its own name."""
    if content is None:
        content = {dataset: content_of(path.parent, splits) for dataset, splits in datasets.items()}
    lines = list(card(title, datasets, content, only)) if datasets else []
    if (path.read_bytes() if path.is_file() else b"") != b"".join(line.encode() + b"\n" for line in lines):
        write_lines(path, [line.encode() for line in lines])


def content_of(folder: Path, splits: Splits) -> str:
    return combined(file_hash(path) for _, pattern in sorted(splits.items()) for path in sorted(folder.glob(pattern)))


def card(title: str, datasets: Mapping[Dataset, Splits], content: Mapping[Dataset, str], only: str) -> Iterator[str]:
    yield from ("---", "configs:")
    for dataset, splits in datasets.items():
        yield from (f"- config_name: {only or dataset}", f"  description: content {content[dataset]}", "  data_files:")
        for split, pattern in splits.items():
            yield from (f"  - split: {split}", f'    path: "{pattern}"')
    yield "dataset_info:"
    for dataset in datasets:
        yield from (f"- config_name: {only or dataset}", "  features:")
        yield from (f"  {line}" for line in features(inspect.type_info(ROWS[dataset])))
    yield from ("---", "", f"# {title}", "")
    for dataset in datasets:
        yield from (f"{dataset}: {TELLS[dataset]}", "")
    yield "Made by Nightschool from evidence; do not edit."


def features(row: inspect.Type) -> Iterator[str]:
    """The fields of a row type as Hugging Face's cards write them."""
    assert isinstance(row, inspect.StructType)
    for field in row.fields:
        yield f"- name: {field.name}"
        yield from (f"  {line}" for line in _type(_known(field.type)))


def _known(kind: inspect.Type) -> inspect.Type:
    """Without the None: every column may be empty there."""
    if isinstance(kind, inspect.UnionType):
        (kind,) = (one for one in kind.types if not isinstance(one, inspect.NoneType))
    return kind


def _type(kind: inspect.Type) -> Iterable[str]:
    if isinstance(kind, inspect.ListType | inspect.VarTupleType | inspect.TupleType):
        item = kind.item_types[0] if isinstance(kind, inspect.TupleType) else kind.item_type
        if isinstance(item, inspect.StructType):
            return ["list:", *features(item)]
        return [f"list: {_name(item)}"] if _name(item) != "json" else ["dtype: json"]
    if isinstance(kind, inspect.StructType):
        return ["struct:", *features(kind)]
    return [f"dtype: {_name(kind)}"]


def _name(kind: inspect.Type) -> str:
    names: dict[type[inspect.Type], str] = {
        inspect.StrType: "string",
        inspect.LiteralType: "string",
        inspect.BoolType: "bool",
        inspect.FloatType: "float64",
        inspect.IntType: "int64",
    }
    return names.get(type(kind), "json")
