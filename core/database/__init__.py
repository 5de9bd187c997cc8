"""What happened: traces, feedback, labels, exemplars, jobs, reviews, and a cursor over all of it."""

from core.database.changes import Change
from core.database.conversations import Conversation
from core.database.database import Counts, Database
from core.database.deletion import BulkDeletion, DeletionReport
from core.database.history import DayFigures, SessionRow
from core.database.imports import Import, TraceSource
from core.database.jobs import Job, LeaseLost
from core.database.labels import Label
from core.database.owner import Owner
from core.database.pairs import Pair
from core.database.reviews import Review
from core.database.runs import Run, RunReport
from core.database.sources import RegisteredSource
from core.database.turns import Turn
from core.lock import HomeLock

__all__ = [
    "BulkDeletion",
    "Change",
    "Conversation",
    "Counts",
    "Database",
    "DayFigures",
    "DeletionReport",
    "HomeLock",
    "Import",
    "Job",
    "Label",
    "LeaseLost",
    "Owner",
    "Pair",
    "RegisteredSource",
    "Review",
    "Run",
    "RunReport",
    "SessionRow",
    "TraceSource",
    "Turn",
]
