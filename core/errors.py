"""What a person can be told, against what is a bug.

A `NightschoolError` is the fault of the environment or of the input: it has a title, a message and a hint that
says what to do, and it is shown as it is. Anything else that escapes is a bug: it is logged with its traceback
and the person is told only that something went wrong.
"""

from __future__ import annotations


class NightschoolError(Exception):
    """Something a person can be told.

    code: stable machine word (`model_not_found`); status: the HTTP status that the server answers with.
    """

    code = "error"
    status = 500
    title = "Something could not be done"

    def __init__(self, message: str, *, hint: str = "", title: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if title is not None:
            self.title = title

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class BadRequest(NightschoolError):
    """The caller's input is wrong. `param` names the offending field, when there is one."""

    code, status, title = "invalid_request_error", 400, "That request cannot be understood"

    def __init__(self, message: str, *, param: str | None = None, hint: str = "", code: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.param = param
        if code is not None:
            self.code = code


class NotFound(NightschoolError):
    """What was named does not exist."""

    code, status, title = "not_found", 404, "Not found"


class ConfigError(NightschoolError):
    """A setting, or where the home lies, is wrong."""

    code, status, title = "configuration_error", 400, "The configuration is wrong"


class ModelFileError(NightschoolError):
    """A model or adapter file is not what it should be; llama.cpp was never shown it."""

    code, status, title = "model_file_error", 400, "This model file cannot be used"


class ModelUnavailable(NightschoolError):
    """No model is loaded now: loading, crashed and restarting, or none chosen."""

    code, status, title = "model_unavailable", 503, "The model is not ready"


class Busy(NightschoolError):
    """The bounded queue is full."""

    code, status, title = "busy", 429, "Too many requests are waiting"


class DatabaseError(NightschoolError):
    """The database cannot be opened or written (newer version, full disk, corruption)."""

    code, status, title = "database_error", 500, "The database cannot be used"


class StorageFull(DatabaseError):
    """The disk is full: nothing was acknowledged, nothing is half-written."""

    code, status, title = "storage_full", 507, "The disk is full"


class TeacherError(NightschoolError):
    """The teacher could not be asked: no key, a locked keyring, the network, its own refusal."""

    code, status, title = "teacher_error", 502, "The teacher could not be asked"
