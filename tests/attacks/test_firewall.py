"""The firewall under attack: whatever is recorded, and whichever guard is gone, nothing forbidden gets through while
any one layer stands; and where all layers of a kind are gone, acceptance goes red.

Verdicts are the real scorer's. What may stand where is judged by what each record was made as (`lots`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.database import Database
from core.evidence.acceptance import accept
from core.evidence.export.firewall import GUARDS
from core.evidence.run import run
from core.paths import Home
from tests.attacks import mutants
from tests.attacks.lots import Homes, leaked
from tests.attacks.mutants import NO_GUARDS, NO_LINEAGE, NO_PROOF, NO_TYPES, PROOFS, TYPES, Cut, Mutant, rows
from tests.evidence import making
from tests.evidence.export.making import SEALED


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("honest"), 2)


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("lying"), 2, lying=True)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("many"), 100)


def attack(homes: Homes, folder: Path, cuts: list[Cut]) -> list[str]:
    """What a program without these lets through."""
    places = homes.copies(folder / "homes")
    Mutant(folder / "program", cuts).export(places)
    return [f"{place.name}: {told}" for place in places for told in leaked(place)]


# One layer stands

ONE_AWAY: dict[str, list[Cut]] = {
    **{f"guard: {guard.name}": mutants.no_guard(guard.name) for guard in GUARDS},
    **{f"type: {name}": cuts for name, cuts in TYPES.items()},
    **{f"proof: {name}": cuts for name, cuts in PROOFS.items()},
    "all types": NO_TYPES,
    "the whole proof and all types": [*NO_PROOF, *NO_TYPES],
}


DATASETS = ("rag", "sft", "kto", "preference")
LAYERS = [*NO_GUARDS, *NO_TYPES, *NO_PROOF]


@pytest.mark.slow
def test_with_all_guards_nothing_gets_through_and_something_does(honest: Homes, tmp_path: Path) -> None:
    places = honest.copies(tmp_path / "homes")
    told = Mutant(tmp_path / "program", []).export(places)
    assert [leaked(place) for place in places] == [[]] * len(places)
    assert [[errors for errors in one.values() if errors] for one in told] == [[]] * len(places)
    for dataset in DATASETS:
        assert rows(places[0], dataset), "an empty dataset proves nothing"


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_AWAY)
def test_without_one_of_them_nothing_gets_through(name: str, honest: Homes, tmp_path: Path) -> None:
    assert attack(honest, tmp_path, ONE_AWAY[name]) == []


@pytest.mark.prove
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", ONE_AWAY)
def test_without_one_of_them_nothing_gets_through_in_full(name: str, many: Homes, tmp_path: Path) -> None:
    assert attack(many, tmp_path, ONE_AWAY[name]) == []


@pytest.mark.slow
def test_a_scorer_whose_verdicts_mean_nothing_lets_nothing_through(lying: Homes, tmp_path: Path) -> None:
    assert attack(lying, tmp_path, []) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a person's no"])
def test_nor_without_the_types(name: str, lying: Homes, tmp_path: Path) -> None:
    assert attack(lying, tmp_path, TYPES[name]) == []


@pytest.mark.slow
@pytest.mark.parametrize("guard", ["human no in rag", "human no in sft", "human no in pairs", "thumb against verdict"])
def test_nor_without_the_guard_of_a_persons_no(guard: str, lying: Homes, tmp_path: Path) -> None:
    assert attack(lying, tmp_path, mutants.no_guard(guard)) == []


@pytest.mark.slow
def test_without_any_of_them_all_of_it_gets_through(lying: Homes, tmp_path: Path) -> None:
    """So that the tests above can fail."""
    told = attack(lying, tmp_path, LAYERS)
    kinds = {name: {one.split(": ")[2].partition("-")[0] for one in told if f": {name}: " in one} for name in DATASETS}
    for dataset in ("rag", "sft", "kto"):
        assert {"forgotten", "sealed", "leak", "secret", "unreviewed", "benchmark", "replayed"} <= kinds[dataset]
    assert len(kinds["preference"] - {"plain"}) > 4, "five pairs a task leave no room for all of them"
    assert any("plain-no-" in one for one in told)


# No layer stands: acceptance says so


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with every kind of feedback, collected, scored and screened by the real stages; nothing exported."""
    home = Home(tmp_path_factory.mktemp("recorded") / "home")
    with Database.open(home) as database:
        making.a_mixed_lot(database, 80)
        making.add(database, 900, answer="Write to anna.schmidt@example-mail.com about it.", thumb=True)
        making.add(database, 901, thumb=True, conversation_id=SEALED)
        assert run(making.work(home, database), ("collect", "score", "screen")).status == "done"
    return home.root


def red(home: Path) -> set[str]:
    with Database.open(Home(home)) as database:
        found = accept(making.work(Home(home), database), twins=False)
    return {check.name for check in found.checks if not check.passed}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cuts", "wanted"),
    [
        ([], set()),
        (LAYERS, {"no_human_no", "rag_without_rejected", "sft_only_accepted_or_partial", "reviewed_only",
                  "nothing_sealed", "nothing_secret", "nothing_forgotten"}),
        ([*LAYERS, *NO_LINEAGE], {"provenance_complete"}),
    ],
    ids=["all layers", "no layer", "no way back"],
)  # fmt: skip
def test_without_any_layer_acceptance_is_red(cuts: list[Cut], wanted: set[str], recorded: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(recorded, tmp_path / "home"))
    forget_one(home)
    Mutant(tmp_path / "program", cuts).nightschool(home, "evidence", "export", "--recorded-at", making.RECORDED)
    found = red(home)
    assert wanted <= found if wanted else found <= {"up_to_date"}


def forget_one(home: Path) -> None:
    """After it was collected, as somebody would between two runs."""
    with Database.open(Home(home)) as database:
        gone = making.read_evidence(Home(home))
        good = next(one for one in gone if one.human == 1.0 and one.reviewed and one.conversation_id != SEALED)
        database.forgotten.add([good.provenance.sig_hash])
