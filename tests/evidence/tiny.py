"""Tiny real stages for tests of their order: each reads the file of the one before it and writes its own.

A line of `bronze.txt` is a row, its first word the category it gets. A line `fail STAGE` makes that stage fail,
`wrong STAGE` makes its own check find an error, `full STAGE` meets a full disk; `bug STAGE`, `closed STAGE` are bugs.
"""

from __future__ import annotations

import errno
from collections import Counter
from pathlib import Path

from core.errors import ConfigError
from core.evidence.canonical import file_hash, sig_hash
from core.evidence.partitions import write_lines
from core.evidence.run import Stage
from core.evidence.stage import NEEDS, STAGES, FileRef, StageName, StageResult, Work


def bronze(work: Work, *lines: str) -> None:
    (work.home.root / "bronze.txt").write_text("".join(f"{line}\n" for line in lines))


def output(work: Work, stage: StageName) -> Path:
    return work.home.evidence / f"{stage}.txt"


def stages(*, version: str = "1", mark: str = "") -> dict[StageName, Stage]:
    """mark: what these stages add to each row, as a change of the code would."""
    return {name: _stage(name, version, mark) for name in STAGES}


def _stage(name: StageName, version: str, mark: str) -> Stage:
    def run(work: Work) -> StageResult:
        source = output(work, NEEDS[name][0]) if NEEDS[name] else work.home.root / "bronze.txt"
        lines = source.read_bytes().splitlines()
        work.pause_point()
        _act(name, work, lines)
        rows = [line + (mark.encode() if name == "score" else b"") for line in lines]
        target = output(work, name)
        before = target.read_bytes() if target.exists() else b""
        new = before != b"".join(row + b"\n" for row in rows)
        if new and not work.options.dry_run:
            write_lines(target, rows)
        kinds = Counter(line.split()[0].decode() for line in lines)
        wrong = tuple("a row is wrong" for line in lines if line == f"wrong {name}".encode())
        return StageResult(
            stage=name,
            status="done",
            inputs=(FileRef(path=source.name, sha256=file_hash(source), rows=len(lines)),),
            outputs=(FileRef(path=target.name, sha256=file_hash(target), rows=len(rows)),) if target.exists() else (),
            content_hash=sig_hash([row.decode() for row in rows]),
            input_hash=sig_hash([line.decode() for line in lines]),
            totals=totals(name, kinds),
            delta={"read": len(lines), "written": len(rows) * new},
            errors=wrong,
            versions={name: version},
        )

    return run


def totals(name: StageName, kinds: Counter[str]) -> dict[str, int]:
    """`secret` rows are quarantined by the exports, `broken` ones skipped by collect, all others rows."""
    held = {"secret", "broken"}
    found = {"rows": sum(count for kind, count in kinds.items() if kind not in held)}
    if name == "collect":
        found |= {"source:tiny": found["rows"], "skip:tiny:not_json": kinds["broken"]}
    elif name == "score":
        found |= {f"category:{kind}": count for kind, count in kinds.items() if kind not in held}
    elif name != "screen":
        found["reason:secret_found"] = kinds["secret"]
    return {key: count for key, count in found.items() if count or key == "rows"}


def _act(name: StageName, work: Work, lines: list[bytes]) -> None:
    for line in lines:
        if line == f"fail {name}".encode():
            raise ConfigError(f"{work.home.root}/x cannot be read.", hint="Mend it.")
        if line == f"full {name}".encode():
            raise OSError(errno.ENOSPC, "No space left on device", f"{work.home.root}/evidence/x")
        if line == f"bug {name}".encode():
            raise TypeError("a bug")
        if line == f"closed {name}".encode():
            raise OSError(errno.EBADF, "Bad file descriptor")
