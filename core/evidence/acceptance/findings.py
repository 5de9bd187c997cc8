"""What is checked, each by its name, and what was found wrong."""

from __future__ import annotations

from collections import Counter

from core.records import Record

SHOWN = 20
"""Most problems that a check tells in words; the rest are counted."""
CHECKS = {
    "rows_fit_their_types": "Every line of a dataset is a row of its type, with all that it must have.",
    "sft_only_accepted_or_partial": "SFT holds accepted answers, and partly accepted ones where they were asked for.",
    "rag_without_rejected": "RAG holds nothing rejected, and what nobody judged only where it was asked for.",
    "preference_pairs": "A chosen answer is accepted, its counterpart is worse, another, and of the same task.",
    "no_human_no": "Nothing that a person refused or corrected is a target, by the evidence and by the database now.",
    "reviewed_only": "Nothing that no person asked or approved is learned from; nothing of the benchmark or of replay.",
    "rows_say_what_evidence_says": "Answers in datasets are those of the evidence, word for word.",
    "provenance_complete": "Each row leads to one record, that record to a source row, and its score names its scorer.",
    "provenance_round_trip": "Source rows found again by file, place and hash.",
    "ids_unique": "No id stands twice in a dataset.",
    "splits_apart": "No conversation stands in train and in validation.",
    "nothing_sealed": "Nothing of the benchmark's conversations, and nothing near to it.",
    "nothing_forgotten": "Nothing that was deleted or forgotten.",
    "nothing_secret": "No secret and no personal data, looked for again in every exported text.",
    "scored_one_to_one": "Each record has its score, in the same place and order.",
    "screened_as_it_stands": "What is exported was screened as it is now.",
    "quarantine_told": "Each row that was held back has a known reason, and stands in no dataset.",
    "roles_by_the_ledger": "What was handed over for a role is in the ledger, once, and may be learned from still.",
    "everything_accounted_for": "Each record was exported or held back: none was lost on the way.",
    "receipts_valid": "Receipts fit their schema, are as their summaries say, and make one unbroken chain.",
    "receipts_match_files": "Each file that a receipt names is there with that hash.",
    "files_have_receipts": "Each file that stands there is named by a receipt.",
    "up_to_date": "Nothing happened and nothing was set since the newest run.",
    "second_run_writes_nothing": "A run after a run changes no file.",
    "twice_the_same_bytes": "Two fresh runs, with another hash seed, time zone, locale and number of workers, agree.",
    "incremental_is_full": "What stands there is what a fresh full run makes.",
    "no_model_asked": "No model, teacher or network was as much as loaded.",
}  # fmt: skip


class Check(Record, frozen=True):
    """One check. `looked_at`: how many things it saw, so that one that saw nothing is not taken for a proof."""

    name: str
    passed: bool
    looked_at: int
    problems: tuple[str, ...] = ()
    more: int = 0
    """Problems beyond those that are told."""
    not_checked: str = ""
    """Why it could not be, where nothing was looked at."""


class Acceptance(Record, frozen=True):
    passed: bool
    run_id: str
    """The newest run."""
    checks: tuple[Check, ...]


class Findings:
    """Gathers what the checks see; they go on after a problem, to tell of all."""

    def __init__(self) -> None:
        self._looked: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()
        self._told: dict[str, list[str]] = {name: [] for name in CHECKS}
        self._not_checked: dict[str, str] = {}

    def looked(self, name: str, count: int = 1) -> None:
        self._looked[name] += count

    def wrong(self, name: str, where: str, what: str) -> None:
        """where: file and line, never text of a person's."""
        self._wrong[name] += 1
        if len(self._told[name]) < SHOWN:
            self._told[name].append(f"{where}: {what}")

    def see(self, name: str, right: bool, where: str, what: str) -> None:
        self._looked[name] += 1
        if not right:
            self.wrong(name, where, what)

    def not_checked(self, name: str, why: str) -> None:
        self._not_checked[name] = why

    def checks(self) -> tuple[Check, ...]:
        """In the order of CHECKS."""
        return tuple(self._check(name) for name in CHECKS)

    def _check(self, name: str) -> Check:
        told = tuple(self._told[name])
        return Check(
            name=name,
            passed=not self._wrong[name],
            looked_at=self._looked[name],
            problems=told,
            more=self._wrong[name] - len(told),
            not_checked=self._not_checked.get(name, ""),
        )
