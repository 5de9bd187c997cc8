"""What happened: traces, feedback, labels, exemplars, jobs, reviews, and a cursor over all of it."""

from core.database.changes import Change
from core.database.database import Counts, Database
from core.database.deletion import DeletionReport
from core.database.labels import Label
from core.database.lock import HomeLock
from core.database.owner import Owner

__all__ = ["Change", "Counts", "Database", "DeletionReport", "HomeLock", "Label", "Owner"]
