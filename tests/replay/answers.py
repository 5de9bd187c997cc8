# ruff: noqa: E501, SIM905 - the sentences read better whole
"""Questions with past work, and answers to them: right ones in many wordings, and fabricated ones.

Ten kinds of everyday work. A right answer says only what the past work says, but in other words: numbers and dates
written otherwise, names in the genitive or at the head of a sentence, prose turned into a list. A fabrication is a
fluent answer of the same kind in which at least one specific stands nowhere: changed, or added from nothing.
Everything is a function of the seed. This file knows nothing of how claims are extracted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

FIRST = (
    "Anna Bruno Carla Dmitri Elena Farid Greta Hugo Ines Jonas Keiko Liam Mona Nadia Oscar Petra Quentin Rosa".split()
)
LAST = (
    "Albrecht Brandt Castillo Dubois Eriksen Fontaine Gruber Halloran Ivanov Jansen Kowalski Lindqvist Moreau".split()
)
PLACES = "Arvendal Brockmere Castelnou Dunhollow Eastwick Fernsby Galdova Harrowgate Ilminster Jorvik Kelmora".split()
FIRMS = ["Halden Marine", "Brightwater Foods", "Corvex Systems", "Nordlys Energy", "Pinnacle Freight", "Quillon Press"]
MONTHS = "January February March April May June July August September October November December".split()
SERVICES = "billing ledger gateway mailer scheduler catalog archive notifier".split()
DISHES = ["lentil soup", "plum cake", "rye bread", "fish stew", "almond biscuits", "leek tart"]


@dataclass(frozen=True)
class Case:
    """One question with its past work; `right` and `wrong` are answers to it."""

    kind: str
    question: str
    past: list[tuple[str, str]]
    right: list[str]
    wrong: list[str]
    tools: list[str] = field(default_factory=list)
    """Results of tool calls made for this answer."""


def person(random: Random) -> str:
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def other(random: Random, make: Callable[[Random], str], *taken: str) -> str:
    """Another one than those, sharing no word with them."""
    words = {word for text in taken for word in text.split()}
    while True:
        found = make(random)
        if not words & set(found.split()):
            return found


def facts(random: Random) -> Case:
    place, mayor, river = random.choice(PLACES), person(random), random.choice(["Oder", "Lune", "Tarn", "Isk"])
    people = random.randint(12, 950) * 1000 + random.randint(1, 999)
    wrong_mayor, wrong_people = other(random, person, mayor), people + random.randint(1, 9) * 1111
    return Case(
        "facts",
        f"Who runs {place} and how many people live there?",
        [
            (f"Who is the mayor of {place}?", f"The mayor of {place} is {mayor}."),
            (f"How large is {place}?", f"{place} has {people:,} inhabitants and lies on the {river}."),
        ],
        [
            f"{mayor} is {place}'s mayor, and {people} people live there.",
            f"**Mayor:** {mayor}\n**Population:** {people:,}",
            f"The town is run by {mayor.split()[1]}. It lies on the {river} and counts about {round(people, -3):,} people.",
            f"{place} is led by Mayor {mayor}; its population is {people:,}.",
        ],
        [
            f"{wrong_mayor} is {place}'s mayor, and {people} people live there.",
            f"The mayor of {place} is {mayor}, and {wrong_people:,} people live there.",
            f"{place} is led by {mayor}, who took office in {random.randint(1990, 2020)} after a narrow vote.",
            f"{mayor} runs {place}, a town of {people:,} people near Lake {other(random, lambda r: r.choice(['Velm', 'Ostra', 'Kirn']), place)}.",
        ],
    )


def finance(random: Random) -> Case:
    firm, year = random.choice(FIRMS), random.randint(2015, 2024)
    revenue, growth = random.randint(11, 980) / 10, random.randint(11, 290) / 10
    cost = round(revenue * random.uniform(0.4, 0.8), 1)
    wrong = round(revenue + random.uniform(1.3, 9.1), 1)
    return Case(
        "finance",
        f"How did {firm} do in {year}, and what was left after costs?",
        [
            (
                f"Summarise the {year} results of {firm}.",
                f"{firm} took in {revenue} million euros in {year}, up {growth}% on the year before. Costs were {cost} million.",
            )
        ],
        [
            f"In {year} {firm} had revenue of €{revenue}m, a rise of {growth} percent. After costs, {round(revenue - cost, 1)} million was left.",
            f"- Revenue: {revenue} million\n- Growth: {growth} %\n- Left after costs: {round(revenue - cost, 1)} million",
            f"Revenue grew by {growth}% to {revenue} million euros; costs came to {cost} million, which leaves {round(revenue - cost, 1)} million.",
        ],
        [
            f"In {year} {firm} had revenue of €{wrong}m, a rise of {growth} percent.",
            f"{firm} grew by {round(growth + 2.7, 1)}% in {year} to {revenue} million euros.",
            f"{firm} took in {revenue} million euros. Its chief executive {person(random)} called it a record.",
            f"{firm} did well in {year}: {revenue} million in revenue, with a margin of {random.randint(31, 39)}.{random.randint(1, 9)}%.",
        ],
        [f"{revenue} - {cost} = {round(revenue - cost, 1)}"],
    )


def operations(random: Random) -> Case:
    service, port = random.choice(SERVICES), random.randint(3000, 9800)
    path, variable = f"/etc/{service}/{service}.toml", f"{service.upper()}_PORT"
    version = f"{random.randint(1, 6)}.{random.randint(0, 20)}.{random.randint(0, 9)}"
    return Case(
        "operations",
        f"Where do I change the port of the {service} service?",
        [
            (
                f"How is the {service} service configured?",
                f"Edit `{path}` and set `port = {port}`, or export {variable}. Then run `systemctl restart {service}`. Needs version {version} or later.\n- verify that the log is quiet",
            )
        ],
        [
            f"Set `port` in `{path}` (it is {port} now), or use the environment variable `{variable}`. Verify the log afterwards.",
            f"1. Open {path}.\n2. Change the port from {port}.\n3. Run `systemctl restart {service}` and verify that the log is quiet.",
            f"The file {path} holds it. Restart with systemctl restart {service}, then check the log; version {version} is enough.",
        ],
        [
            f"Set `port` in `/opt/{service}/conf.d/network.yaml`, then restart it and verify the log.",
            f"Export {service.upper()}_LISTEN_ADDR with the new port and verify that the log is quiet.",
            f"Change it in `{path}` and run `{service}ctl reload --force-ports`, then verify the log.",
            f"Edit {path}: the port is {port + random.randint(1, 99)}. Verify that the log is quiet.",
            f"Edit {path}. Before version {random.randint(7, 9)}.{random.randint(21, 40)}.0 this was not possible. Verify the log.",
        ],
    )


def review(random: Random) -> Case:
    noun = random.choice(["Invoice", "Session", "Shipment", "Account", "Report"])
    function, table = f"load{noun}Rows", f"{noun.lower()}_events"
    ms, line = random.randint(120, 990), random.randint(20, 480)
    return Case(
        "review",
        f"Why is {function} slow?",
        [
            (
                f"Profile {function}.",
                f"`{function}` reads {table} without an index, in src/{noun.lower()}/store.py:{line}. A call takes {ms} ms. Add an index on `created_on`.",
            )
        ],
        [
            f"Because {function} scans {table}: there is no index on created_on. See store.py, line {line}.",
            f"`{function}()` takes {ms}ms since `{table}` has no index. Adding one on `created_on` should help.",
            f"The table {table} is read without an index (src/{noun.lower()}/store.py:{line}). Index created_on.",
        ],
        [
            f"Because {function} calls `refresh{noun}Cache` for every row.",
            f"`{function}` takes {ms + random.randint(11, 77)} ms since `{table}` has no index.",
            f"It is slow because of the join with {noun.lower()}_audit_log in {table}.",
            f"See src/{noun.lower()}/legacy/adapter.py: {function} opens a connection for each call.",
        ],
    )


def cooking(random: Random) -> Case:
    dish, grams, minutes = random.choice(DISHES), random.randint(2, 9) * 50, random.randint(4, 17) * 5
    degrees, eggs = random.randint(16, 23) * 10, random.randint(2, 5)
    wrong = degrees + random.choice([-30, -20, 25, 35])
    return Case(
        "cooking",
        f"How do I make the {dish} again?",
        [
            (
                f"Write down the recipe of the {dish}.",
                f"Mix {grams} g flour with {eggs} eggs, rest for half an hour, bake at {degrees} °C for {minutes} minutes. Check that a skewer comes out dry.",
            )
        ],
        [
            f"Mix {grams}g of flour and {eggs} eggs, let it rest for half an hour, then bake for {minutes} minutes at {degrees}°C. Check with a skewer that it is dry.",
            f"1. Mix {grams} grams of flour with {eggs} eggs.\n2. Rest.\n3. Bake {minutes} min at {degrees} degrees.\n4. Check with a skewer.",
            f"For the {dish}: flour ({grams} g), eggs ({eggs}), half an hour of rest, {minutes} minutes in the oven at {degrees}. Check it with a skewer.",
        ],
        [
            f"Mix {grams} g flour and {eggs} eggs, then bake for {minutes} minutes at {wrong} °C. Check with a skewer.",
            f"Mix {grams} g flour, {eggs} eggs and {random.randint(11, 19) * 7} ml milk, bake at {degrees} °C, check with a skewer.",
            f"Bake it at {degrees} °C for {minutes + 12} minutes, then check with a skewer.",
            f"Mix the flour and eggs, and bake at {degrees} °C as Chef {random.choice(LAST)} does. Check with a skewer.",
        ],
    )


def tickets(random: Random) -> Case:
    ticket, customer = f"INC{random.randint(10000, 99999)}", person(random)
    user = customer.lower().replace(" ", ".")
    host = random.choice(["status", "help", "docs"])
    page = f"https://{host}.corvex.example/articles/{random.randint(100, 999)}"
    return Case(
        "tickets",
        f"What happened with {ticket}?",
        [
            (
                f"Close ticket {ticket}.",
                f'{ticket} was opened by {customer} ({user}@corvex.example) because the export failed. We sent {page} and closed it with the note "works as designed".',
            )
        ],
        [
            f'{customer} reported in {ticket} that the export failed. It was closed as "works as designed".',
            f"{ticket}: {customer.split()[1]}'s export failed; we pointed to {page} and closed it.",
            f"The customer ({user}@corvex.example) could not export. We answered with {page}.",
        ],
        [
            f'{customer} reported in {ticket} that the export failed. It was closed as "fixed in next release".',
            f"{ticket} is a duplicate of INC{random.randint(10000, 99999)} and was closed.",
            f"{ticket} was opened by {other(random, person, customer)} because the export failed.",
            f"{customer} could not export. See https://kb.corvex.example/known-issues/{random.randint(1000, 9999)} for the cause.",
            f"The customer ({random.choice(FIRST).lower()}@nordlys.example) could not export, and {ticket} was closed.",
        ],
    )


def calendar(random: Random) -> Case:
    day, month, year = random.randint(1, 28), random.randint(1, 12), random.randint(2023, 2026)
    hour, minute = random.randint(8, 17), random.choice([0, 15, 30, 45])
    host, room = person(random), f"{random.choice('ABCD')}{random.randint(100, 399)}"
    twelve = f"{(hour - 1) % 12 + 1}:{minute:02d} {'am' if hour < 12 else 'pm'}"
    name = MONTHS[month - 1]
    return Case(
        "calendar",
        "When and where is the audit kickoff?",
        [
            (
                "Note the audit kickoff.",
                f"Audit kickoff: {year}-{month:02d}-{day:02d} at {hour:02d}:{minute:02d} in room {room}, led by {host}.",
            )
        ],
        [
            f"On {day} {name} {year} at {hour}:{minute:02d}, in room {room}.",
            f"It is on {name} {day}, {year} at {twelve} in room {room}; {host} leads it.",
            f"- Date: {day:02d}.{month:02d}.{year}\n- Time: {hour:02d}:{minute:02d}\n- Room: {room}\n- Lead: {host}",
            f"{host.split()[0]} leads it on {name} {day}{'th' if 10 < day < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')} in {room}.",
        ],
        [
            f"On {day % 28 + 1} {name} {year} at {hour}:{minute:02d}, in room {room}.",
            f"It is on {MONTHS[month % 12]} {day}, {year} in room {room}.",
            f"On {day} {name} {year} at {(hour + 3) % 24}:{minute:02d}, in room {room}.",
            f"On {day} {name} {year} in room E{random.randint(400, 480)}, led by {host}.",
            f"{host} leads it together with {other(random, person, host)} in room {room}.",
        ],
    )


def policy(random: Random) -> Case:
    days, clause = random.randint(11, 89), f"{random.randint(2, 19)}.{random.randint(1, 9)}"
    amount = random.randint(2, 48) * 250
    phrase = random.choice(["in good condition", "without undue delay", "at the buyer's expense"])
    return Case(
        "policy",
        "Can a customer send the goods back?",
        [
            (
                "What does our return policy say?",
                f'Clause {clause}: goods may be returned within {days} days "{phrase}". Orders over ${amount:,} need a manager\'s signature.',
            )
        ],
        [
            f'Yes, within {days} days, "{phrase}" (clause {clause}).',
            f"Yes. Clause {clause} allows it for {days} days; above {amount} dollars a manager has to sign.",
            f"Returns are possible for {days} days, and orders over ${amount}.00 need a signature.",
        ],
        [
            f'Yes, within {days + random.randint(1, 9)} days, "{phrase}" (clause {clause}).',
            f"Yes, under clause {int(clause.split('.')[0]) + 20}.{random.randint(1, 9)}, for {days} days.",
            f'Yes, within {days} days, if it is "accompanied by the original receipt".',
            f"Yes, for {days} days; a restocking fee of {random.randint(91, 99) / 10}% applies.",
            f"Yes, for {days} days. The Consumer Protection Act requires it.",
        ],
    )


def science(random: Random) -> Case:
    metal = random.choice(["alloy", "polymer", "ceramic", "resin"])
    code = f"{random.choice('KMRT')}-{random.randint(20, 99)}"
    strength, density = random.randint(201, 989), random.randint(110, 890) / 100
    share = random.randint(3, 38)
    return Case(
        "science",
        f"How strong is the {metal} {code}?",
        [
            (
                f"Report the tests of {metal} {code}.",
                f"{code} failed at {strength} MPa. Its density is {density} g/cm3, {share}% less than steel wire of the same strength.",
            )
        ],
        [
            f"It holds up to {strength} MPa at a density of {density} g/cm3.",
            f"{code} fails at {strength} megapascals, and it is {share} percent lighter than such steel wire.",
            f"{metal.capitalize()} {code}: strength {strength} MPa, density {density}, weight {share} % below steel.",
        ],
        [
            f"It holds up to {strength + random.randint(3, 60)} MPa.",
            f"{code} fails at {strength} MPa, measured to ISO {random.randint(4000, 9900)}.",
            f"It holds {strength} MPa, {random.randint(41, 70)}% more than {random.choice('KMRT')}-{random.randint(100, 199)}.",
            f"The tests at {random.choice(PLACES)} University gave {strength} MPa for {code}.",
        ],
    )


def lists(random: Random) -> Case:
    chosen = random.sample(SERVICES, 4)
    owners = [random.choice(FIRST) for _ in chosen]
    listed = "; ".join(f"{service}: {owner}" for service, owner in zip(chosen, owners, strict=True))
    stranger = random.choice([name for name in FIRST if name not in owners])
    return Case(
        "lists",
        "Who owns which service?",
        [("List the services and their owners.", f"{listed}. Confirm with the owner before a deploy.")],
        [
            "\n".join(f"- {s.capitalize()}: {o}" for s, o in zip(chosen, owners, strict=True))
            + "\nConfirm with them first.",
            "There are 4 services:\n"
            + "\n".join(f"{i}. {o} owns {s}" for i, (s, o) in enumerate(zip(chosen, owners, strict=True), 1))
            + "\nConfirm before a deploy.",
            f"{owners[0]} owns {chosen[0]} and {owners[1]} owns {chosen[1]}. Confirm with the owner before each deploy.",
        ],
        [
            "\n".join(f"- {s}: {o}" for s, o in zip(chosen, [*owners[:3], stranger], strict=True))
            + "\nConfirm with them first.",
            f"{owners[0]} owns {chosen[0]}, and {stranger} stands in. Confirm before a deploy.",
            f"{owners[0]} owns {chosen[0]} since {MONTHS[random.randrange(12)]} {random.randint(2001, 2022)}. Confirm before a deploy.",
        ],
    )


KINDS = (facts, finance, operations, review, cooking, tickets, calendar, policy, science, lists)


def right_answers(seed: int, count: int) -> list[tuple[Case, str]]:
    """`count` right answers, every kind and every wording in turn."""
    return _answers(seed, count, lambda case: case.right)


def wrong_answers(seed: int, count: int) -> list[tuple[Case, str]]:
    """`count` fabrications, every kind and every way of it in turn."""
    return _answers(seed, count, lambda case: case.wrong)


def _answers(seed: int, count: int, pick: Callable[[Case], list[str]]) -> list[tuple[Case, str]]:
    random = Random(seed)
    found = []
    for number in range(count):
        case = KINDS[number % len(KINDS)](random)
        options = pick(case)
        found.append((case, options[number // len(KINDS) % len(options)]))
    return found
