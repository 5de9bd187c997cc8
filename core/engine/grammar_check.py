"""Refuses a grammar that llama.cpp could not parse, would never finish with, or would read in too many ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.engine.gbnf import Ranges, Rule, parse, refuse

MAX_READINGS: Final = 600
"""Ways in which one text may be read at once; each costs a pass over the vocabulary."""
LOOK_AHEAD: Final = 16
"""Letters of a long token: how far ambiguity is followed."""
MAX_WORK: Final = 200_000


def check(gbnf: str) -> None:
    """Raises BadRequest (param `grammar`) unless llama.cpp can parse and run this grammar in bounded time."""
    rules, copies = parse(gbnf)
    empty = _nullable(rules)
    _refuse_left_recursion(rules, empty)
    _refuse_ambiguity(rules, copies)


def _nullable(rules: list[Rule]) -> list[bool]:
    """Which rules can match nothing: each sequence counts what is still in its way, so that all takes one pass."""
    empty = [False] * len(rules)
    users: list[list[tuple[int, int]]] = [[] for _ in rules]
    in_the_way: list[list[int]] = []
    todo: list[int] = []
    for number, rule in enumerate(rules):
        in_the_way.append([len(sequence) for sequence in rule])
        for a, sequence in enumerate(rule):
            for symbol in sequence:
                if symbol.rule >= 0:
                    users[symbol.rule].append((number, a))
            if not sequence and not empty[number]:
                empty[number] = True
                todo.append(number)
    while todo:
        for user, a in users[todo.pop()]:
            in_the_way[user][a] -= 1
            if in_the_way[user][a] == 0 and not empty[user]:
                empty[user] = True
                todo.append(user)
    return empty


def _refuse_left_recursion(rules: list[Rule], empty: list[bool]) -> None:
    """llama.cpp misses it where the rule in front is empty only through another rule, and then never ends."""
    first: list[list[int]] = []
    for rule in rules:
        leads: list[int] = []
        for sequence in rule:
            for symbol in sequence:
                if symbol.rule < 0:
                    break
                leads.append(symbol.rule)
                if not empty[symbol.rule]:
                    break
        first.append(leads)
    state = [0] * len(rules)
    for start in range(len(rules)):
        if state[start]:
            continue
        state[start] = 1
        path = [(start, iter(first[start]))]
        while path:
            number, rest = path[-1]
            follower = next(rest, -1)
            if follower < 0:
                state[number] = 2
                path.pop()
            elif state[follower] == 1:
                refuse("a rule can begin with itself (left recursion)")
            elif state[follower] == 0:
                state[follower] = 1
                path.append((follower, iter(first[follower])))


def _refuse_ambiguity(rules: list[Rule], copies: frozenset[int]) -> None:
    """Follow the worst letters from every place where a rule is entered, and count the ways of reading them."""
    work = _Work()
    for stacks in _starts(rules, copies):
        readings = _entered(rules, stacks, work)
        for _ in range(LOOK_AHEAD):
            readings = _worst_step(rules, readings, work)
            if not readings:
                break


def _starts(rules: list[Rule], copies: frozenset[int]) -> Iterator[set[Stack]]:
    """Where to begin: each rule, and each place within a sequence where another rule is entered and more follows.

    Of a run of copies only the ends, for the rest behaves as they do.
    """
    for number, rule in enumerate(rules):
        if number in copies:
            continue
        yield {((number, a, 0),) for a in range(len(rule)) if rule[a]}
        for a, sequence in enumerate(rule):
            for i in range(1, len(sequence) - 1):
                inside = sequence[i - 1] == sequence[i] == sequence[i + 1]
                if sequence[i].rule >= 0 and not inside:
                    yield {((number, a, i),)}


Place = tuple[int, int, int]
"""Rule, alternative, position in it."""
Stack = tuple[Place, ...]
"""Where a reading stands; the innermost place is last."""
Readings = dict[Stack, int]
"""Each with the number of ways that lead to it: llama.cpp walks every one of them."""


class _Work:
    def __init__(self) -> None:
        self.left = MAX_WORK

    def spend(self, amount: int) -> None:
        self.left -= amount
        if self.left < 0:
            refuse("it is too ambiguous or too large to be followed")


def _entered(rules: list[Rule], stacks: set[Stack], work: _Work) -> Readings:
    """All stacks that stand before a letter, reached from these without reading any (llama's advance_stack)."""
    found: Readings = {}
    seen = set(stacks)
    todo = list(stacks)
    while todo:
        current = todo.pop()
        work.spend(1 + len(current) // 16)
        if not current:
            continue  # the end of what is looked at
        number, alternative, position = current[-1]
        sequence = rules[number][alternative]
        if position == len(sequence):
            following = [current[:-1]]
        elif sequence[position].rule < 0:
            found[current] = 1
            continue
        else:
            inner = sequence[position].rule
            after = (number, alternative, position + 1)
            rest = (*current[:-1], after) if position + 1 < len(sequence) else current[:-1]
            following = [(*rest, (inner, a, 0)) if rules[inner][a] else rest for a in range(len(rules[inner]))]
        for each in following:
            if each not in seen:
                seen.add(each)
                todo.append(each)
    return found


def _worst_step(rules: list[Rule], readings: Readings, work: _Work) -> Readings:
    """What remains after the letter that keeps the most readings."""
    ranges = {stack: _ranges(rules, stack) for stack in readings}
    letter = _worst_letter(readings, ranges, work)
    following: Readings = {}
    for stack, ways in readings.items():
        if not any(low <= letter <= high for low, high in ranges[stack]):
            continue
        number, alternative, position = stack[-1]
        last = position + 1 == len(rules[number][alternative])
        next_stack = stack[:-1] if last else (*stack[:-1], (number, alternative, position + 1))
        for reached in _entered(rules, {next_stack}, work):
            following[reached] = following.get(reached, 0) + ways
    if sum(following.values()) > MAX_READINGS:
        refuse("the same text can be read in too many ways")
    return following


def _worst_letter(readings: Readings, ranges: dict[Stack, Ranges], work: _Work) -> int:
    """Where most classes overlap: a sweep over the ends of their ranges (which are apart within one class)."""
    if len(readings) == 1:
        return next(iter(ranges.values()))[0][0]
    work.spend(sum(map(len, ranges.values())))
    events = [(low, ways) for stack, ways in readings.items() for low, _ in ranges[stack]]
    events += [(high + 1, -ways) for stack, ways in readings.items() for _, high in ranges[stack]]
    best = most = total = 0
    for letter, change in sorted(events):
        total += change
        if total > most:
            best, most = letter, total
    return best


def _ranges(rules: list[Rule], stack: Stack) -> Ranges:
    number, alternative, position = stack[-1]
    return rules[number][alternative][position].ranges
