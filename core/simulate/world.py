"""The generated world: facts that the demo student was taught, and as many as wanted that nobody was.

Everything is a function of its seeds. `known` is what the shipped student memorised in training. `fresh`
gives facts whose entities, attributes and values never occurred there. `out_of_domain` gives questions that
past work on fresh facts must not disturb, with their right answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from core.simulate import skills, words
from core.simulate.facts import Fact, Kind, is_correct, is_unknown, make

DEMO_SEED = 7
KNOWN_LOOKUPS = 200
KNOWN_OTHERS = 8

Domain = Literal["known", "echo", "code", "greeting", "unknown"]
DOMAINS: tuple[Domain, ...] = ("known", "echo", "code", "greeting", "unknown")


@dataclass(frozen=True, slots=True)
class Question:
    """A question outside what was freshly learned, and its right answer; `fact` where it is a known one."""

    domain: Domain
    text: str
    answer: str
    fact: Fact | None = None

    def is_right(self, answer: str) -> bool:
        """Known facts by value, unknown things by "I do not know", everything else word for word."""
        if self.fact is not None:
            return is_correct(self.fact, answer)
        if self.domain == "unknown":
            return is_unknown(answer)
        return " ".join(answer.split()) == self.answer


@dataclass(frozen=True, slots=True)
class World:
    """One world. The shipped student knows that of `DEMO_SEED`."""

    seed: int = DEMO_SEED

    def known(self) -> tuple[Fact, ...]:
        """The facts taught in training: one or two of each place, some how-tos, some functions."""
        random = Random(f"known {self.seed}")
        facts: list[Fact] = []
        for entity in words.names(random, KNOWN_LOOKUPS):
            for attribute in words.attributes(random, random.choice((1, 2))):
                facts.append(Fact("lookup", entity, attribute, words.name(random)))
        facts = facts[:KNOWN_LOOKUPS]
        facts += [make(random, "howto") for _ in range(KNOWN_OTHERS)]
        facts += [make(random, "code") for _ in range(KNOWN_OTHERS)]
        return tuple(facts)

    def fresh(self, count: int, seed: int, kinds: Sequence[Kind] = ("lookup",)) -> tuple[Fact, ...]:
        """`count` unseen facts of these kinds in turn, each on an entity of its own.

        A longer call with the same seed begins with the shorter one's facts. Raises ValueError without kinds.
        """
        if not kinds:
            raise ValueError("kinds is empty")
        random = Random(f"fresh {self.seed} {seed}")
        taught = {fact.value for fact in self.known()}  # two small expressions can be the same by chance
        facts: dict[str, Fact] = {}
        while len(facts) < count:
            fact = make(random, kinds[len(facts) % len(kinds)], reserved=True)
            if fact.value not in taught:
                facts.setdefault(fact.entity, fact)
        return tuple(facts.values())

    def out_of_domain(self, count: int, seed: int, domains: Sequence[Domain] = DOMAINS) -> tuple[Question, ...]:
        """`count` questions of these domains in turn; different ones, except greetings, of which there are few.

        None of their entities is one that `fresh` can give. Raises ValueError for more than 1,000 known ones.
        """
        random = Random(f"out of domain {self.seed} {seed}")
        known = [Question("known", text, f.answer, f) for f in self.known() for text in f.questions()]
        random.shuffle(known)
        if len(domains) and count / len(domains) > 1000 and "known" in domains:
            raise ValueError("a world knows questions for 1,000 of its domain `known` only")
        seen: set[str] = set()
        questions: list[Question] = []
        while len(questions) < count:
            domain = domains[len(questions) % len(domains)]
            question = known.pop() if domain == "known" else _question(random, domain)
            if question.text not in seen or domain == "greeting":
                seen.add(question.text)
                questions.append(question)
        return tuple(questions)


def _question(random: Random, domain: Domain) -> Question:
    if domain == "echo":
        return Question(domain, *skills.echo(random))
    if domain == "code":
        return Question(domain, *skills.small_code(random))
    if domain == "greeting":
        return Question(domain, random.choice(skills.GREETINGS), skills.HELLO)
    fact = make(random, random.choice(("lookup", "lookup", "lookup", "howto", "code")))
    return Question(domain, random.choice(fact.questions()), fact.unknown)
