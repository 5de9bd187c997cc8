"""What happened: traces, feedback, labels, exemplars, jobs, reviews, and a cursor over all of it."""

from core.database.changes import Change
from core.database.database import Counts, Database
from core.database.deletion import DeletionReport
from core.database.jobs import Job, LeaseLost
from core.database.labels import Label
from core.database.lock import HomeLock
from core.database.owner import Owner
from core.database.reviews import Review
from core.database.runs import Run, RunReport

__all__ = [
    "Change",
    "Counts",
    "Database",
    "DeletionReport",
    "HomeLock",
    "Job",
    "Label",
    "LeaseLost",
    "Owner",
    "Review",
    "Run",
    "RunReport",
]
