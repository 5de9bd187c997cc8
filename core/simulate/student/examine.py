"""What the student must be able to do, as cases whose answers code can check.

Entities, values and (where the name says nothing else) attributes were never seen in training. A `Case` is
asked through any `Answer` function, so that the same cases measure a checkpoint and the shipped GGUF.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from core.simulate import skills, words
from core.simulate.context import DEFAULT_AGENT, Past, plain, render
from core.simulate.facts import Fact, Kind, is_correct, is_unknown, make
from core.simulate.skills import Chat
from core.simulate.world import World

Answer = Callable[[Sequence[dict[str, str]]], str]


@dataclass(frozen=True, slots=True)
class Case:
    """One question in its chat, the answer that is expected word for word, and what counts as right."""

    chat: tuple[tuple[str, str], ...]
    expected: str
    fact: Fact | None = None
    ending: str = ""

    def is_right(self, answer: str) -> bool:
        """Facts by value, "I do not know" by its beginning, everything else word for word."""
        if self.fact is not None:
            return is_correct(self.fact, answer, ending=self.ending)
        if is_unknown(self.expected):
            return is_unknown(answer)
        return answer.strip() == self.expected

    def messages(self) -> list[dict[str, str]]:
        """The chat as an OpenAI-compatible client sends it."""
        return [{"role": role, "content": content} for role, content in self.chat]


class Examiner:
    """Builds the cases of one ability after the other; deterministic in `seed`."""

    def __init__(self, seed: int = 0, known: Sequence[Fact] | None = None) -> None:
        self.seed = seed
        self.known = list(World().known() if known is None else known)

    def cases(self, ability: str, count: int) -> list[Case]:
        """`count` cases of an ability named in `ABILITIES`."""
        random = Random(f"exam {self.seed} {ability}")
        return [ABILITIES[ability](self, random) for _ in range(count)]

    def fact(self, r: Random, kind: Kind = "lookup") -> Fact:
        return make(r, kind, reserved=True)

    def known_lookup(self, r: Random) -> Fact:
        return r.choice([f for f in self.known if f.kind == "lookup"])

    def with_past(
        self, r: Random, facts: Sequence[Fact], asked: Fact, *, reserved: bool = False, ending: bool = False
    ) -> Case:
        """The facts as past work in any order, and one question."""
        shuffled = r.sample(list(facts), len(facts))
        past = [Past(r.choice(f.questions()), f.answer) for f in shuffled]
        rule, text = skills.ending(r) if ending else ("", "")
        system = render(f"{DEFAULT_AGENT} {rule}".strip(), past)
        question = r.choice(asked.questions(reserved=reserved))
        told = any(f.key == asked.key for f in facts) or asked in self.known
        expected = f"{asked.answer if told else asked.unknown} {text}".strip()
        return Case((("system", system), ("user", question)), expected, asked if told else None, text)

    def among(self, r: Random, count: int, kind: Kind = "lookup", *, reserved: bool = False) -> Case:
        facts = [self.fact(r, kind), *(self.fact(r) for _ in range(count - 1))]
        return self.with_past(r, facts, facts[0], reserved=reserved)

    def neighbours(self, r: Random, fact: Fact, count: int) -> list[Fact]:
        """Facts that share the entity or the attribute, never both."""
        found = []
        for i in range(count):
            if i % 2:
                found.append(replace(fact, entity=words.name(r, reserved=True), value=words.name(r, reserved=True)))
            else:
                other = words.attributes(r, 1, True, frozenset((fact.attribute, *(f.attribute for f in found))))[0]
                found.append(replace(fact, attribute=other, value=words.name(r, reserved=True)))
        return found

    def hard(self, r: Random) -> Case:
        fact = self.fact(r)
        return self.with_past(r, [fact, *self.neighbours(r, fact, 2)], fact)

    def near(self, r: Random) -> Case:
        fact = self.fact(r)
        return self.with_past(r, self.neighbours(r, fact, 3), fact)

    def irrelevant(self, r: Random) -> Case:
        return self.with_past(r, [self.fact(r) for _ in range(3)], self.fact(r))

    def beside(self, r: Random) -> Case:
        return self.with_past(r, [self.fact(r) for _ in range(3)], r.choice(self.known))

    def contradicted(self, r: Random) -> Case:
        fact = replace(self.known_lookup(r), value=words.name(r, reserved=True))
        return self.with_past(r, [fact, self.fact(r), self.fact(r)], fact)

    def closed(self, r: Random, *, reserved: bool = False) -> Case:
        fact = r.choice(self.known)
        return Case(
            (("system", DEFAULT_AGENT), ("user", r.choice(fact.questions(reserved=reserved)))), fact.answer, fact
        )

    def unknown(self, r: Random) -> Case:
        fact = self.fact(r, r.choice(("lookup", "lookup", "lookup", "howto", "code")))
        return Case((("system", DEFAULT_AGENT), ("user", r.choice(fact.questions()))), fact.unknown)

    def in_question(self, r: Random) -> Case:
        facts = [self.fact(r) for _ in range(3)]
        asked = r.choice(facts)
        text = plain([f.answer for f in facts], r.choice(asked.questions()))
        return Case((("user", text),), asked.answer, asked)

    def later_turn(self, r: Random) -> Case:
        """The second question of a chat, about another of the facts."""
        facts = [self.fact(r) for _ in range(3)]
        case = self.with_past(r, facts, facts[0])
        return replace(
            case,
            chat=(*case.chat, ("assistant", facts[0].answer), ("user", r.choice(facts[1].questions()))),
            expected=facts[1].answer,
            fact=facts[1],
        )

    def formatted(self, r: Random) -> Case:
        """Past work shows that answers end with the ticket; the asked ticket is a new one."""
        facts = [self.fact(r, "format") for _ in range(3)]
        asked = replace(facts[0], ticket=words.name(r, 1) + words.number(r, 2))
        return self.with_past(r, facts, asked)

    def ruled(self, r: Random) -> Case:
        """A system rule with a new ending, over past work, memory, or neither."""
        chance = r.random()
        if chance < 0.4:
            facts = [self.fact(r), self.fact(r)]
            return self.with_past(r, facts, facts[0], ending=True)
        rule, text = skills.ending(r)
        fact = self.known_lookup(r)
        question, answer = (r.choice(fact.questions()), fact.answer)
        if chance > 0.7:
            question, answer = skills.small_talk(r)
        chat = (("system", f"{DEFAULT_AGENT} {rule}"), ("user", question))
        return Case(chat, f"{answer} {text}", None)

    def tool(self, r: Random, wanted: str) -> Case:
        """A chat with tools, cut before the assistant's message of the wanted sort."""
        while True:
            chat = skills.tools(r, DEFAULT_AGENT, self.known)
            for i, (role, content) in enumerate(chat):
                if role == "assistant" and _sort_of(chat, i) == wanted:
                    return Case(tuple(chat[:i]), content)

    def talk(self, r: Random) -> Case:
        question, answer = skills.small_talk(r)
        return Case((("system", DEFAULT_AGENT), ("user", question)), answer)

    def greeting(self, r: Random) -> Case:
        chat: list[tuple[str, str]] = [("system", DEFAULT_AGENT)] if r.random() < 0.5 else []
        return Case((*chat, ("user", r.choice(skills.GREETINGS))), skills.HELLO)


def _sort_of(chat: Chat, at: int) -> str:
    if chat[at - 1][0] == "tool":
        return "result"
    return "call" if chat[at][1].startswith("TOOL ") else "no call"


ABILITIES: dict[str, Callable[[Examiner, Random], Case]] = {
    "closed book": lambda e, r: e.closed(r),
    "closed book, reserved wordings": lambda e, r: e.closed(r, reserved=True),
    "unknown: I do not know": lambda e, r: e.unknown(r),
    "1 past": lambda e, r: e.among(r, 1),
    "3 past": lambda e, r: e.among(r, 3),
    "5 past": lambda e, r: e.among(r, 5),
    "3 past, reserved wordings": lambda e, r: e.among(r, 3, reserved=True),
    "3 past, shared entity or attribute": lambda e, r: e.hard(r),
    "3 facts in the question": lambda e, r: e.in_question(r),
    "3 past, second turn": lambda e, r: e.later_turn(r),
    "irrelevant past: I do not know": lambda e, r: e.irrelevant(r),
    "near past: I do not know": lambda e, r: e.near(r),
    "past beats memory": lambda e, r: e.contradicted(r),
    "memory beside irrelevant past": lambda e, r: e.beside(r),
    "system rule": lambda e, r: e.ruled(r),
    "house format": lambda e, r: e.formatted(r),
    "how-to from past": lambda e, r: e.among(r, 3, "howto"),
    "code from past": lambda e, r: e.among(r, 3, "code"),
    "tool call": lambda e, r: e.tool(r, "call"),
    "no tool fits": lambda e, r: e.tool(r, "no call"),
    "answer from tool result": lambda e, r: e.tool(r, "result"),
    "echo, small code, small talk": lambda e, r: e.talk(r),
    "greeting": lambda e, r: e.greeting(r),
}


def examine(answer: Answer, count: int, seed: int = 0, abilities: Sequence[str] = ()) -> dict[str, float]:
    """The share of right answers, by ability."""
    examiner = Examiner(seed)
    return {
        ability: sum(case.is_right(answer(case.messages())) for case in examiner.cases(ability, count)) / count
        for ability in (abilities or ABILITIES)
    }
