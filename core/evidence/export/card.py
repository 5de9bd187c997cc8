"""The card beside a dataset's files, by which `datasets.load_dataset(folder)` finds splits and types."""

from __future__ import annotations

from pathlib import Path

from core.evidence.partitions import write_lines
from core.evidence.records import Dataset

TELLS: dict[Dataset, str] = {
    "rag": "Past work to be found again.",
    "sft": "Examples to imitate: `messages` ends with the accepted answer.",
    "preference": "Pairs of answers to the same prompt, the better one first.",
    "kto": "Single answers with a person's thumb.",
}
MESSAGE = """\
    {indent}- name: role
    {indent}  dtype: string
    {indent}- name: content
    {indent}  dtype: string
    {indent}- name: name
    {indent}  dtype: string
    {indent}- name: tool_call_id
    {indent}  dtype: string
    {indent}- name: tool_calls
    {indent}  list: json
"""


def write_card(folder: Path, dataset: Dataset) -> None:
    """Beside the files that are there now; none where there are no files. Writes only what is not there already."""
    path = folder / "README.md"
    lines = card(folder, dataset)
    if not lines:
        path.unlink(missing_ok=True)
    elif not path.is_file() or path.read_text(encoding="utf-8") != "".join(f"{line}\n" for line in lines):
        write_lines(path, [line.encode() for line in lines])


def card(folder: Path, dataset: Dataset) -> list[str]:
    """The card's lines, [] where the folder holds no rows. A split without a file must not be named."""
    splits = {"train": "*.jsonl"} if dataset == "rag" else {name: f"{name}/*.jsonl" for name in ("train", "validation")}
    there = {name: pattern for name, pattern in splits.items() if any(folder.glob(pattern))}
    if not there:
        return []
    files = [
        line for name, pattern in there.items() for line in (f"      - split: {name}", f'        path: "{pattern}"')
    ]
    head = ["---", "configs:", "  - config_name: default", "    data_files:", *files, "---"]
    return [*head, f"# {dataset}", "", TELLS[dataset], "", "Made by Nightschool from evidence; do not edit."]
