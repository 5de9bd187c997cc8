"""The same work as a script that one would write with DuckDB: read, hash, file by day, score, and make four datasets.

    python -m bench.evidence_peer FILE FOLDER [--threads 2]

What it leaves out, so that the ratio can be read: checked schemas, provenance, the reasons of what is left out, the
second look at what was written, the screen, runs that go on after a kill, and doing only what is new. The order of its
rows is kept and every output is hashed, as ours are. `pip install duckdb` brings what it needs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from pathlib import Path

SHAPE = json.dumps({
    "id": "VARCHAR", "task": "VARCHAR", "conversation": "VARCHAR", "at": "TIMESTAMP", "model": "VARCHAR",
    "attempt": "INTEGER", "duration_ms": "DOUBLE", "messages": [{"role": "VARCHAR", "content": "VARCHAR"}],
    "response": "VARCHAR", "verdict": "VARCHAR", "thumb": "BOOLEAN",
})  # fmt: skip
WRITTEN = "(FORMAT json, PARTITION_BY ({keys}), OVERWRITE_OR_IGNORE, FILENAME_PATTERN 'part')"
EVIDENCE = f"""
CREATE TABLE evidence AS
SELECT r.*, sha256(j::VARCHAR) AS sig_hash, strftime(r."at", '%Y-%m-%d') AS day
FROM (SELECT json AS j, from_json(json, '{SHAPE}') AS r FROM read_json_objects(?, format = 'newline_delimited'))
QUALIFY row_number() OVER (PARTITION BY r.id, sig_hash ORDER BY r."at") = 1
"""
SCORED = """
CREATE TABLE scored AS
SELECT id, sig_hash, task, day, "at", CASE verdict WHEN 'accept' THEN 'accepted' WHEN 'cycle' THEN 'partially_accepted'
       WHEN 'reject' THEN 'rejected' ELSE 'needs_human_review' END AS category
FROM evidence
"""
SPLIT = "CASE WHEN hash(e.conversation) % 5 = 0 THEN 'validation' ELSE 'train' END AS split"
JOINED = "evidence e JOIN scored s USING (id, sig_hash)"
ANSWER = "[{'role': 'assistant', 'content': e.response}]"
DATASETS = {
    "rag": f"""SELECT e.day, e.id, list_last(e.messages).content || chr(10) || e.response AS content, s.category,
               e.task, e.sig_hash FROM {JOINED} WHERE s.category IN ('accepted', 'partially_accepted')
               ORDER BY e.day, e.id""",
    "sft": f"""SELECT e.day, {SPLIT}, e.id, e.messages AS prompt, {ANSWER} AS completion, e.sig_hash
               FROM {JOINED} WHERE s.category = 'accepted' ORDER BY e.day, e.id""",
    "kto": f"""SELECT e.day, {SPLIT}, e.id, e.messages AS prompt, {ANSWER} AS completion,
               e.thumb AS label, e.sig_hash
               FROM {JOINED} WHERE e.thumb IS NOT NULL ORDER BY e.day, e.id""",
    "preference": f"""
        WITH named AS (SELECT e.*, s.category FROM {JOINED})
        SELECT c.day, {SPLIT.replace("e.conv", "c.conv")}, c.id || '/' || r.id AS id, c.messages AS prompt,
               {ANSWER.replace("e.resp", "c.resp")} AS chosen, {ANSWER.replace("e.resp", "r.resp")} AS rejected, c.task,
               c.sig_hash AS chosen_hash, r.sig_hash AS rejected_hash
        FROM named c JOIN named r ON c.task = r.task AND c.category = 'accepted'
             AND r.category IN ('rejected', 'partially_accepted') AND c.response <> r.response
        QUALIFY row_number() OVER (PARTITION BY c.task ORDER BY c.id, r.id) <= 5
        ORDER BY c.day, c.id, r.id""",
}


def work(source: Path, out: Path, threads: int) -> dict[str, float]:
    """Seconds of each part."""
    import duckdb

    taken: dict[str, float] = {}
    database = duckdb.connect(str(out / "peer.duckdb"), config={"threads": threads})

    def step(name: str, *statements: str) -> None:
        start = time.perf_counter()
        for statement in statements:
            database.execute(statement, [str(source)] if "?" in statement else None)
        taken[name] = round(time.perf_counter() - start, 3)

    def copied(name: str, query: str, keys: str) -> str:
        return f"COPY ({query}) TO '{out / name}' {WRITTEN.format(keys=keys)}"

    step("collect", EVIDENCE, copied("evidence", 'SELECT * FROM evidence ORDER BY day, "at", id, sig_hash', "day"))
    step("score", SCORED, copied("scored", 'SELECT * FROM scored ORDER BY day, "at", id, sig_hash', "day"))
    for name, query in DATASETS.items():
        step(f"export-{name}", copied(name, query, "day" if name == "rag" else "day, split"))
    start = time.perf_counter()
    hashes(out)
    taken["hash"] = round(time.perf_counter() - start, 3)
    return taken


def hashes(out: Path) -> dict[str, str]:
    found = {}
    for path in sorted(out.rglob("*.json")):
        with path.open("rb") as file:
            found[str(path.relative_to(out))] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    print(json.dumps(work(chosen.file, chosen.folder, chosen.threads)))


if __name__ == "__main__":
    main()
