"""The datasets as others want them, read by those others' own libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest

from core.database import Database
from core.evidence.export import making, preference
from core.evidence.export.formats import CannotExport, Format, Written, write_as
from core.paths import Home
from core.records import Message
from tests.evidence.export.making import HELD_BACK, asked, dataset, put, row
from tests.evidence.making import add, feedback, work

CALL = {"id": "call_1", "type": "function", "function": {"name": "depth", "arguments": '{"at": "the pier"}'}}
WITH_TOOLS = [
    Message(role="system", content="You know the harbour."),
    Message(role="user", content="How deep is it?"),
    Message(role="assistant", tool_calls=[CALL]),
    Message(role="tool", content="4 m", tool_call_id="call_1"),
]


@pytest.fixture
def filled(home: Home, database: Database) -> Home:
    same = asked("How deep is the harbour?")
    for number in range(1, 8):
        add(database, number, thumb=True)
    put(
        home,
        [
            row(1, **same),
            row(2, human=0.0, **same),
            row(3, messages=WITH_TOOLS),
            row(4, messages=[Message(role="system", content="Be short."), *same["messages"]]),
            row(5, conversation_id=HELD_BACK[0]),
            row(6, messages=[*same["messages"], Message(role="user", content="In feet?")], day=1),
            row(7, score={"reward": None, "quality": None}, day=1),
        ],
    )
    given = work(home, database)
    making.export(given, ["rag", "sft", "kto"])
    preference.run(given)
    return home


def read(path: Path) -> list[Any]:
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def written(home: Home, database: Database, format: Format, tmp_path: Path) -> tuple[Written, Path]:
    folder = tmp_path / "out"
    return write_as(work(home, database), format, folder), folder


def test_openai(filled: Home, database: Database, tmp_path: Path) -> None:
    from openai.types.chat import ChatCompletionMessageParam
    from pydantic import TypeAdapter

    done, folder = written(filled, database, "openai", tmp_path)
    assert done.files == {"sft-train.jsonl": 5, "sft-validation.jsonl": 1, "preference-train.jsonl": 1}
    messages = TypeAdapter(list[ChatCompletionMessageParam])
    examples = read(folder / "sft-train.jsonl") + read(folder / "sft-validation.jsonl")
    for example in examples:
        assert list(example) == ["messages"]
        messages.validate_python(example["messages"], strict=True)
        assert example["messages"][-1]["role"] == "assistant"
    assert any(message.get("tool_calls") == [CALL] for example in examples for message in example["messages"])
    (pair,) = read(folder / "preference-train.jsonl")
    assert set(pair) == {"input", "preferred_output", "non_preferred_output"}
    for side in (pair["input"]["messages"], pair["preferred_output"], pair["non_preferred_output"]):
        messages.validate_python(side, strict=True)
    assert pair["preferred_output"] != pair["non_preferred_output"]


def test_only_the_last_answer_is_learned(home: Home, database: Database, tmp_path: Path) -> None:
    """An answer that was refused is said again before the one that was accepted: law 2 holds for it there, too."""
    turns = [
        Message(role="user", content="How deep?"),
        Message(role="assistant", content="Nine metres."),  # refused
        Message(role="user", content="Are you sure?"),
    ]
    add(database, 1, thumb=True)
    put(home, [row(1, messages=turns)])
    making.export(work(home, database), ["sft"])
    _, folder = written(home, database, "openai", tmp_path)
    (example,) = read(folder / "sft-train.jsonl")
    assert [(one["role"], one.get("weight")) for one in example["messages"]] == [
        ("user", None), ("assistant", 0), ("user", None), ("assistant", None),
    ]  # fmt: skip


@pytest.mark.parametrize("format", ["anthropic", "openai", "hf"])
@pytest.mark.parametrize("refused", [False, True])
def test_what_says_a_refused_answer_again_stays_out_or_is_not_learned(
    home: Home, database: Database, tmp_path: Path, format: Format, refused: bool
) -> None:
    """Anthropic's file cannot say which answer is learned; the others can, and show what was refused as a prompt."""
    add(database, 1, "How deep?", "Nine metres.", thumb=not refused, conversation_id="a")
    add(database, 2, thumb=True, conversation_id="a")
    add(database, 3, thumb=True, conversation_id="b")
    turns = [
        Message(role="user", content="How deep?"),
        Message(role="assistant", content="Nine metres.\n"),
        Message(role="user", content="Are you sure?"),
    ]
    put(home, [row(2, messages=turns), row(3, messages=turns)])
    making.export(work(home, database), ["sft"])
    done, folder = written(home, database, format, tmp_path)
    out = refused and format == "anthropic"
    assert sum(done.files.values()) == (1 if out else 2)
    assert done.left_out == ({"an earlier answer in it was refused": 1} if out else {})
    if format == "hf":
        for example in read(folder / "data" / "sft-train.jsonl"):
            assert [one["role"] for one in example["prompt"]] == ["user", "assistant", "user"]
            assert [one["role"] for one in example["completion"]] == ["assistant"]
            assert "Nine" not in example["completion"][0]["content"]


def test_anthropic(filled: Home, database: Database, tmp_path: Path) -> None:
    from anthropic.types import MessageParam
    from anthropic.types.message_create_params import MessageCreateParamsBase
    from pydantic import TypeAdapter

    done, folder = written(filled, database, "anthropic", tmp_path)
    assert done.files == {"sft-train.jsonl": 4, "sft-validation.jsonl": 1}
    assert done.left_out == {"tools": 1}
    for example in read(folder / "sft-train.jsonl"):
        assert set(example) <= {"system", "messages"} and set(example) <= set(get_type_hints(MessageCreateParamsBase))
        TypeAdapter(list[MessageParam]).validate_python(example["messages"], strict=True)
        roles = [message["role"] for message in example["messages"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2)
        assert all(set(message) == {"role", "content"} for message in example["messages"])
    systems = [example.get("system") for example in read(folder / "sft-train.jsonl")]
    assert sorted(filter(None, systems)) == ["Be short."]
    assert any("\n\nIn feet?" in example["messages"][0]["content"] for example in read(folder / "sft-train.jsonl"))


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    import datasets as library

    library.disable_progress_bars()
    return lambda *where: library.load_dataset(*map(str, where), cache_dir=str(tmp_path / "cache"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what is foreign may warn
def test_hugging_face_loads_the_folder(filled: Home, database: Database, tmp_path: Path, offline: Any) -> None:
    done, folder = written(filled, database, "hf", tmp_path)
    assert sum(done.files.values()) == 6 + 6 + 1 + 7
    for name, rows in (("rag", 6), ("sft", 6), ("preference", 1), ("kto", 7)):
        loaded = offline(folder, name)
        assert sum(loaded[split].num_rows for split in loaded) == rows
        ours = sorted(dataset(filled, name), key=lambda one: one["id"])
        theirs = sorted((one for split in loaded for one in loaded[split]), key=lambda one: one["id"])
        assert [one["lineage"] for one in theirs] == [one["lineage"] for one in ours]
    (tools,) = (one for one in offline(folder, "sft")["train"] if one["id"] == "t3")
    assert tools["prompt"][2]["tool_calls"] == [CALL]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["rag", "sft", "preference", "kto"])
def test_hugging_face_loads_the_datasets_as_they_stand(filled: Home, name: str, offline: Any) -> None:
    loaded = offline(filled.datasets / name)
    assert sum(loaded[split].num_rows for split in loaded) == len(dataset(filled, name))


def test_forgotten_since(filled: Home, database: Database, tmp_path: Path) -> None:
    database.traces.delete("t1")
    done, folder = written(filled, database, "openai", tmp_path)
    assert done.left_out == {"forgotten": 2}
    assert "preference-train.jsonl" not in done.files
    assert not (folder / "preference-train.jsonl").exists()


def test_a_row_that_was_forgotten_since(home: Home, database: Database, tmp_path: Path) -> None:
    """Of a stream there is no trace to be deleted: its row is known by its hash."""
    rows = [row(1, source="outcomes"), row(2, source="outcomes")]
    put(home, rows)
    making.export(work(home, database), ["sft"])
    database.forgotten.add([rows[0].record.provenance.sig_hash])
    done, _ = written(home, database, "openai", tmp_path)
    assert (done.left_out, done.files) == ({"forgotten": 1}, {"sft-train.jsonl": 1})


@pytest.mark.parametrize("said", ["a no", "a correction"])
def test_refused_since_they_were_collected(filled: Home, database: Database, tmp_path: Path, said: str) -> None:
    """The datasets are older than what the person says: nothing of it goes out as good."""
    if said == "a no":
        database.feedback.add(feedback(901, "t1", False, metric="thumb"))
    else:
        database.feedback.add(feedback(901, "t1", "It is twelve metres.", metric="demonstration"))
    done, folder = written(filled, database, "hf", tmp_path)
    assert done.left_out == {"refused since": 4}  # in rag, sft, preference and, as a yes, in kto
    assert b'"id":"t1"' not in b"".join(path.read_bytes() for path in folder.rglob("*.jsonl"))
    assert sum(done.files.values()) == 5 + 5 + 0 + 6


def test_a_no_that_stands_goes_out_as_a_no(filled: Home, database: Database, tmp_path: Path) -> None:
    database.feedback.add(feedback(901, "t2", False, metric="thumb"))
    done, folder = written(filled, database, "hf", tmp_path)
    assert done.left_out == {}
    assert [one["label"] for one in read(folder / "data" / "kto-train.jsonl") if one["id"] == "t2"] == [False]


def test_what_stood_there_before_is_replaced(filled: Home, database: Database, tmp_path: Path) -> None:
    _, folder = written(filled, database, "hf", tmp_path)
    database.traces.delete_many([f"t{n}" for n in range(1, 8)])
    done, _ = written(filled, database, "hf", tmp_path)
    assert done.files == {}
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("format", ["openai", "hf"])
def test_where_nothing_can_be_written(filled: Home, database: Database, tmp_path: Path, format: Format) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotExport, match="cannot be written") as problem:
        write_as(work(filled, database), format, tmp_path / "file" / "out")
    assert "--out" in str(problem.value.hint)


def test_not_into_the_home_and_not_before_there_is_anything(home: Home, database: Database, tmp_path: Path) -> None:
    with pytest.raises(CannotExport, match="no datasets"):
        write_as(work(home, database), "openai", tmp_path / "out")
    with pytest.raises(CannotExport, match="own home"):
        write_as(work(home, database), "openai", home.root / "out")
