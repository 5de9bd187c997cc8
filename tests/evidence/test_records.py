"""What the types of the datasets refuse by themselves: the first layer of law 2, whatever the exporters let through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from core.evidence.records import ForbiddenRow, KtoRow, Lineage, PreferenceRow, RagRow, SftRow
from core.records import Message

BACK = Lineage(run_id="t1", source="traces", sig_hash="0" * 64, scorer_version="1")
ASKED = [Message(role="user", content="How deep?")]


def said(text: str) -> list[Message]:
    return [Message(role="assistant", content=text)]


def rag(**more: Any) -> RagRow:
    fields: dict[str, Any] = {
        "id": "t1", "content": "How deep?\n\nFour metres.", "source_category": "accepted", "task_id": "k", "tags": (),
        "reward": 1.0, "human": None, "lineage": BACK,
    }  # fmt: skip
    return RagRow(**{**fields, **more})


def sft(**more: Any) -> SftRow:
    fields: dict[str, Any] = {
        "id": "t1", "prompt": ASKED, "completion": said("Four metres."), "quality_score": "accepted",
        "role": "assistant", "complexity": "easy", "reward": 1.0, "human": None, "lineage": BACK,
    }  # fmt: skip
    return SftRow(**{**fields, **more})


def preference(**more: Any) -> PreferenceRow:
    fields: dict[str, Any] = {
        "id": "p", "prompt": ASKED, "chosen": said("Four metres."), "rejected": said("Nine."), "task_id": "k",
        "chosen_category": "accepted", "rejected_category": "rejected", "chosen_run_id": "t1",
        "rejected_run_id": "t2", "chosen_human": None, "lineage": (BACK, BACK),
    }  # fmt: skip
    if "human" in more:
        more["chosen_human"] = more.pop("human")
    return PreferenceRow(**{**fields, **more})


def kto(**more: Any) -> KtoRow:
    fields: dict[str, Any] = {
        "id": "t1", "prompt": ASKED, "completion": said("Four metres."), "label": True, "human": 1.0,
        "role": "assistant", "lineage": BACK,
    }  # fmt: skip
    return KtoRow(**{**fields, **more})


@pytest.mark.parametrize("make", [rag, sft, preference, kto])
@pytest.mark.parametrize("human", [0.0, 0.15, 0.3])
def test_a_no_is_no_row(make: Callable[..., msgspec.Struct], human: float) -> None:
    with pytest.raises(ForbiddenRow, match="no"):
        make(human=human)
    stands = msgspec.structs.asdict(make(human=None))
    field = "chosen_human" if make is preference else "human"
    told = msgspec.json.encode({**stands, field: human})
    with pytest.raises(msgspec.ValidationError, match="said no"):
        msgspec.json.decode(told, type=type(make()))


@pytest.mark.parametrize("make", [rag, sft, preference, kto])
@pytest.mark.parametrize("human", [None, 0.31, 1.0])
def test_what_is_not_a_no_may_be_one(make: Callable[..., msgspec.Struct], human: float | None) -> None:
    assert make(human=human)


@pytest.mark.parametrize(
    "learned",
    [[], [*said("Nine."), *said("Four metres.")], [*ASKED], [Message(role="tool", content="Nine.")]],
    ids=["nothing", "an earlier answer, too", "a question", "a tool"],
)
def test_one_answer_is_learned_and_nothing_else(learned: list[Message]) -> None:
    with pytest.raises(ForbiddenRow, match="one answer"):
        sft(completion=learned)
    told = msgspec.json.encode({**msgspec.structs.asdict(sft()), "completion": learned})
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(told, type=SftRow)


def test_an_example_that_does_not_say_what_is_learned_is_none() -> None:
    stands = msgspec.structs.asdict(sft())
    beside = {**stands, "messages": [*stands["prompt"], *stands["completion"]]}
    instead = {name: value for name, value in beside.items() if name not in ("prompt", "completion")}
    for told in (beside, instead, {**stands, "prompt": []}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(msgspec.json.encode(told), type=SftRow)


def test_a_no_is_shown_as_a_no() -> None:
    assert kto(human=0.0, label=False).label is False


def test_an_answer_is_not_preferred_to_itself() -> None:
    with pytest.raises(ForbiddenRow, match="itself"):
        preference(rejected_run_id="t1")
    with pytest.raises(ForbiddenRow, match="itself"):
        preference(rejected=said("Four metres."))
