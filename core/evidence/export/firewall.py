"""The second layer of law 2, and every reason to keep a row out of a dataset: one ordered list, each guard by its name.

A guard knows nothing of the others, and each is enough to keep its kind of row out: a test takes them away one by one.
What gets past all of them still has to be a row that its type allows (`core.evidence.records`), and is read again by
`core.evidence.export.proof` before it stands anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple, get_args

import msgspec

from core.database.labels import NO, YES
from core.evidence.records import CORRECTION, Dataset, EvidenceRecord, Reason, ScoredRun, Screened
from core.evidence.sealing import conversation_of, is_sealed

DATASETS: tuple[Dataset, ...] = get_args(Dataset)
SFT_NEVER = frozenset({"rejected", "needs_human_review"})
"""Whatever the flags say (seed 003, phase 4)."""
RAG_NEVER = frozenset({"rejected"})


class Policy(msgspec.Struct, frozen=True):
    """What the person asked for, and which home this is."""

    include_partial: bool = False
    include_review: bool = False
    simulated: bool = False


class Case(msgspec.Struct):
    """One record before the firewall."""

    record: EvidenceRecord | None
    """None: its line is no valid record."""
    scored: ScoredRun | None
    screened: Screened | None
    policy: Policy
    category: str = ""
    """What the scorer holds of it; "" where nothing."""
    raw: Any = None
    """What an invalid line says, as far as it is JSON."""
    problem: str = ""
    """Where an invalid line is wrong; never its text."""
    duplicate: bool = False
    """An earlier record has this run id."""
    forgotten: bool = False
    outdated: bool = False
    """A person said something else of it since it was collected."""
    unpaired: str = ""
    """Why no pair could be made with it (`pairing.Failure`)."""

    @property
    def run_id(self) -> str:
        return self.record.run_id if self.record is not None else str(_of(self.raw, "run_id") or "")[:500]

    @property
    def sig_hash(self) -> str:
        return self.record.provenance.sig_hash if self.record is not None else ""


class Guard(NamedTuple):
    """`check` answers None for what may pass, else why not (no text of the record)."""

    name: str
    reason: Reason
    check: Callable[[Case], str | None]
    datasets: tuple[Dataset, ...] = DATASETS
    of_valid: bool = True
    """Asked only of valid records."""


class Refusal(NamedTuple):
    """Why a record stays out."""

    guard: str
    reason: Reason
    detail: str


def _of(raw: Any, name: str) -> Any:
    return raw.get(name) if isinstance(raw, dict) else None


def forgotten(case: Case) -> str | None:
    return "" if case.forgotten else None


def provenance(case: Case) -> str | None:
    if case.record is None:
        known = _of(case.raw, "provenance")
        if not isinstance(case.raw, dict):
            return None
        missing = [name for name in ("source_file", "line_offset", "sig_hash", "recorded_at") if _blank(known, name)]
        return f"no {', '.join(missing)}" if missing else None
    said = case.record.provenance
    if not (said.source_file and said.sig_hash and said.recorded_at):
        return "a part of it is empty"
    if case.scored is not None and case.scored.sig_hash != said.sig_hash:
        return "scored as another row"
    return None


def _blank(known: Any, name: str) -> bool:
    return _of(known, name) in (None, "")


def source_run(case: Case) -> str | None:
    if case.record is None:
        return "no run id" if isinstance(case.raw, dict) and _blank(case.raw, "run_id") else None
    if not case.record.run_id:
        return "no run id"
    if case.scored is not None and case.scored.run_id != case.record.run_id:
        return "scored as another run"
    return None


def schema(case: Case) -> str | None:
    if case.record is None or case.scored is None:
        return case.problem
    if case.outdated:
        return "collected before it was rated or reviewed anew"
    if case.record.human is not None and case.record.human != case.scored.human:
        return "scored from another state"
    return None


def benchmark_origin(case: Case) -> str | None:
    return "made by the benchmark" if case.record and case.record.origin == "benchmark" else None


def origin(case: Case) -> str | None:
    assert case.record is not None
    learned_from = ("user", "import", "simulated") if case.policy.simulated else ("user", "import")
    return None if case.record.origin in learned_from else f"origin {case.record.origin}"


def reviewed(case: Case) -> str | None:
    return None if case.record and case.record.reviewed else "nobody reviewed it"


def reviewed_or_asked_for(case: Case) -> str | None:
    return None if case.policy.include_review else reviewed(case)


def human_no(case: Case) -> str | None:
    assert case.record is not None
    said = case.record.human
    return "a person said no" if said is not None and said <= NO else None


def never_in_rag(case: Case) -> str | None:
    return case.category if case.category in RAG_NEVER else None


def review_in_rag(case: Case) -> str | None:
    return case.category if case.category == "needs_human_review" and not case.policy.include_review else None


def never_in_sft(case: Case) -> str | None:
    return case.category if case.category in SFT_NEVER else None


def partial_in_sft(case: Case) -> str | None:
    return case.category if case.category == "partially_accepted" and not case.policy.include_partial else None


def thumb_against_verdict(case: Case) -> str | None:
    """A yes that the scorer does not hold for good, a no that it does: one of the two is wrong."""
    assert case.record is not None
    if case.record.human is None or NO < case.record.human < YES:
        return "no thumb"
    good = ("accepted", "partially_accepted") if case.record.human >= YES else ("rejected",)
    return None if case.category in good else case.category


def review_in_pairs(case: Case) -> str | None:
    return case.category if case.category == "needs_human_review" else None


def chosen_human_no(case: Case) -> str | None:
    return human_no(case) if case.category == "accepted" else None


def duplicate(case: Case) -> str | None:
    return "an earlier record has this run id" if case.duplicate else None


def sealed(case: Case) -> str | None:
    assert case.record is not None
    if is_sealed(conversation_of(case.record)) or (case.screened is not None and case.screened.sealed):
        return "its conversation is the benchmark's"
    return None


def near_sealed(case: Case) -> str | None:
    found = case.screened.leak_of if case.screened is not None else None
    return f"nearly repeats {found}" if found is not None else None


def secret(case: Case) -> str | None:
    seen = case.screened.sightings if case.screened is not None else ()
    return ", ".join(sorted({sighting.kind for sighting in seen})) if seen else None


def near_duplicate(case: Case) -> str | None:
    """A correction is near to what it corrects, which is rejected and kept nowhere."""
    assert case.record is not None
    found = case.screened.duplicate_of if case.screened is not None else None
    if found is None or case.record.run_id == found + CORRECTION:
        return None
    return f"nearly repeats {found}"


def no_answer(case: Case) -> str | None:
    return None if case.record and case.record.response.strip() else "no answer"


def no_prompt(case: Case) -> str | None:
    assert case.record is not None
    asked = any(message.role == "user" and (message.content or "").strip() for message in case.record.messages)
    return None if asked else "no question"


def missing_files(case: Case) -> str | None:
    count = len(case.record.missing_files) if case.record else 0
    return f"{count} not there" if count else None


NO_COUNTERPART = {
    "other_prompt": "no counterpart answers the same prompt",
    "other_side": "its counterparts are on the other side of the split",
}


def no_counterpart(case: Case) -> str | None:
    return NO_COUNTERPART.get(case.unpaired)


def same_answer(case: Case) -> str | None:
    return "its counterparts say the same" if case.unpaired == "same_text" else None


EXAMPLES: tuple[Dataset, ...] = ("sft", "preference", "kto")
GUARDS: tuple[Guard, ...] = (
    Guard("forgotten", "forgotten", forgotten, of_valid=False),
    Guard("provenance", "missing_provenance", provenance, of_valid=False),
    Guard("source run", "missing_source_run_id", source_run, of_valid=False),
    Guard("schema", "schema_violation", schema, of_valid=False),
    Guard("benchmark origin", "benchmark_leak", benchmark_origin),
    Guard("origin", "category_disallowed", origin),
    Guard("never in rag", "unsafe_rag_category", never_in_rag, ("rag",)),
    Guard("human no in rag", "unsafe_rag_category", human_no, ("rag",)),
    Guard("review in rag", "category_disallowed", review_in_rag, ("rag",)),
    Guard("unreviewed in rag", "unsafe_rag_category", reviewed_or_asked_for, ("rag",)),
    Guard("never in sft", "unsafe_sft_category", never_in_sft, ("sft",)),
    Guard("human no in sft", "unsafe_sft_category", human_no, ("sft",)),
    Guard("unreviewed in sft", "unsafe_sft_category", reviewed, ("sft",)),
    Guard("partial in sft", "category_disallowed", partial_in_sft, ("sft",)),
    Guard("thumb against verdict", "category_disallowed", thumb_against_verdict, ("kto",)),
    Guard("review in pairs", "category_disallowed", review_in_pairs, ("preference",)),
    Guard("human no in pairs", "category_disallowed", chosen_human_no, ("preference",)),
    Guard("unreviewed in pairs and thumbs", "category_disallowed", reviewed, ("preference", "kto")),
    Guard("duplicate id", "duplicate_id", duplicate),
    Guard("sealed", "benchmark_leak", sealed),
    Guard("near a sealed one", "benchmark_leak", near_sealed),
    Guard("secret", "secret_found", secret),
    Guard("no answer", "empty_content", no_answer),
    Guard("missing files", "hallucinated_file_path", missing_files),
    Guard("no question", "empty_content", no_prompt, EXAMPLES),
    Guard("near duplicate", "near_duplicate", near_duplicate, ("rag", "sft", "kto")),
    Guard("no counterpart", "invalid_preference_pairing", no_counterpart, ("preference",)),
    Guard("same answer", "self_pairing", same_answer, ("preference",)),
)
"""In this order; the first that refuses names the reason."""


class _Run(NamedTuple):
    """Guards that follow each other and stand before the same datasets (a bit for each)."""

    before: int
    datasets: tuple[Dataset, ...]
    all: tuple[Guard, ...]
    of_invalid: tuple[Guard, ...]


class Firewall:
    """Asks the guards, each at most once a record for all datasets that it stands before."""

    def __init__(self, guards: Sequence[Guard] | None = None) -> None:
        everyone = GUARDS if guards is None else guards
        runs = [(datasets, tuple(run)) for datasets, run in groupby(everyone, key=lambda guard: guard.datasets)]
        self._runs = [
            _Run(bits(datasets), datasets, run, tuple(guard for guard in run if not guard.of_valid))
            for datasets, run in runs
        ]

    def judge(self, case: Case, wanted: int) -> dict[Dataset, Refusal]:
        """Of `wanted` (see `bits`), the datasets that this record stays out of. It may stand in the others."""
        refused: dict[Dataset, Refusal] = {}
        for run in self._runs:
            if not wanted & run.before:
                continue
            for guard in run.of_invalid if case.record is None else run.all:
                why = guard.check(case)
                if why is not None:
                    refusal = Refusal(guard.name, guard.reason, why)
                    refused.update({one: refusal for one in run.datasets if wanted & BIT[one]})
                    wanted &= ~run.before
                    break
            if not wanted:
                break
        return refused


BIT: dict[Dataset, int] = {dataset: 1 << number for number, dataset in enumerate(DATASETS)}


def bits(datasets: Iterable[Dataset]) -> int:
    """A set of datasets as a number."""
    return sum(BIT[dataset] for dataset in set(datasets))
