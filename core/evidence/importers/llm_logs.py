"""`llm` (https://llm.datasette.io): its logs.db, found by `llm logs path`.

Table `responses` (prompt, system, response, model, conversation_id, datetime_utc …) and, in front of the prompt, the
fragments that were attached to it; older ones have it all in `logs`. Prompts of tool steps are empty: what followed
from tools stands in the answer that ends the step.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw

from core.evidence.importers.files import ImportProblem, columns, copied_database, files_of, member_of
from core.evidence.importers.turns import Item, Spoken, as_count, moment, turns
from core.records import Usage

RESPONSES = """
SELECT rowid, id, coalesce(conversation_id, id), {model}, prompt, system, response, duration_ms, datetime_utc,
  {input_tokens}, {output_tokens}
FROM responses ORDER BY coalesce(conversation_id, id), datetime_utc, id
"""
LOGS = """
SELECT rowid, id, coalesce(chat_id, id), model, prompt, system, response, duration_ms, datetime_utc, 0, 0
FROM logs ORDER BY coalesce(chat_id, id), datetime_utc, id
"""
FRAGMENTS = """
SELECT f.content FROM {table} AS p JOIN fragments AS f ON f.id = p.fragment_id
WHERE p.response_id = ? ORDER BY p."order"
"""


def read(path: Path, scratch: Path) -> Iterator[Item]:
    """One turn for each answer."""
    for file in files_of(path, "logs.db"):
        with copied_database(file, scratch) as connection:
            known = columns(connection, "responses")
            if not known and not columns(connection, "logs"):
                raise ImportProblem(f"{file} has no table `responses`.", hint="`llm logs path` says where the file is.")
            yield from _conversations(connection, _query(known), bool(known), member_of(path, file))


def _query(known: set[str]) -> str:
    if not known:
        return LOGS
    tokens = {name: name if name in known else "0" for name in ("input_tokens", "output_tokens")}
    model = "coalesce(resolved_model, model)" if "resolved_model" in known else "model"
    return RESPONSES.format(model=model, **tokens)


def _conversations(connection: apsw.Connection, query: str, current: bool, member: str) -> Iterator[Item]:
    with_fragments = current and bool(columns(connection, "prompt_fragments"))
    spoken: list[Spoken] = []
    about = ""
    for row in connection.execute(query):
        if spoken and str(row[2]) != about:
            yield from turns(spoken, conversation=about)
            spoken = []
        about = str(row[2])
        before = any(one.role == "system" for one in spoken)
        spoken += _spoken(connection, row, member, with_fragments, begun=before)
    if spoken:
        yield from turns(spoken, conversation=about)


def _spoken(
    connection: apsw.Connection, row: tuple[object, ...], member: str, with_fragments: bool, *, begun: bool
) -> list[Spoken]:
    rowid, key, _, model, prompt, system, response, duration, at, given, made = row
    texts = {"system": _text(system), "user": _text(prompt)}
    if with_fragments:
        for role, table in (("system", "system_fragments"), ("user", "prompt_fragments")):
            parts = [_text(one) for (one,) in connection.execute(FRAGMENTS.format(table=table), (str(key),))]
            texts[role] = "\n".join(part for part in (*parts, texts[role]) if part)
    offset, when = as_count(rowid), moment(at)
    answer = Spoken(
        role="assistant",
        text=_text(response),
        at=when,
        offset=offset,
        member=member,
        model=_text(model),
        usage=Usage(prompt_tokens=as_count(given), completion_tokens=as_count(made)),
        duration_ms=float(as_count(duration)) if duration is not None else None,
    )
    found = [Spoken(role="user", text=texts["user"], at=when, offset=offset, member=member)]
    if texts["system"].strip() and not begun:
        found.insert(0, Spoken(role="system", text=texts["system"], at=when, offset=offset, member=member))
    return [*found, answer]


def _text(value: object) -> str:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
