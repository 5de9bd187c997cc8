"""One generated fact of each kind: how it is asked, what the right answer is, and when an answer is right.

Every kind has wordings that training may use (`TRAINED`) and wordings that it never sees (`RESERVED`), so
that later measurements can ask a learned fact in words that were never trained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Literal

from core.simulate import words

Kind = Literal["lookup", "howto", "format", "code"]
KINDS: tuple[Kind, ...] = ("lookup", "howto", "format", "code")

TRAINED: dict[Kind, tuple[str, ...]] = {
    "lookup": (
        "What is the {a} of {e}?",
        "Tell me the {a} of {e}.",
        "Which is the {a} of {e}?",
        "{e}: {a}?",
        "What is {e}'s {a}?",
        "Name the {a} of {e}.",
        "Please give me {e}'s {a}.",
        "Can you say what the {a} of {e} is?",
        "I need the {a} of {e}.",
        "For {e}, what is the {a}?",
        "The {a} of {e}?",
        "Who or what is the {a} of {e}?",
    ),
    "howto": (
        "How do I {v} the {e}?",
        "Tell me how to {v} the {e}.",
        "What are the steps to {v} the {e}?",
        "I want to {v} the {e}. How?",
        "Please explain how to {v} the {e}.",
        "The {e}: how can I {v} it?",
    ),
    "format": (
        "Ticket {t}: what is the {a} of {e}?",
        "Ticket {t}. Tell me the {a} of {e}.",
        "Ticket {t}: {e}'s {a}?",
        "Ticket {t}: which is the {a} of {e}?",
        "Ticket {t}. I need the {a} of {e}.",
    ),
    "code": (
        "Write the function {e}.",
        "Show me the code of {e}.",
        "How is {e} written in Python?",
        "Give me the function {e}.",
        "What is the code of the function {e}?",
        "I need {e} as Python code.",
    ),
}
RESERVED: dict[Kind, tuple[str, ...]] = {
    "lookup": (
        "Do you know the {a} of {e}?",
        "Remind me of {e}'s {a}.",
        "I want to know the {a} of {e}.",
        "Say the {a} of {e}, please.",
        "About {e}: what is the {a}?",
        "Which {a} has {e}?",
    ),
    "howto": ("Show me how to {v} the {e}.", "What do I do to {v} the {e}?", "Explain the steps to {v} the {e}."),
    "format": ("Ticket {t}: can you say what the {a} of {e} is?", "Ticket {t}. Give me {e}'s {a}."),
    "code": ("Can you write the function {e}?", "Show the Python function {e}."),
}
VERBS = ("reset", "open", "clean", "start", "stop", "repair", "pack", "test", "charge", "mount")
STEPS = ("press the {x}", "turn the {x}", "open the {x}", "close the {x}", "pull the {x}", "wait for the {x}")
NAME_LIKE = re.compile(r"\b(?:" + "|".join(sorted({s.capitalize() for s in words.SYLLABLES})) + r")[a-z]*\b")
IDK = "I do not know"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: `entity` and `attribute` are its key, `value` is what only somebody told can say.

    For `howto`, the attribute is the verb and the value is the numbered steps; for `code`, the entity is
    the function's name and the value its expression; for `format`, `ticket` is the number that the answer
    must end with.
    """

    kind: Kind
    entity: str
    attribute: str
    value: str
    ticket: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies the fact, whatever its value."""
        return (self.kind, self.entity, self.attribute)

    @property
    def answer(self) -> str:
        """The canonical answer: it says the key before the value."""
        if self.kind == "howto":
            return f"To {self.attribute} the {self.entity}: {self.value}"
        if self.kind == "code":
            return f"def {self.entity}(x): return {self.value}"
        told = f"The {self.attribute} of {self.entity} is {self.value}."
        return f"{told} (Ticket {self.ticket})" if self.kind == "format" else told

    @property
    def unknown(self) -> str:
        """The right answer of a student that was never told: the same beginning, then that it does not know.

        Like the answer, it says the key first. Whether the rest is known is then decided beside the key, which
        a model this small can do; before having said anything, it cannot.
        """
        if self.kind == "howto":
            return f"To {self.attribute} the {self.entity}: {IDK} the steps."
        if self.kind == "code":
            return f"def {self.entity}(x): {IDK} the code."
        return f"The {self.attribute} of {self.entity} is something {IDK}."

    @property
    def question(self) -> str:
        """The first trained wording."""
        return self.questions()[0]

    def questions(self, *, reserved: bool = False) -> tuple[str, ...]:
        """Every trained wording of this fact, or every reserved one."""
        return tuple(self.worded(pattern) for pattern in (RESERVED if reserved else TRAINED)[self.kind])

    def worded(self, pattern: str) -> str:
        """The question in one wording of `TRAINED` or `RESERVED`."""
        return pattern.format(e=self.entity, a=self.attribute, v=self.attribute, t=self.ticket)


def is_correct(fact: Fact, answer: str, *, ending: str = "") -> bool:
    """Whether `answer` says this fact, and nothing else that could pass for its value.

    `ending` is text that a system rule asked to append: it must be there, at the end.
    """
    text = " ".join(answer.split())
    if ending:
        if not text.endswith(ending):
            return False
        text = text.removesuffix(ending).rstrip()
    if IDK.lower() in text.lower():
        return False
    if fact.kind == "format" and not re.search(rf"(?<!\w){re.escape(fact.ticket)}\W*$", text):
        return False
    allowed = set(NAME_LIKE.findall(f"{fact.answer} {fact.value}"))
    return _says(text, fact.value) and set(NAME_LIKE.findall(text)) <= allowed


def is_unknown(answer: str) -> bool:
    """Whether the student says that it does not know."""
    return IDK.lower() in answer.lower()


def _says(text: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


def make(random: Random, kind: Kind = "lookup", *, reserved: bool = False) -> Fact:
    """One fact of this kind. With `reserved`, its names and attribute are ones that training never uses."""
    name = words.name(random, reserved=reserved)
    if kind == "howto":
        return Fact("howto", name, random.choice(VERBS), steps(random, reserved))
    if kind == "code":
        return Fact("code", words.invented(random, reserved), "code", expression(random))
    ticket = words.name(random, 1) + words.number(random, 2) if kind == "format" else ""
    return Fact(kind, name, words.attribute(random, reserved), words.name(random, reserved=reserved), ticket)


def steps(random: Random, reserved: bool = False) -> str:
    """Two to four numbered steps, each with an invented part."""
    chosen = random.sample(STEPS, random.choice((2, 3, 3, 4)))
    filled = (step.format(x=words.name(random, reserved=reserved)) for step in chosen)
    return " ".join(f"{i + 1}. {step}." for i, step in enumerate(filled))


def expression(random: Random) -> str:
    """A small expression in x whose constants cannot be guessed."""
    first, second = words.number(random, 2), words.number(random, 2)
    return f"x {random.choice('+-*')} {first} {random.choice('+-*')} {second}"
