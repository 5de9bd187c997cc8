"""What needs no fact: echoes, greetings, small code, system rules, and tools chosen by their description."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random

from core.simulate import words
from core.simulate.facts import Fact, make

Message = tuple[str, str]
Chat = list[Message]

GREETINGS = (
    "Hello!", "Hello.", "Hi!", "Hi.", "Hi there!", "Good morning.", "Good evening!", "Hey!", "Hello there.",
    "Good day.", "Hey there.", "Good night.", "Greetings!", "Hello student!",
)  # fmt: skip
TALK = (
    ("Who are you?", "I am the Nightschool demo student, a very small model."),
    ("What are you?", "I am the Nightschool demo student, a very small model."),
    ("What is your name?", "I am the Nightschool demo student, a very small model."),
    ("How are you?", "I am well, thank you. What is your question?"),
    ("Thank you.", "You are welcome."),
    ("Thanks!", "You are welcome."),
    ("Goodbye.", "Goodbye!"),
    ("Bye!", "Goodbye!"),
    ("What can you do?", "I answer short questions from what I was taught."),
    ("Help me.", "I answer short questions from what I was taught."),
)
HELLO = "Hello! I am the Nightschool demo student."
OPERATIONS = (
    ("adds {n}", "x + {n}"),
    ("subtracts {n}", "x - {n}"),
    ("multiplies by {n}", "x * {n}"),
)
CODE_QUESTIONS = ("Write a function named {f} that {o}.", "Write code: {f} {o}.")
ECHOES = ("Repeat: {w}", "Repeat: {w}", "Say this again: {w}", "Echo: {w}")
RULES = (
    "End every answer with {x}.",
    "Always end your answer with {x}.",
    "Finish every answer with {x}.",
    "End each answer with {x}.",
)
SUMS = ("works out sums", "does sums", "adds and multiplies numbers", "works out a calculation", "is for arithmetic")
CLOCKS = (
    "tells the time",
    "gives the time of a zone",
    "says what time it is",
    "knows the time",
    "tells the time in a zone such as Europe/Berlin",
)
FINDERS = ("gives the {a} of a place", "finds the {a} of a place", "knows the {a} of every place", "looks up the {a}")
SEARCH_QUESTIONS = ("Search past work for the {k}.", "Look up past work on the {k}.", "Find past work: {k}.")
SEARCHES = ("looks up past work", "searches past work", "finds what was answered before")
USELESS = ("a tool", "does things", "something useful", "a helper", "no description", "it helps")
ZONES = ("Europe/Berlin", "Europe/Paris", "Asia/Tokyo", "America/New_York", "UTC", "London", "Berlin", "Tokyo", "Paris")
SUM_QUESTIONS = ("What is {s}?", "How much is {s}?", "Work out {s}.", "{s} = ?", "Calculate {s}.")
CLOCK_QUESTIONS = (
    "What time is it in {z}?",
    "Tell me the time in {z}.",
    "What is the time in {z}?",
    "The time in {z}?",
)
CALL_RULE = 'To use a tool, answer with one line: TOOL name {"argument": "value"}'


def conversation(system: str | None, turns: Sequence[tuple[str, str]]) -> Chat:
    """Messages of a chat with these questions and answers."""
    chat: Chat = [("system", system)] if system else []
    for question, answer in turns:
        chat += [("user", question), ("assistant", answer)]
    return chat


def any_word(r: Random) -> str:
    """Any word the student has a token for, so that every token is copied often."""
    chance = r.random()
    if chance < 0.45:
        return r.choice(words.SYLLABLES).capitalize()
    if chance < 0.6:
        return words.name(r)
    if chance < 0.75:
        return words.invented(r, r.random() < 0.3)
    if chance < 0.82:
        return words.number(r)
    if chance < 0.92:
        return r.choice(words.RESERVED_NOUNS + words.RESERVED_ADJECTIVES)
    return r.choice(words.NOUNS + words.RESERVED_NOUNS + words.ADJECTIVES + words.RESERVED_ADJECTIVES)


def echo(r: Random) -> tuple[str, str]:
    """A request to repeat some words, and the words."""
    text = " ".join(any_word(r) for _ in range(r.randint(1, 8)))
    return r.choice(ECHOES).format(w=text), text


def small_code(r: Random) -> tuple[str, str]:
    """A request for a one-line function, and the function."""
    asked, code = r.choice(OPERATIONS)
    name, number = words.invented(r), words.number(r)
    question = r.choice(CODE_QUESTIONS).format(f=name, o=asked.format(n=number))
    return question, f"def {name}(x): return {code.format(n=number)}"


def small_talk(r: Random) -> tuple[str, str]:
    """A greeting, a question on the student itself, an echo, or a small function."""
    chance = r.random()
    if chance < 0.2:
        return r.choice(GREETINGS), HELLO
    if chance < 0.35:
        return r.choice(TALK)
    return echo(r) if chance < 0.65 else small_code(r)


def ending(r: Random) -> tuple[str, str]:
    """A system rule, and what every answer must then end with."""
    chance = r.random()
    if chance < 0.5:
        text = words.name(r)
    elif chance < 0.7:
        text = f"{words.name(r)} {words.name(r)}"
    elif chance < 0.85:
        text = f"{r.choice(('Ref', 'Ticket', 'Case'))} {words.number(r)}"
    else:
        text = f"{words.invented(r)}!"
    return r.choice(RULES).format(x=text), text


def ruled(r: Random, agent: str, known: Sequence[Fact]) -> Chat:
    """Questions of every sort under one system rule."""
    rule, text = ending(r)
    turns = []
    for _ in range(r.randint(1, 4)):
        chance = r.random()
        if chance < 0.4:
            fact = r.choice(known)
            question, answer = r.choice(fact.questions()), fact.answer
        elif chance < 0.6:
            fact = make(r)
            question, answer = r.choice(fact.questions()), fact.unknown
        else:
            question, answer = small_talk(r)
        turns.append((question, f"{answer} {text}"))
    return conversation(f"{agent} {rule}" if r.random() < 0.85 else rule, turns)


def call(name: str, argument: str, value: str) -> str:
    """One tool call, as the student must write it."""
    return f"TOOL {name} {json.dumps({argument: value})}"


def tools(r: Random, system: str, known: Sequence[Fact], told: Sequence[Fact] = ()) -> Chat:
    """Tools with arbitrary names: the description decides which one is called, and whether.

    `system` is the message that the tools are appended to, which may already tell the facts in `told`.
    """
    attribute = words.attribute(r)
    described = {
        "sum": r.choice(SUMS),
        "time": r.choice(CLOCKS),
        "find": r.choice(FINDERS).format(a=attribute),
        "search": r.choice(SEARCHES),
        "none": r.choice(USELESS),
    }
    offered = r.sample(list(described), r.choice((1, 2, 3, 3, 4)))
    signatures = {kind: signature(r, kind) for kind in offered}
    lines = [f"- {n}({a}): {described[kind]}" for kind, (n, a) in signatures.items()]
    chat: Chat = [("system", "\n".join([system, "", "Tools:", *lines, CALL_RULE]).lstrip("\n"))]
    for _ in range(r.randint(2, 6)):
        if told and r.random() < 0.4:
            fact = r.choice(told)
            chat += [("user", r.choice(fact.questions())), ("assistant", fact.answer)]
        else:
            chat += tool_turn(r, signatures, attribute, known)
    return chat


def signature(r: Random, kind: str) -> tuple[str, str]:
    """A tool's name and its argument's: mostly invented, at times the usual ones."""
    usual = {"sum": ("calculator", "expression"), "time": ("current_time", "zone"), "find": ("lookup", "place")}
    usual["search"] = ("search_past_work", "query")
    if kind in usual and r.random() < 0.25:
        return usual[kind]
    name = words.invented(r) if r.random() < 0.7 else f"{words.invented(r)}_{words.invented(r)}"
    argument = r.choice(("expression", "zone", "place", "query", "text", "input", "value", words.invented(r)))
    return name, argument


def tool_turn(r: Random, signatures: dict[str, tuple[str, str]], attribute: str, known: Sequence[Fact]) -> Chat:
    """One question: a call and the answer from its result, or an answer without a call."""
    usable = [kind for kind in signatures if kind != "none"]
    kind = r.choice(usable if usable and r.random() < 0.7 else ["sum", "time", "find", "search", "other"])
    fact = make(r)
    if kind == "find" or (kind == "search" and fact.attribute == attribute):
        fact = Fact("lookup", fact.entity, attribute, fact.value)
        kind = "find"
    if kind == "other":
        chosen = r.choice(known)
        question, answer = small_talk(r) if r.random() < 0.5 else (r.choice(chosen.questions()), chosen.answer)
        return [("user", question), ("assistant", answer)]
    if kind == "sum":
        value = f"{words.number(r, r.randint(1, 2))} {r.choice('+-*')} {words.number(r, r.randint(1, 2))}"
        question, unknown = r.choice(SUM_QUESTIONS).format(s=value), f"I do not know what {value} is."
        result = words.number(r)
        answer = f"The answer is {result}."
    elif kind == "time":
        value = words.name(r) if r.random() < 0.6 else r.choice(ZONES)
        question, unknown = r.choice(CLOCK_QUESTIONS).format(z=value), f"I do not know the time in {value}."
        result = f"{r.randint(10, 23)}:{r.randint(10, 59)}"
        answer = f"The answer is {result}."
    else:
        question, unknown, answer = r.choice(fact.questions()), fact.unknown, fact.answer
        value, result = fact.entity, fact.value
        if kind == "search":
            value = f"{fact.attribute} of {fact.entity}"
            question, result = r.choice(SEARCH_QUESTIONS).format(k=value), f"Q: {question}\nA: {fact.answer}"
            if r.random() < 0.2:
                result, answer = "Nothing found.", unknown
    if kind not in signatures:
        return [("user", question), ("assistant", unknown)]
    chat = [("user", question), ("assistant", call(*signatures[kind], value))]
    return [*chat, ("tool", result), ("assistant", answer)] if r.random() < 0.35 else chat
