"""Rows of the datasets, made of one record that the firewall let through."""

from __future__ import annotations

import hashlib

import msgspec

from core.database.labels import YES
from core.evidence.export.firewall import Case
from core.evidence.records import EvidenceRecord, ForbiddenRow, KtoRow, Lineage, PreferenceRow, RagRow, SftRow
from core.records import Message


class Turn(Message, frozen=True, omit_defaults=True):
    """A message as datasets have it: without the names of what it does not say."""


class Read(EvidenceRecord, frozen=True):
    """Evidence as exporters read it."""

    messages: list[Turn] = msgspec.field(default_factory=list)  # type: ignore[assignment]  # Turns are Messages


def lineage(case: Case) -> Lineage:
    """Raises ForbiddenRow for a record that cannot be traced back."""
    if case.record is None or case.scored is None:
        raise ForbiddenRow("no valid record stands behind it")
    return Lineage(
        run_id=case.record.run_id,
        source=case.record.source,
        sig_hash=case.record.provenance.sig_hash,
        scorer_version=case.scored.scorer_version,
        feedback=case.record.feedback,
    )


def rag_row(case: Case) -> RagRow:
    way_back = lineage(case)
    assert case.record is not None and case.scored is not None
    record = case.record
    if not record.response.strip():
        raise ForbiddenRow("no answer")
    return RagRow(
        id=record.run_id,
        content="\n\n".join(text for text in (question(record.messages), record.response) if text),
        source_category=case.scored.category,  # type: ignore[arg-type]  # refused when it is read again
        task_id=record.task_id,
        tags=(record.source, record.query_class, record.model_role),
        reward=case.scored.reward,
        human=record.human,
        lineage=way_back,
    )


def sft_row(case: Case) -> SftRow:
    way_back = lineage(case)
    assert case.record is not None and case.scored is not None
    record = case.record
    return SftRow(
        id=record.run_id,
        prompt=record.messages,
        completion=[answer(record.response)],
        quality_score=case.scored.category,  # type: ignore[arg-type]  # refused when it is read again
        role=record.model_role,
        complexity=record.complexity,
        reward=case.scored.reward,
        human=record.human,
        lineage=way_back,
    )


def kto_row(case: Case) -> KtoRow:
    way_back = lineage(case)
    assert case.record is not None
    record = case.record
    return KtoRow(
        id=record.run_id,
        prompt=record.messages,
        completion=[answer(record.response)],
        label=record.human is not None and record.human >= YES,
        human=record.human,
        role=record.model_role,
        lineage=way_back,
    )


def preference_row(better: Case, worse: Case) -> PreferenceRow:
    """Raises ForbiddenRow for an answer that is preferred to itself, too."""
    way_back = (lineage(better), lineage(worse))
    assert better.record is not None and worse.record is not None
    chosen, rejected = better.record, worse.record
    pair = f"{len(chosen.run_id)}:{chosen.run_id}{rejected.run_id}"
    return PreferenceRow(
        id=f"pair_{hashlib.sha256(pair.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}",
        prompt=chosen.messages,
        chosen=[answer(chosen.response)],
        rejected=[answer(rejected.response)],
        task_id=chosen.task_id,
        chosen_category=better.category,  # type: ignore[arg-type]  # refused when it is read again
        rejected_category=worse.category,  # type: ignore[arg-type]
        chosen_run_id=chosen.run_id,
        rejected_run_id=rejected.run_id,
        chosen_human=chosen.human,
        lineage=way_back,
    )


def answer(text: str) -> Turn:
    return Turn(role="assistant", content=text)


def question(messages: list[Message]) -> str:
    """The last thing that was asked."""
    return next((message.content for message in reversed(messages) if message.role == "user" and message.content), "")
