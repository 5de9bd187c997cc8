"""What a proposed change, its tier, its gate figures and its job mean, in words for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.moments import counted

if TYPE_CHECKING:
    from core.database import Job
    from core.records import GateFigures

translate = QCoreApplication.translate


def kind_name(kind: str) -> str:
    """The kind of a review item; one that this version does not know is named as it is."""
    return {"edit": translate("Review", "Change"), "import": translate("Review", "Import")}.get(kind, kind)


def change_sentence(op: str, target: str) -> str:
    """What the edit would do, and to what."""
    sentence = {
        "set_model_for_query_class": translate("Review", "Chooses another model for one class of questions: {}."),
        "set_model_param": translate("Review", "Changes how the model makes its answers: {}."),
        "set_agent_param": translate("Review", "Changes a setting of an agent: {}."),
        "add_tool_to_agent": translate("Review", "Gives an agent one more tool: {}."),
        "remove_tool_from_agent": translate("Review", "Takes a tool from an agent: {}."),
        "edit_tool_description": translate("Review", "Changes what the student is told of a tool: {}."),
        "patch_system_prompt": translate("Review", "Changes a part of a system prompt: {}."),
        "replace_system_prompt": translate("Review", "Replaces a whole system prompt: {}."),
        "set_agent_class": translate("Review", "Changes the way in which an agent works: {}."),
        "edit_few_shot_exemplars": translate("Review", "Changes the fixed examples that an agent is shown: {}."),
        "lora_finetune": translate("Review", "Trains an adapter for the student: {}."),
    }.get(op)
    return sentence.format(target) if sentence else translate("Review", "{}: {}.").format(op, target)


def tier_sentence(tier: str) -> str:
    """Why this asks, and what that tier of change does without asking."""
    return {
        "auto": translate("Review", "Tier auto: small enough to be applied without asking, if it passes the gate."),
        "review": translate("Review", "Tier review: asks you first; then it must still pass the gate."),
        "manual": translate("Review", "Tier manual: never begins unless you say so, and must still pass the gate."),
    }.get(tier, tier)


def score(value: float) -> str:
    """A score in [0, 1] as a percentage with one decimal."""
    return translate("Review", "{} %").format(QLocale().toString(value * 100, "f", 1))


def verdict_name(verdict: str) -> str:
    return {
        "keep": translate("Review", "keep"),
        "refuse": translate("Review", "refuse"),
        "not enough evidence": translate("Review", "not enough evidence"),
    }.get(verdict, verdict)


def gate_sentence(gate: GateFigures | None) -> str:
    """The gate's figures read for a person; what approving means while there are none."""
    if gate is None:
        return translate("Review", "Not examined yet: approving means trying it; it is kept only if it passes.")
    figures = translate("Review", "On {} tasks the score went from {} to {}: {} better, {} worse, {} the same.").format(
        gate.tasks, score(gate.before), score(gate.after), gate.wins, gate.losses, gate.ties
    )
    meaning = {
        "keep": translate("Review", "That is enough evidence to keep it."),
        "refuse": translate("Review", "That speaks against it, so it would be refused."),
        "not enough evidence": translate(
            "Review", "That is too little evidence to keep it; more rated answers would tell."
        ),
    }[gate.verdict]
    return f"{figures} {meaning}"


def cost(dollars: float) -> str:
    if dollars == 0:
        return translate("Review", "nothing")
    return translate("Review", "${}").format(QLocale().toString(dollars, "f", 2 if dollars >= 0.01 else 4))


def diff_sentence(added: int, removed: int) -> str:
    """How much a diff changes."""
    return translate("Review", "{}, {}.").format(
        counted(added, translate("Review", "1 line added"), translate("Review", "{} lines added")),
        counted(removed, translate("Review", "1 removed"), translate("Review", "{} removed")),
    )


def next_sentence(job: Job | None) -> str:
    """What becomes of an approved change: the state of the job that applies it."""
    if job is None:
        return translate("Review", "Nothing more has to be done.")
    if job.state == "queued":
        return translate(
            "Review",
            "Waiting for the next night; nothing has changed yet. Nothing studies at night yet: this is kept for when"
            " it does.",
        )
    if job.state == "running":
        return translate("Review", "Being tried now.")
    if job.state == "done":
        told = outcome(job)
        return translate("Review", "Done. {}").format(told) if told else translate("Review", "Done.")
    sentence = {
        "skipped": translate("Review", "Skipped: {}"),
        "failed": translate("Review", "It failed and nothing was changed: {}"),
    }[job.state]
    return sentence.format(job.reason or "")


def outcome(job: Job) -> str:
    """The evidence of a finished job as text: its own sentence, else its plain values."""
    evidence = job.evidence or {}
    if isinstance(evidence.get("outcome"), str):
        return str(evidence["outcome"])
    return "; ".join(f"{name}: {value}" for name, value in evidence.items() if isinstance(value, str | int | float))
