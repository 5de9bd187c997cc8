"""Lots of records for attacks on the firewall, made by hypothesis; what each was made as stands in its run id."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.database import Database
from core.evidence import score
from core.evidence.partitions import Tree
from core.evidence.records import Measured, Sighting
from core.paths import Home
from tests.attacks.mutants import rows
from tests.evidence import making
from tests.evidence.export.making import (
    HELD_BACK,
    SEALED,
    TRAIN,
    Lines,
    asked,
    put,
    row,
    screen,
    screened_whole,
    tampered,
)

NOS, YESES = (0.0, 0.1, 0.3), (0.7, 1.0)
"""Up to 0.3 is a person's no, from 0.7 on a yes."""
SEEN = Sighting(field="response", kind="secret", start=0, end=4)
TASKS = 3
Row = dict[str, Any]


NEVER = (
    "forgotten", "sealed", "seen_sealed", "leak", "secret", "unreviewed", "benchmark", "replayed", "rowless", "nohash",
    "norun", "nosource",
)  # fmt: skip
"""Made so that they may stand nowhere."""
KINDS = ("plain", "plain", "plain", *NEVER)
"""Only what is plain may stand anywhere."""


class Made(NamedTuple):
    """One record as hypothesis wants it."""

    kind: str
    human: float | None
    tests: float | None
    reported: float | None
    measured: Measured | None
    task: int
    marker: str
    answer: int


def made() -> st.SearchStrategy[Made]:
    measured = st.builds(
        Measured, compile_pass=st.sampled_from([None, True, False]), lint_errors=st.sampled_from([None, 0, 3])
    )
    return st.builds(
        Made,
        kind=st.sampled_from(KINDS),
        human=st.sampled_from([None, 0.5, *NOS, *YESES, *YESES]),
        tests=st.sampled_from([None, 0.0, 1.0]),
        reported=st.sampled_from([None, 0.0, 1.0]),
        measured=st.none() | measured,
        task=st.integers(1, TASKS),
        marker=st.sampled_from(["accept", "reject", "cycle", ""]),
        answer=st.integers(1, 99),
    )


def record(number: int, one: Made) -> Lines:
    """As the stages before the export would hold it, its verdict aside."""
    said = "none" if one.human is None else "no" if one.human <= 0.3 else "yes" if one.human >= 0.7 else "partly"
    fields: Row = {
        "run_id": f"{one.kind}-{said}-{number}",
        "human": one.human,
        "tests": one.tests,
        "reported": one.reported,
        "measured": one.measured,
        "rule": "person" if not one.marker else "observer",
        "markers": {"observer_verdict": one.marker},
        "conversation_id": SEALED if one.kind == "sealed" else (TRAIN, HELD_BACK)[one.task % 2][one.task],
        "response": f"Island {one.answer} of task {one.task}, by {number}.",
        "reviewed": one.kind not in ("unreviewed", "replayed"),
        "origin": {"benchmark": "benchmark", "replayed": "replay"}.get(one.kind, "user"),
        **asked(f"How far is island {one.task}?"),
    }
    screened: dict[str, Row] = {
        "sealed": {"sealed": True}, "seen_sealed": {"sealed": True}, "leak": {"leak_of": "t0"},
        "secret": {"sightings": (SEEN,)},
    }  # fmt: skip
    return row(number, "needs_human_review", screened=screened.get(one.kind), day=number % 2, **fields)


def spoiled(one: Lines) -> Lines:
    """Records whose way back is broken."""
    kind = one.record.run_id.partition("-")[0]
    if kind == "rowless":
        return tampered(one, provenance=...)
    if kind in ("nohash", "nosource"):
        provenance = msgspec.to_builtins(one.record.provenance)
        provenance["sig_hash" if kind == "nohash" else "source_file"] = ""
        return tampered(one, provenance=provenance)
    return tampered(one, run_id="") if kind == "norun" else one


def fill(home: Home, lot: list[Made], *, lying: bool = False) -> None:
    """A home that is scored, by the real scorer or by one whose verdicts mean nothing, and screened."""
    lines = [record(number, one) for number, one in enumerate(lot, start=1)]
    with Database.open(home) as database:
        partitions = put(home, lines)
        score.run(making.work(home, database))
        database.forgotten.add([one.record.provenance.sig_hash for one, made in zip(lines, lot, strict=True)
                                if made.kind == "forgotten"])  # fmt: skip
    by_run = {one.record.run_id: one for one in lines}
    for partition in partitions:
        records = [msgspec.json.decode(line) for line in Tree(home.evidence).lines(partition)]
        of_it = [by_run[one["run_id"]] for one in records]
        Tree(home.evidence).write(partition, [spoiled(one).evidence for one in of_it])
        scores = [msgspec.json.decode(line) for line in Tree(home.scored).lines(partition)]
        broken = ("rowless", "nohash", "norun", "nosource")
        for number, (held, one) in enumerate(zip(scores, of_it, strict=True)):
            # Nobody scores what is no record; these would be good but for that.
            if lying or one.record.run_id.startswith(broken):
                held["category"] = "accepted" if number % 4 else "rejected"
        Tree(home.scored).write(partition, map(msgspec.json.encode, scores))
        screen(home, partition, [one.screened for one in of_it if one.screened is not None])
    screened_whole(home)


def leaked(home: Path) -> list[str]:
    """What stands where it must not, by what it was made as."""
    return [f"{dataset}: {run_id}" for dataset, run_id, target in exported(home) if forbidden(run_id, target)]


def exported(home: Path) -> Iterator[tuple[str, str, bool]]:
    """(dataset, run id, whether it is to be imitated or found again) of everything that was exported."""
    for dataset in ("rag", "sft", "kto"):
        for one in rows(home, dataset):
            yield dataset, one["lineage"]["run_id"], dataset != "kto" or one["label"]
    for one in rows(home, "preference"):
        yield "preference", one["chosen_run_id"], True
        yield "preference", one["rejected_run_id"], False


def forbidden(run_id: str, target: bool) -> bool:
    kind, _, said = run_id.partition("-")
    return kind != "plain" or (target and said.startswith("no-"))


def lots(number: int, *, seed: int = 0) -> list[list[Made]]:
    """As many lots as are asked for, always the same ones."""
    found: list[list[Made]] = []

    @settings(max_examples=number, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.lists(made(), min_size=12, max_size=40))
    def draw(lot: list[Made]) -> None:
        found.append(lot)

    draw()
    return found


WHOLE = [Made(kind, human, None, None, None, 1 + n % TASKS, "", n)
         for n, (kind, human) in enumerate(product(sorted(set(KINDS)), (None, 0.5, 0.0, 0.3, 1.0)))]  # fmt: skip
"""One of everything: what each guard is there for is in each run, whatever hypothesis draws."""


class Homes:
    """The same homes for each mutant, filled once."""

    def __init__(self, folder: Path, number: int, *, lying: bool = False) -> None:
        self._folder = folder
        self.names = []
        for n, lot in enumerate([WHOLE, *lots(number)]):
            fill(Home(folder / f"home{n}"), lot, lying=lying)
            self.names.append(f"home{n}")

    def copies(self, target: Path) -> list[Path]:
        return [Path(shutil.copytree(self._folder / name, target / name)) for name in self.names]
