"""What a person says when they mean a file on the hub: `owner/repo`, `owner/repo:Q4_K_M`, a path, an address."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from core.engine.found import PART
from core.errors import BadRequest
from core.records import Record

REPO: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}")
REVISION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,120}")
UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f\\<>"|]')
HOSTS: Final = ("huggingface.co", "www.huggingface.co", "hf.co")
DEFAULT_ENDPOINT: Final = "https://huggingface.co"
PAGES: Final = ("blob", "resolve", "raw", "tree")
HINT: Final = "Write OWNER/REPO, OWNER/REPO:FILE, or paste the address of a repository or file on the hub."


class Reference(Record, frozen=True):
    """A repository, and what names a file in it: empty, its path, a pattern, or a quantisation such as `Q4_K_M`."""

    repo: str
    file: str = ""
    revision: str = "main"

    def __str__(self) -> str:
        at = "" if self.revision == "main" else f"@{self.revision}"
        return f"{self.repo}{at}:{self.file}" if self.file else f"{self.repo}{at}"


class NoOneFile(BadRequest):
    """What was named is not one file. choices: those of the repository that can be meant."""

    def __init__(self, message: str, choices: Iterable[str]) -> None:
        super().__init__(message, param="model", hint=HINT)
        self.choices = tuple(choices)


def parse(text: str, revision: str = "", hosts: Iterable[str] = HOSTS) -> Reference:
    """Raises BadRequest. `revision` given apart wins over one in the text; `hosts`: whose addresses are understood."""
    text = text.strip()
    if "://" in text or text.startswith(tuple(f"{host}/" for host in hosts)):
        repo, file, found = _of_address(text, tuple(hosts))
    else:
        repo, _, file = text.partition(":")
        repo, _, found = repo.partition("@")
    chosen = revision or found or "main"
    if not REPO.fullmatch(repo) or ".." in repo or "--" in repo:
        raise BadRequest(f"{text or 'Nothing'} names no repository on the hub.", param="model", hint=HINT)
    if not REVISION.fullmatch(chosen) or ".." in chosen:
        raise BadRequest(f"{chosen} is not a revision.", param="revision", hint="A branch, a tag, or a commit.")
    if file and (UNSAFE.search(file) or file.startswith("/") or ".." in file.split("/")):
        raise BadRequest(f"{file} is not the name of a file in a repository.", param="model", hint=HINT)
    return Reference(repo=repo, file=file, revision=chosen)


def _of_address(text: str, hosts: tuple[str, ...]) -> tuple[str, str, str]:
    """Repository, file and revision of an address; query and fragment say nothing that is needed."""
    address = urlsplit(text if "://" in text else f"https://{text}")
    if address.scheme not in ("https", "http") or (address.netloc not in hosts and address.hostname not in hosts):
        raise BadRequest(
            f"{address.netloc or text} is not the model hub.", param="model", hint=f"Fetched is from {hosts[0]} only."
        )
    path, _, tag = unquote(address.path).strip("/").partition(":")
    parts = path.split("/")
    if len(parts) > 3 and parts[2] in PAGES:
        return "/".join(parts[:2]), "/".join(parts[4:]), parts[3]
    return "/".join(parts[:2]), tag, ""


def endpoint_from_environment() -> str:
    return os.environ.get("HF_ENDPOINT", "").strip().rstrip("/") or DEFAULT_ENDPOINT


def hosts_of(endpoint: str) -> tuple[str, ...]:
    """Whose addresses mean this hub."""
    return (urlsplit(endpoint).netloc, *HOSTS)


def is_model(path: str) -> bool:
    """False for what is no student of its own: other formats, image projectors, parts, importance matrices."""
    name = PurePosixPath(path).name.lower()
    aside = "mmproj" in name or "imatrix" in name
    return name.endswith(".gguf") and not aside and PART.search(name) is None


def choose(reference: Reference, paths: Iterable[str]) -> str:
    """The one file that is meant. Raises NoOneFile with what there is to choose from."""
    usable = sorted(path for path in paths if is_model(path))
    matches = usable if not reference.file else []
    for means in (_exactly, _by_pattern, _by_tag):
        matches = matches or [path for path in usable if means(path.lower(), reference.file.lower())]
    if len(matches) == 1:
        return matches[0]
    choices = matches or usable
    raise NoOneFile(_which(reference, choices, bool(matches)), choices)


def _exactly(path: str, wanted: str) -> bool:
    return wanted in (path, path.removesuffix(".gguf"))


def _by_pattern(path: str, wanted: str) -> bool:
    return bool(wanted) and any(fnmatch.fnmatchcase(name, wanted) for name in (path, PurePosixPath(path).name))


def _by_tag(path: str, wanted: str) -> bool:
    """The quantisation, as a word of its own: `q4_k_m` is not meant by `q4_k`."""
    return bool(wanted) and re.search(rf"(?<![a-z0-9_]){re.escape(wanted)}(?![a-z0-9_])", path) is not None


def _which(reference: Reference, paths: list[str], many: bool) -> str:
    shown = ", ".join(paths[:12]) + (f" and {len(paths) - 12} more" if len(paths) > 12 else "")
    if not paths:
        return f"{reference.repo} holds no GGUF file that can be a student (files in parts cannot)."
    if many or not reference.file:
        return f"{reference} means several files. Choose one of: {shown}."
    return f"{reference.repo} holds no file {reference.file}. There are: {shown}."
