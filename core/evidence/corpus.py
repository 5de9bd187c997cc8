"""What stands in silver, told for the receipt: files, hashes and counts of the whole corpus, not only of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.evidence.canonical import combined
from core.evidence.partitions import Made, StageState
from core.evidence.sources import Source
from core.evidence.sources.traces import NAME, SOURCE_FILE
from core.evidence.stage import FileRef
from core.paths import Home

SKIPS = "skips"
"""Where a source's skips are set aside beside its days, and the folder that they stand in."""


def skips_of(name: str) -> str:
    """The output that a source's skips stand in."""
    return f"{SKIPS}/{name}.jsonl"


class Corpus:
    """Told from the stage's notes: nothing is read again."""

    def __init__(self, home: Home, state: StageState, sources: Sequence[Source]) -> None:
        self._home = home
        self._state = state
        self._sources = sources
        self._made = {path: one for path, one in sorted(state.made.items()) if one.facts is not None}

    def inputs(self) -> tuple[FileRef, ...]:
        """Of the database what it says of the traces, not its bytes."""
        refs = [ref for one in self._sources for ref in one.inputs(self._state.cursors.get(one.name, ""))]
        traces = self._of(NAME)
        if traces:
            said = combined(part for path, one in traces.items() for part in (path, one.content))
            refs.append(FileRef(path=SOURCE_FILE, sha256=said, rows=_rows(traces)))
        return tuple(sorted(refs, key=lambda ref: (ref.path, ref.sha256)))

    def outputs(self) -> tuple[FileRef, ...]:
        placed = {self._placed(path): one.facts for path, one in self._made.items()}
        return tuple(
            FileRef(path=path, sha256=facts.sha256, rows=facts.rows) for path, facts in sorted(placed.items()) if facts
        )

    def content_hash(self) -> str:
        return combined(part for path, one in self._made.items() for part in (self._placed(path), one.content))

    def input_hash(self, version: str) -> str:
        """Over the rows of each source, whatever their order, and what else their records follow from."""
        said = [version]
        for source in self._sources:
            of_it = sorted(one.inputs for one in self._of(source.name).values())
            skips = self._made.get(skips_of(source.name))
            said += [source.name, source.fingerprint, combined(of_it), skips.content if skips else ""]
        return combined(said)

    def totals(self) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for source in self._sources:
            if rows := _rows(self._of(source.name)):
                counts["rows"] += rows
                counts[f"source:{source.name}"] = rows
            skips = self._made.get(skips_of(source.name))
            for reason, number in (skips.tally if skips else {}).items():
                counts[f"skip:{source.name}:{reason}"] = number
        return {"rows": 0} | dict(sorted(counts.items()))

    def _of(self, name: str) -> dict[str, Made]:
        return {p: one for p, one in self._made.items() if Path(p).stem == name and not p.startswith(f"{SKIPS}/")}

    def _placed(self, output: str) -> str:
        return output if output.startswith(f"{SKIPS}/") else f"{self._home.evidence.name}/{output}"


def _rows(made: Mapping[str, Made]) -> int:
    return sum(one.facts.rows for one in made.values() if one.facts is not None)
