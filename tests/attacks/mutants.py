"""Copies of the program with one guard taken away, or several, each run as a process of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from core.evidence.export.firewall import GUARDS
from tests.evidence.making import RECORDED

ROOT = Path(__file__).parents[2]
FIREWALL, ROWS, PROOF = (f"core/evidence/export/{name}.py" for name in ("firewall", "rows", "proof"))
RECORDS = "core/evidence/records.py"
EXPORTER = f"""
import json, sys
from pathlib import Path
import core
assert Path(core.__file__).is_relative_to(Path.cwd()), core.__file__
from core.config import Config
from core.database import Database
from core.evidence.export import making, preference
from core.evidence.stage import Options, Work
from core.paths import Home
for place in sys.argv[1:]:
    with Database.open(Home(Path(place))) as database:
        work = Work(home=Home(Path(place)), database=database, config=Config(), options=Options(
            recorded_at={RECORDED!r}, min_reward=0.0, include_partial=True))
        results = [*making.export(work, ["rag", "sft", "kto"]).values(), preference.run(work)]
        print(json.dumps({{result.stage: result.errors for result in results}}))
"""


class Cut(NamedTuple):
    """Takes something out of a file of the program. Each pattern has to be there."""

    file: str
    pattern: str
    instead: str


def no_guard(*names: str) -> list[Cut]:
    return [Cut(FIREWALL, rf'    Guard\("{re.escape(name)}", [^\n]*\),\n', "") for name in names]


NO_GUARDS = no_guard(*(guard.name for guard in GUARDS))
TYPES = {
    "a person's no": [Cut(RECORDS, r'    if human is not None and human <= NO:\n +raise [^\n]+\n', "    return\n")],
    "category of rag": [Cut(RECORDS, r'source_category: Literal\[[^]]*\]', "source_category: str")],
    "category of sft": [Cut(RECORDS, r'quality_score: Literal\[[^]]*\]', "quality_score: str")],
    "category of chosen": [Cut(RECORDS, r'chosen_category: Literal\[[^]]*\]', "chosen_category: str")],
    "category of refused": [Cut(RECORDS, r'rejected_category: Literal\[[^]]*\]', "rejected_category: str")],
    "an answer preferred to itself": [Cut(RECORDS, r'raise ForbiddenRow\("an answer is[^\n]*', "pass")],
    "one answer to learn": [Cut(RECORDS, r'raise ForbiddenRow\("one answer[^\n]*', "pass")],
    "hashes": [Cut(RECORDS, r'Sha256 = Annotated[^\n]*', "Sha256 = str")],
    "names": [Cut(RECORDS, r'Name = Annotated[^\n]*', "Name = str")],
}  # fmt: skip
NO_TYPES = [cut for cuts in TYPES.values() for cut in cuts]
PROOFS = {
    "the second reading": [Cut(PROOF, r'def problems\([^\n]*\n    """[^\n]*"""\n', r"\g<0>    return []\n")],
    "who is barred": [Cut(PROOF, r"in expected\.barred:", "in ():")],
    "categories asked for": [Cut(PROOF, r"if row\.category not in expected\.categories:", "if False:")],
}
NO_PROOF = PROOFS["the second reading"]
NO_LINEAGE = [Cut(ROWS, r"sig_hash=case\.record\.provenance\.sig_hash", 'sig_hash="0" * 64')]


class Mutant:
    """The program in `folder`, without what is cut."""

    def __init__(self, folder: Path, cuts: Iterable[Cut]) -> None:
        self.root = folder
        shutil.copytree(ROOT / "core", folder / "core", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "resources").symlink_to(ROOT / "resources")
        for cut in cuts:
            path = folder / cut.file
            text, count = re.subn(cut.pattern, cut.instead, path.read_text())
            assert count, f"{cut.file} has no {cut.pattern}"
            path.write_text(text)

    def export(self, homes: Iterable[Path]) -> list[dict[str, list[str]]]:
        """Every dataset of each home, as far as this program makes them; what each stage found wrong itself."""
        told = self._call("-c", EXPORTER, *map(str, homes))
        return [json.loads(line) for line in told.splitlines()]

    def nightschool(self, home: Path, *arguments: str) -> str:
        return self._call("-m", "core.cli", *arguments, NIGHTSCHOOL_HOME=str(home))

    def _call(self, *arguments: str, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={**os.environ, **more, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


def rows(home: Path, dataset: str) -> list[dict[str, Any]]:
    """Every row that stands in a dataset."""
    paths = sorted((home / "datasets" / dataset).rglob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_bytes().splitlines()]
