"""What the student is sent of the messages before."""

from __future__ import annotations

import pytest

from desktop.chat.said import Said, history

QUESTION = Said(role="user", text="Which is the capital?")


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        (Said(role="assistant", text="Lyon"), "Lyon"),
        (Said(role="assistant", text="Lyon", correction="Paris"), "Paris"),
        # A killed server kept less than was shown: what it knows is what it recognises.
        (Said(role="assistant", text="Lyon, I think, as", recorded="Lyon, I"), "Lyon, I"),
        (Said(role="assistant", text="Lyon, I think, as", recorded="Lyon, I", correction="Paris"), "Paris"),
    ],
)
def test_an_answer_is_sent_as_it_counts(answer: Said, sent: str) -> None:
    assert [message.content for message in history([QUESTION, answer])] == [QUESTION.text, sent]


def test_questions_without_an_answer_go_with_the_next_one() -> None:
    """Chat templates want the speakers to take turns."""
    said = [QUESTION, Said(role="assistant", text=" "), Said(role="tool", text="42"), Said(role="user", text="Well?")]
    (message,) = history(said)
    assert (message.role, message.content) == ("user", f"{QUESTION.text}\n\nWell?")
