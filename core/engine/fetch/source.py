"""What is known of a file on the hub, and the error that tells why it did not become a student."""

from __future__ import annotations

from core.errors import NightschoolError
from core.records import Record


class DownloadError(NightschoolError):
    """A download that did not succeed. `code` says which way, for whoever must react differently."""

    code, status, title = "download_failed", 502, "The download did not succeed"

    def __init__(self, message: str, *, code: str = "download_failed", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class HubFile(Record, frozen=True):
    """One file of one commit. sha256 is None where the hub tells none (a file outside its large file storage)."""

    repo: str
    file: str
    commit: str
    url: str
    etag: str
    size: int
    sha256: str | None


class Listed(Record, frozen=True):
    """One file in a repository's listing. size in bytes."""

    path: str
    size: int
    sha256: str | None
