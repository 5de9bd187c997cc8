"""What the student is shown: chats, each a list of messages, made without end from a seeded generator.

A lesson asks everything that its context can answer, and questions beside it that it cannot, so that one
pass teaches choosing, not copying. Only the assistant's messages are learned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from core.simulate import skills, words
from core.simulate.context import DEFAULT_AGENT, Past, plain, render
from core.simulate.facts import Fact, expression, make, steps
from core.simulate.skills import Chat

AGENTS = (
    DEFAULT_AGENT,
    DEFAULT_AGENT,
    "You are a helpful assistant.",
    "Answer the question of the person.",
    "You help with short answers.",
    "Be brief.",
    "You are the night school student. Answer briefly.",
    "You are a careful assistant. Answer from what you were told.",
    "",
)
OTHER_STATEMENTS = (
    "{v} is the {a} of {e}.",
    "{e} has the {a} {v}.",
    "In {e}, the {a} is {v}.",
    "{e}'s {a} is {v}.",
    "{v}.",
    "It is {v}.",
)
CHECKS = (
    "verify that the answer names the {a}",
    "verify that the answer is about {e}",
    "verify that the answer is short",
    "verify that nothing is made up",
    "the answer must end with a full stop",
)


class Lessons:
    """A generator of lessons; `known` are the facts to be memorised. Deterministic in `seed`."""

    def __init__(self, known: Sequence[Fact], seed: str) -> None:
        self.random = Random(seed)
        self.known = list(known)
        self.known_keys = {(f.entity, f.attribute) for f in known}

    def draw(self, stage: int) -> Chat:
        """One chat. Stage 0 repeats, 1 matches, 2 is everything."""
        if stage == 0:
            return self.repeat_long()
        mixture = _MIXTURES[stage]
        kinds = list(mixture)
        return kinds[self.random.choices(range(len(kinds)), [mixture[k] for k in kinds])[0]](self)

    # -- induction ------------------------------------------------------------------------------------

    def repeat_long(self) -> Chat:
        """Dense repetition of random words: where induction is learned."""
        count = self.random.randint(8, 40)
        text = " ".join(skills.any_word(self.random) for _ in range(count))
        return [("user", text), ("assistant", text)]

    # -- facts in context -----------------------------------------------------------------------------

    def scene(self, count: int, kind_rate: float, grid_rate: float) -> list[Fact]:
        """`count` facts with different keys; by chance a grid, where every entity and attribute recurs."""
        r = self.random
        facts: dict[tuple[str, str, str], Fact] = {}
        if r.random() < grid_rate and count > 1:
            for entity, attribute in self.grid(count - sum(r.random() < kind_rate for _ in range(count))):
                fact = Fact("lookup", entity, attribute, words.name(r))
                facts[fact.key] = fact
        while len(facts) < count:
            kind = r.choice(("howto", "code", "format")) if r.random() < kind_rate else "lookup"
            fact = make(r, kind)  # type: ignore[arg-type]
            facts.setdefault(fact.key, fact)
        found = list(facts.values())
        r.shuffle(found)
        return found

    def grid(self, count: int) -> list[tuple[str, str]]:
        """Up to `count` keys that share entities and attributes; half the time, one attribute only."""
        r = self.random
        if r.random() < 0.5:
            entities, attributes = words.names(r, max(1, count)), words.attributes(r, 1)
        else:
            entities = words.names(r, r.randint(1, max(2, (count + 1) // 2)))
            attributes = words.attributes(r, r.randint(max(1, 4 - len(entities)), 3))
        pairs = [(e, a) for e in entities for a in attributes]
        r.shuffle(pairs)
        return pairs[:count]

    def stranger(self, facts: Sequence[Fact]) -> Fact:
        """A question that these facts do not answer, though it often shares an entity or an attribute."""
        r = self.random
        taken = {f.key for f in facts}
        while True:
            near = r.choice(facts) if facts else make(r)
            chance = r.random()
            if chance < 0.45 and near.kind == "lookup":
                fact = Fact("lookup", near.entity, words.attribute(r), "")
            elif chance < 0.92 and near.kind in ("lookup", "howto"):
                fact = Fact(near.kind, words.name(r), near.attribute, "")
            else:
                fact = make(r, near.kind)
            if r.random() < 0.4 and len(facts) > 1 and near.kind == "lookup":
                other = r.choice(facts)
                fact = Fact("lookup", near.entity, other.attribute if other.kind == "lookup" else "capital", "")
            if fact.key not in taken and (fact.entity, fact.attribute) not in self.known_keys:
                return fact

    def ask(self, fact: Fact, canonical: float = 0.0) -> str:
        """The question in a trained wording."""
        return fact.question if self.random.random() < canonical else self.random.choice(fact.questions())

    def tell(self, fact: Fact, other: float) -> str:
        """The answer, by chance not in its canonical wording."""
        if fact.kind == "lookup" and self.random.random() < other:
            pattern = self.random.choice(OTHER_STATEMENTS)
            return pattern.format(e=fact.entity, a=fact.attribute, v=fact.value)
        return fact.answer

    def matching(self, hard: bool = True, low: int = 1, high: int = 5) -> Chat:
        """A context, and questions on all of it, on what is not in it, and on what was memorised."""
        r = self.random
        easy = 0.6 if not hard else 0.15
        other = 0.02 if not hard else 0.04
        count = r.randint(low, high) if high > 5 else min(high, r.choice((1, 2, 3, 3, 4, 4, 5)))
        as_past = r.random() < 0.7
        facts = self.scene(count, 0.2 if not as_past else 0.35, 0.35 if not hard else 0.85)
        contradicted = hard and r.random() < 0.25
        if contradicted:
            old = r.choice([f for f in self.known if f.kind == "lookup"])
            facts[r.randrange(len(facts))] = Fact("lookup", old.entity, old.attribute, words.name(r))
        return self.chat(facts, easy, other, as_past, hard)

    def chat(self, facts: Sequence[Fact], easy: float, other: float, as_past: bool, hard: bool) -> Chat:
        r = self.random
        formatted = any(f.kind == "format" for f in facts)
        asked = [f for f in facts if len(facts) <= 5 or r.random() < 0.7]
        strangers = [self.stranger(facts) for _ in range(r.choice((1, 2, 2, 3)) if hard else r.choice((0, 1, 1)))]
        if hard and r.random() < 0.12:
            asked = asked[: r.randint(0, 1)]
        turns: list[tuple[str, str]] = []
        for fact in asked:
            turns.append(self.turn(fact, fact.answer, easy, formatted))
        for fact in strangers:
            turns.append(self.turn(fact, fact.unknown, easy, formatted))
        if hard and r.random() < 0.35:
            in_context = {f.key for f in facts}
            for fact in r.sample(self.known, 2):
                if fact.key not in in_context:
                    turns.append(self.turn(fact, fact.answer, easy, formatted))
        if hard and r.random() < 0.06:
            turns.append(skills.small_talk(r))
        r.shuffle(turns)
        rule = skills.ending(r) if hard and r.random() < 0.08 else None
        agent = r.choice(AGENTS) + (f" {rule[0]}" if rule else "")
        if rule:
            turns = [(q, f"{a} {rule[1]}") for q, a in turns]
        if as_past:
            system = render(agent, self.past(facts, easy, other, hard), self.checks(facts, hard))
            return skills.conversation(system, turns)
        statements = [self.tell(f, other) if f.kind != "lookup" else self.statement(f, other) for f in facts]
        turns[0] = (plain(statements, turns[0][0]), turns[0][1])
        return skills.conversation(agent if rule or r.random() < 0.6 else None, turns)

    def turn(self, fact: Fact, answer: str, easy: float, formatted: bool) -> tuple[str, str]:
        """One question; in a house that shows the ticket format, often with a new ticket."""
        r = self.random
        if not formatted or fact.kind not in ("lookup", "format"):
            return self.ask(fact, easy), answer
        if fact.kind == "lookup" and r.random() < 0.6:
            return self.ask(fact, easy), answer
        ticket = fact.ticket if fact.ticket and r.random() < 0.4 else words.name(r, 1) + words.number(r, 2)
        again = Fact("format", fact.entity, fact.attribute, fact.value, ticket)
        known = answer != fact.unknown
        return self.ask(again, easy), again.answer if known else f"{again.unknown} (Ticket {ticket})"

    def statement(self, fact: Fact, other: float) -> str:
        """A statement that names its entity, for plain contexts."""
        if self.random.random() >= other:
            return fact.answer
        return self.random.choice(OTHER_STATEMENTS[:4]).format(e=fact.entity, a=fact.attribute, v=fact.value)

    def past(self, facts: Sequence[Fact], easy: float, other: float, hard: bool) -> list[Past]:
        """Past work that tells these facts, at times with a partial one that tells something else."""
        r = self.random
        blocks = [Past(self.ask(f, easy), self.tell(f, other)) for f in facts]
        if hard and r.random() < 0.12:
            for fact in r.sample(list(facts), min(len(facts), r.randint(1, 2))):
                blocks.append(Past(self.ask(fact, easy), self.altered(fact).answer, True))
        return blocks

    def altered(self, fact: Fact) -> Fact:
        """The same question with another answer."""
        r = self.random
        value = {"howto": steps, "code": expression}.get(fact.kind, words.name)(r)
        return Fact(fact.kind, fact.entity, fact.attribute, value, fact.ticket)

    def checks(self, facts: Sequence[Fact], hard: bool) -> list[str]:
        r = self.random
        if not hard or r.random() > 0.25:
            return []
        fact = r.choice(list(facts))
        chosen = r.sample(CHECKS, r.randint(1, 3))
        return [c.format(a=fact.attribute, e=fact.entity) for c in chosen]

    def irrelevant(self) -> Chat:
        """A context that answers nothing of what is asked: unknown things and memorised ones."""
        r = self.random
        facts = self.scene(r.randint(1, 5), 0.2, 0.6)
        turns = [self.turn(f, f.unknown, 0.15, False) for f in (self.stranger(facts) for _ in range(r.randint(1, 3)))]
        for fact in r.sample(self.known, r.randint(1, 3)):
            turns.append((self.ask(fact, 0.15), fact.answer))
        r.shuffle(turns)
        if r.random() < 0.75:
            return skills.conversation(render(r.choice(AGENTS), self.past(facts, 0.15, 0.04, False)), turns)
        turns[0] = (plain([self.statement(f, 0.04) for f in facts], turns[0][0]), turns[0][1])
        return skills.conversation(None, turns)

    def easy_matching(self) -> Chat:
        return self.matching(hard=False, high=4)

    def long_matching(self) -> Chat:
        return self.matching(low=5, high=9)

    # -- closed book ----------------------------------------------------------------------------------

    def closed(self) -> Chat:
        """Memorised facts and unknown ones, without any context."""
        r = self.random
        turns = []
        for _ in range(r.randint(3, 6)):
            if r.random() < 0.72:
                fact = r.choice(self.known)
                turns.append((self.ask(fact, 0.2), fact.answer))
            else:
                fact = self.stranger(r.sample(self.known, 3) if r.random() < 0.5 else [])
                turns.append((self.ask(fact, 0.2), fact.unknown))
        return skills.conversation(self.maybe_agent(), turns)

    def maybe_agent(self) -> str | None:
        return self.random.choice(AGENTS) if self.random.random() < 0.6 else None

    def skill(self) -> Chat:
        """Greetings, echoes, small code, system rules and tools."""
        r = self.random
        chance = r.random()
        if chance < 0.6:
            if r.random() < 0.7:
                return skills.tools(r, r.choice(AGENTS), self.known)
            told = self.scene(r.randint(1, 3), 0.2, 0.3)
            return skills.tools(r, render(r.choice(AGENTS), self.past(told, 0.15, 0.0, True)), self.known, told)
        if chance < 0.75:
            return skills.ruled(r, r.choice(AGENTS), self.known)
        turns = [skills.small_talk(r) for _ in range(r.randint(1, 3))]
        return skills.conversation(self.maybe_agent(), turns)


_MIXTURES: dict[int, dict[Callable[[Lessons], Chat], float]] = {
    1: {
        Lessons.repeat_long: 0.1,
        Lessons.easy_matching: 0.5,
        Lessons.matching: 0.15,
        Lessons.irrelevant: 0.05,
        Lessons.closed: 0.15,
        Lessons.skill: 0.05,
    },
    2: {
        Lessons.repeat_long: 0.03,
        Lessons.easy_matching: 0.02,
        Lessons.matching: 0.48,
        Lessons.long_matching: 0.03,
        Lessons.irrelevant: 0.05,
        Lessons.closed: 0.06,
        Lessons.skill: 0.33,
    },
}
