"""Reads every row of every dataset against what is known of the records behind it."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec

from core.evidence.acceptance.findings import Findings
from core.evidence.acceptance.truth import TRACES, Key, Known, known_of, refused_now
from core.evidence.partitions import Partition, Tree
from core.evidence.records import KtoRow, PreferenceRow, Quarantined, RagRow, SftRow
from core.evidence.sealing import is_sealed
from core.evidence.stage import Options, Work
from core.records import Role

TYPES: dict[str, Any] = {"rag": RagRow, "sft": SftRow, "preference": PreferenceRow, "kto": KtoRow}
DECODERS: dict[str, Callable[[bytes], Any]] = {name: msgspec.json.Decoder(row).decode for name, row in TYPES.items()}
ROLES: tuple[Role, ...] = get_args(Role)
ACCEPTED, PARTIAL, REJECTED, REVIEW = "accepted", "partially_accepted", "rejected", "needs_human_review"
DAY = len("2026-01-01")
Row = dict[str, Any]


def dataset_files(work: Work, dataset: str) -> dict[Partition, list[Path]]:
    """Files of a dataset by the partition that they were made from."""
    found: dict[Partition, list[Path]] = defaultdict(list)
    for path in sorted((work.home.datasets / dataset).rglob("*.jsonl")):
        found[Partition(path.stem[:DAY], path.stem[DAY + 1 :])].append(path)
    return found


class DatasetChecks:
    """One reading of everything that was exported, partition by partition."""

    def __init__(
        self, work: Work, flags: Options, findings: Findings, *, has_secret: Callable[[str], bool], all_of_it: bool
    ) -> None:
        """flags: those of the newest run. has_secret: of a text. all_of_it: every record was exported, or held back."""
        self._work, self._flags, self._findings = work, flags, findings
        self._has_secret, self._all_of_it = has_secret, all_of_it
        self._origins = {"user", "import", *(("simulated",) if work.database.simulated else ())}
        self._forgotten = work.database.forgotten.all()
        self._ids: dict[str, set[bytes]] = defaultdict(set)
        self._splits: dict[bytes, str] = {}
        self._clean: set[bytes] = set()
        self._pending: list[tuple[str, Row, Key]] = []
        """Rejected halves of pairs, which may be of other partitions."""
        self._targets: set[str] = set()
        self._rows: Counter[str] = Counter()
        self._roles = work.home.datasets / "roles"
        self._sft: dict[str, str] = {}
        """Run id → source of every example, where roles were handed over."""

    def run(self) -> None:
        files = {dataset: dataset_files(self._work, dataset) for dataset in TYPES}
        partitions = {*Tree(self._work.home.evidence).all(), *(one for of in files.values() for one in of)}
        for done, partition in enumerate(sorted(partitions)):
            self._work.progress("reading the datasets", done, len(partitions))
            self._work.pause_point()
            known = {one.key: one for one in known_of(self._work.home, partition, self._findings)}
            held = self._held_back(partition)
            self._rows.clear()
            if any(partition in of for of in files.values()):
                screened = Tree(self._work.home.screened).path(partition)
                self._findings.see("screened_as_it_stands", screened.exists(), partition.path, "exported unscreened")
            for dataset, of in files.items():
                for path in of.get(partition, ()):
                    self._file(dataset, path, known, held[dataset])
            if self._all_of_it:
                self._accounted(partition, known, held["rag"])
            self._by_the_database(f"datasets of {partition.path}")
        self._rejected_halves()
        self._role_files()

    def _file(self, dataset: str, path: Path, known: dict[Key, Known], held: set[Key]) -> None:
        name = str(path.relative_to(self._work.home.root))
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                where = f"{name}:{number}"
                self._rows[dataset] += 1
                fits = self._fits(dataset, line, where)
                try:
                    row = msgspec.json.decode(line)
                    self._row(dataset, row, where, known, held)
                    self._split(path, row, where, known)
                except (msgspec.MsgspecError, KeyError, TypeError, IndexError, AttributeError):
                    if fits:
                        self._findings.wrong("rows_fit_their_types", where, "no row that can be read")

    def _fits(self, dataset: str, line: bytes, where: str) -> bool:
        self._findings.looked("rows_fit_their_types")
        try:
            DECODERS[dataset](line)
        except (msgspec.MsgspecError, ValueError) as error:
            self._findings.wrong("rows_fit_their_types", where, str(error).rpartition(" - at ")[2][:80])
            return False
        return True

    def _row(self, dataset: str, row: Row, where: str, known: dict[Key, Known], held: set[Key]) -> None:
        see = self._findings.see
        digest = hashlib.blake2b(str(row["id"]).encode(), digest_size=12).digest()
        see("ids_unique", digest not in self._ids[dataset], where, "its id stands twice")
        self._ids[dataset].add(digest)
        for text in texts_of(row):
            see("nothing_secret", self._is_clean(text), where, "a secret or personal data")
        lineages = row["lineage"] if isinstance(row["lineage"], list) else [row["lineage"]]
        first = self._behind(lineages[0], known, where)
        if dataset != "preference":
            see("quarantine_told", key_of(lineages[0]) not in held, where, "held back, too")
        if first is None:
            return
        if dataset == "preference":
            self._pair(row, first, where)
            self._pending.append((where, row, key_of(lineages[1])))
        self._example(dataset, row, first, where)

    def _behind(self, lineage: Row, known: dict[Key, Known], where: str) -> Known | None:
        """The record that a lineage leads to."""
        found = known.get(key_of(lineage))
        right = found is not None and lineage["scorer_version"] == found.score.scorer_version != ""
        self._findings.see("provenance_complete", right, where, "its lineage leads nowhere")
        return found

    def _example(self, dataset: str, row: Row, known: Known, where: str) -> None:
        """What holds of a record that somebody is to learn from."""
        see, category = self._findings.see, known.score.category
        target = dataset != "kto" or row["label"]
        if dataset == "sft":
            if self._roles.is_dir():
                self._sft[known.record.run_id] = known.record.source
            allowed = {ACCEPTED, *((PARTIAL,) if self._flags.include_partial else ())}
            right = category in allowed and row["quality_score"] == category
            see("sft_only_accepted_or_partial", right, where, f"it is {category}")
        elif dataset == "rag":
            allowed = {ACCEPTED, PARTIAL, *((REVIEW,) if self._flags.include_review else ())}
            right = category in allowed and row["source_category"] == category
            see("rag_without_rejected", right, where, f"it is {category}")
        if target:
            see("no_human_no", not known.human_no, where, "a person said no")
            see("no_human_no", category != REJECTED, where, "it was rejected")
            if known.record.source == TRACES:
                self._targets.add(known.record.run_id)
        reviewed = known.record.reviewed or (dataset == "rag" and self._flags.include_review)
        right = reviewed and known.record.origin in self._origins
        see("reviewed_only", right, where, f"origin {known.record.origin}, reviewed: {known.record.reviewed}")
        self._private(known, where)
        if dataset == "rag":
            same = row["content"].endswith(known.record.response)
        else:  # word for word, and nothing else beside it
            same = (row.get("chosen") or row["completion"]) == [{"role": "assistant", "content": known.record.response}]
        see("rows_say_what_evidence_says", same, where, "another answer than the record's")

    def _private(self, known: Known, where: str) -> None:
        see = self._findings.see
        sealed = is_sealed(known.conversation) or known.barred == "sealed"
        see("nothing_sealed", not sealed, where, "it is the benchmark's, or near to it")
        see("nothing_secret", known.barred != "secret", where, "the screen saw something in it")
        gone = known.record.provenance.sig_hash in self._forgotten
        see("nothing_forgotten", not gone, where, "its source row was forgotten")

    def _pair(self, row: Row, chosen: Known, where: str) -> None:
        see = self._findings.see
        see("preference_pairs", chosen.score.category == ACCEPTED, where, f"chosen is {chosen.score.category}")
        see("preference_pairs", row["chosen_run_id"] != row["rejected_run_id"], where, "paired with itself")
        texts = row["chosen"][-1]["content"], row["rejected"][-1]["content"]
        see("preference_pairs", texts[0] != texts[1], where, "both answers are the same")

    def _rejected_halves(self) -> None:
        """The other halves of the pairs, wherever they stand."""
        wanted = {key for _, _, key in self._pending}
        found: dict[Key, Known] = {}
        for partition in Tree(self._work.home.evidence).all() if wanted else ():
            self._work.pause_point()
            found |= {one.key: one for one in known_of(self._work.home, partition) if one.key in wanted}
        for where, row, key in self._pending:
            other = found.get(key)
            self._findings.see("provenance_complete", other is not None, where, "the rejected half leads nowhere")
            if other is not None:
                worse = other.score.category in (REJECTED, PARTIAL) and other.record.task_id == row["task_id"]
                self._findings.see("preference_pairs", worse, where, f"rejected is {other.score.category}")
                self._private(other, where)

    def _role_files(self) -> None:
        """What was handed over: each row in the ledger, once, and none that may not be learned from now."""
        see = self._findings.see
        for role in ROLES if self._roles.is_dir() else ():
            path, seen = self._roles / f"{role}_sft.jsonl", set[str]()
            for number, line in enumerate(path.read_bytes().splitlines() if path.exists() else (), start=1):
                where = f"datasets/roles/{path.name}:{number}"
                row = msgspec.json.decode(line)
                see("roles_by_the_ledger", row["run_id"] not in seen, where, "handed over twice")
                seen.add(row["run_id"])
                for text in texts_of(row):
                    see("nothing_secret", self._is_clean(text), where, "a secret or personal data")
            known = self._work.database.pairs.exported(role, sorted(seen))
            for run_id in sorted(seen - known):
                self._findings.wrong("roles_by_the_ledger", path.name, f"{run_id} is not in the ledger")
            of_traces = (one for one in seen if self._sft.get(one) == TRACES)
            self._targets.update(of_traces)
            for run_id in sorted(seen - self._sft.keys()):
                self._findings.wrong("roles_by_the_ledger", path.name, f"{run_id} is no example of sft any more")
            self._by_the_database(f"datasets/roles/{path.name}")

    def _split(self, path: Path, row: Row, where: str, known: dict[Key, Known]) -> None:
        split = path.parent.name
        lineage = row["lineage"][0] if isinstance(row["lineage"], list) else row["lineage"]
        found = known.get(key_of(lineage))
        if split not in ("train", "validation") or found is None:
            return
        digest = hashlib.blake2b(found.conversation.encode(), digest_size=12).digest()
        known_split = self._splits.setdefault(digest, split)
        self._findings.see(
            "splits_apart", known_split == split, where, f"its conversation stands in {known_split}, too"
        )

    def _is_clean(self, text: str) -> bool:
        """Most texts stand in several datasets; each is looked through once."""
        digest = hashlib.blake2b(text.encode(), digest_size=12).digest()
        if digest in self._clean:
            return True
        clean = not self._has_secret(text)
        if clean:
            self._clean.add(digest)
        return clean

    def _held_back(self, partition: Partition) -> dict[str, set[Key]]:
        held: dict[str, set[Key]] = {dataset: set() for dataset in TYPES}
        for dataset in TYPES:
            for number, line in enumerate(Tree(self._work.home.quarantine / dataset).lines(partition), start=1):
                where = f"quarantine/{dataset}/{partition.path}:{number}"
                self._findings.looked("quarantine_told")
                try:
                    row = msgspec.json.decode(line, type=Quarantined)
                    held[dataset].add((row.run_id, row.sig_hash))
                except msgspec.MsgspecError:
                    self._findings.wrong("quarantine_told", where, "no known reason")
        return held

    def _accounted(self, partition: Partition, known: dict[Key, Known], held: set[Key]) -> None:
        """RAG has no filter but the firewall: what is not in it was held back."""
        exported = self._rows["rag"]
        told = f"{len(known)} records, {exported} exported and {len(held)} held back"
        self._findings.see("everything_accounted_for", exported + len(held) == len(known), partition.path, told)

    def _by_the_database(self, where: str) -> None:
        self._findings.looked("no_human_no", len(self._targets))
        self._findings.looked("nothing_forgotten", len(self._targets))
        for run_id, why in refused_now(self._work.database, sorted(self._targets)):
            name = "nothing_forgotten" if why == "deleted" else "no_human_no"
            self._findings.wrong(name, where, f"{run_id}: {why} in the database now")
        self._targets.clear()


def key_of(lineage: Row) -> Key:
    return lineage["run_id"], lineage["sig_hash"]


def texts_of(row: Row) -> Iterator[str]:
    """Every text of a row."""
    if "content" in row:
        yield row["content"]
    for part in ("prompt", "chosen", "rejected", "completion"):
        for message in row.get(part) or ():
            if message.get("content"):
                yield message["content"]
            if message.get("tool_calls"):
                yield msgspec.json.encode(message["tool_calls"]).decode()
