"""Writes random texts of a grammar, and says whether a text belongs to one: an interpreter apart from llama.cpp's."""

from __future__ import annotations

from random import Random

from core.engine.gbnf import Rule, Symbol, parse

USUAL = 'abcxyz0123456789 -_é日"\\{}[]:,.eE+tfn'


class Grammar:
    """A parsed grammar; `root` is where texts begin."""

    def __init__(self, gbnf: str) -> None:
        self.rules, _ = parse(gbnf)
        # Rules are numbered as they are met, `root` by its own definition: find it by a parse of its name alone.
        names = [line.split("::=")[0].strip() for line in gbnf.splitlines() if "::=" in line]
        self.root = _number_of_root(gbnf, names)

    def write(self, random: Random, budget: int = 4000) -> str:
        """One random text. Alternatives that end soonest are taken once the budget is used up."""
        out: list[str] = []
        stack: list[Symbol] = [Symbol(rule=self.root)]
        costs = self._costs()
        while stack:
            symbol = stack.pop()
            budget -= 1
            if symbol.rule < 0:
                out.append(self._letter(symbol, random))
                continue
            alternatives = self.rules[symbol.rule]
            if budget > 0 and len(stack) < 60:
                chosen = random.choice(alternatives)
            else:
                chosen = min(alternatives, key=lambda seq: sum(costs[s.rule] if s.rule >= 0 else 1 for s in seq))
            stack += reversed(chosen)
        return "".join(out)

    @staticmethod
    def _letter(symbol: Symbol, random: Random) -> str:
        fitting = [c for c in USUAL if any(low <= ord(c) <= high for low, high in symbol.ranges)]
        return random.choice(fitting) if fitting else chr(random.choice(symbol.ranges)[0])

    def _costs(self) -> list[float]:
        """Letters of the shortest text of each rule."""
        costs = [float("inf")] * len(self.rules)
        changed = True
        while changed:
            changed = False
            for number, rule in enumerate(self.rules):
                best = min(self._cost(rule, costs))
                if best < costs[number]:
                    costs[number], changed = best, True
        return costs

    @staticmethod
    def _cost(rule: Rule, costs: list[float]) -> list[float]:
        return [sum(costs[s.rule] if s.rule >= 0 else 1 for s in sequence) for sequence in rule]

    def accepts(self, text: str) -> bool:
        """By all readings at once; each is what is still to come."""
        readings = self._open({(Symbol(rule=self.root),)})
        for letter in text:
            point = ord(letter)
            after = {r[1:] for r in readings if r and any(low <= point <= high for low, high in r[0].ranges)}
            readings = self._open(after)
        return () in readings

    def _open(self, readings: set[tuple[Symbol, ...]]) -> set[tuple[Symbol, ...]]:
        found: set[tuple[Symbol, ...]] = set()
        todo = list(readings)
        while todo:
            reading = todo.pop()
            if reading in found:
                continue
            found.add(reading)
            if reading and reading[0].rule >= 0:
                todo += [(*sequence, *reading[1:]) for sequence in self.rules[reading[0].rule]]
        return {r for r in found if not r or r[0].rule < 0}


def _number_of_root(gbnf: str, names: list[str]) -> int:
    from core.engine.gbnf import _Parser

    parser = _Parser(gbnf)
    parser.parse()
    assert "root" in names
    return parser.names["root"]
