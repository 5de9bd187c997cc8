"""The hub's side: which files a repository holds, and where one lies, how large it is, and its SHA-256.

Asked through huggingface_hub, which knows the protocol; over a transport that logs every request before it leaves,
sends none unencrypted beyond this machine, and carries no key of the person's other programs. Use this only in a
process of its own: the library keeps one client and one set of settings for all.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx2

from core import __version__
from core.engine.fetch.reference import Reference, choose, endpoint_from_environment
from core.engine.fetch.source import DownloadError, HubFile, Listed
from core.errors import NightschoolError
from core.privacy.egress import LoggedSyncTransport, is_loopback
from core.privacy.egress_log import EgressLog

os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # read when the library is imported, which is below

PURPOSE: Final = "model download"
SHA256: Final = re.compile(r"[0-9a-f]{64}")
ASK_TIMEOUT_S: Final = 20.0
WHO: Final = "nightschool"
NO_NETWORK: Final = "Check the connection and try again; what was fetched so far is kept."
GATED: Final = (
    "Nightschool uses no account there. Accept its terms and fetch the file in your browser, then add it as a file."
)


class Guarded(httpx2.BaseTransport):
    """Refuses, before anything is logged or sent, what would travel unencrypted; redirects come through here too."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        scheme = request.url.scheme
        if scheme != "https" and not (scheme == "http" and is_loopback(request.url.host)):
            raise DownloadError(
                f"{request.url.host} was to be asked without encryption, which is refused.", code="unencrypted"
            )
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class Hub:
    """One hub, asked with no account. Every method raises DownloadError, or EgressRefused where none can be logged."""

    def __init__(self, egress_log: Path, endpoint: str | None = None) -> None:
        self.endpoint = endpoint or endpoint_from_environment()
        self._log = EgressLog(egress_log)

    def client(self, timeout: httpx2.Timeout) -> httpx2.Client:
        """Follows redirects; every one is a request of its own in the log."""
        transport = Guarded(LoggedSyncTransport(self._log, purpose=PURPOSE))
        agent = {"User-Agent": f"nightschool/{__version__}", "Accept-Encoding": "identity"}
        return httpx2.Client(transport=transport, headers=agent, follow_redirects=True, timeout=timeout)

    def files(self, reference: Reference) -> list[Listed]:
        """Every file of the repository, by path."""
        from huggingface_hub import HfApi
        from huggingface_hub.hf_api import RepoFile

        self._prepare()
        try:
            tree = HfApi(
                endpoint=self.endpoint, token=False, library_name=WHO, library_version=__version__
            ).list_repo_tree(reference.repo, recursive=True, revision=reference.revision, token=False)
            found = [entry for entry in tree if isinstance(entry, RepoFile)]
        except Exception as error:
            raise told(error, reference) from error
        return [
            Listed(path=entry.path, size=entry.size, sha256=None if entry.lfs is None else sha256_in(entry.lfs.sha256))
            for entry in sorted(found, key=lambda entry: entry.path)
        ]

    def resolve(self, reference: Reference) -> HubFile:
        """The file that is meant, at the commit that its revision means now."""
        from huggingface_hub import get_hf_file_metadata

        file = reference.file
        if not file.lower().endswith(".gguf") or "*" in file or "?" in file:
            file = choose(reference, (listed.path for listed in self.files(reference)))
        self._prepare()
        try:
            meta = get_hf_file_metadata(
                self.address(reference.repo, reference.revision, file),
                token=False,
                timeout=ASK_TIMEOUT_S,
                library_name=WHO,
                library_version=__version__,
            )
        except Exception as error:
            raise told(error, reference) from error
        if meta.size is None or meta.etag is None:
            raise DownloadError(
                f"The hub does not say how large {file} is.", code="odd_answer", hint="Try again later."
            )
        commit = meta.commit_hash or reference.revision
        return HubFile(
            repo=reference.repo,
            file=file,
            commit=commit,
            url=self.address(reference.repo, commit, file),
            etag=meta.etag,
            size=meta.size,
            sha256=sha256_in(meta.etag),
        )

    def address(self, repo: str, revision: str, file: str) -> str:
        return f"{self.endpoint}/{repo}/resolve/{quote(revision, safe='')}/{quote(file)}"

    def _prepare(self) -> None:
        """The library's one client is ours. Raises DownloadError where the person wants no request to the hub."""
        import huggingface_hub

        if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
            raise DownloadError(
                "HF_HUB_OFFLINE is set: nothing is fetched from the hub.", code="offline", hint="Unset it to download."
            )
        huggingface_hub.set_client_factory(lambda: self.client(httpx2.Timeout(ASK_TIMEOUT_S)))


def sha256_in(etag: str | None) -> str | None:
    """Files in the hub's large file storage have their SHA-256 as etag; others that of a git blob, which is shorter."""
    return etag if etag and SHA256.fullmatch(etag) else None


def told(error: Exception, reference: Reference) -> NightschoolError:
    """What went wrong at the hub, as a person can be told it; a bug of ours is raised as it is."""
    from huggingface_hub import errors

    if isinstance(error, NightschoolError):
        return error
    name, repo = reference.file or "the file", reference.repo
    if isinstance(error, errors.HfHubHTTPError):
        return of_status(error.response.status_code, reference, type(error).__name__)
    if isinstance(error, httpx2.TimeoutException):
        return DownloadError("The hub does not answer.", code="no_network", hint=NO_NETWORK)
    if isinstance(error, httpx2.HTTPError):
        return DownloadError("The hub cannot be reached.", code="no_network", hint=NO_NETWORK)
    if isinstance(error, ValueError | KeyError | TypeError):
        return DownloadError(f"The hub answered something odd about {name} of {repo}.", code="odd_answer")
    raise error


def of_status(status: int, reference: Reference, kind: str = "") -> DownloadError:
    """kind: the library's name for it, where it knows more than the status says."""
    repo = reference.repo
    if kind == "GatedRepoError" or (kind and status == 403):
        return DownloadError(f"{repo} is shared only with those who accept its terms.", code="gated", hint=GATED)
    if kind == "RevisionNotFoundError":
        return DownloadError(f"{repo} has no revision {reference.revision}.", code="not_there")
    if kind == "RepositoryNotFoundError" or status == 401:
        hint = "Check its spelling. One that is private, or asks for an account, looks the same from outside."
        return DownloadError(f"There is no repository {repo} on the hub.", code="not_there", hint=hint)
    if status in (404, 410):
        hint = f"`nightschool models files {repo}` shows what there is."
        return DownloadError(f"{repo} holds no file {reference.file}.", code="not_there", hint=hint)
    if status == 429:
        return DownloadError("The hub asks for a pause: too many requests.", code="busy", hint="Try again in a while.")
    return DownloadError(f"The hub answered with an error ({status}).", code="hub_error", hint="Try again later.")
