"""When the person wants nights to be: the cron line of the settings, read in local time. Nothing here starts one."""

from __future__ import annotations

from datetime import UTC, datetime

from core.config.declared import Config

FIELDS = "Give five fields: minute, hour, day of the month, month, day of the week; 0 3 * * * is daily at 03:00."


def cron_problem(text: str) -> str | None:
    """None for a schedule that cron understands and that comes at all."""
    from cronsim import CronSim, CronSimError

    if len(text.split()) != 5:
        return FIELDS
    try:
        next(CronSim(text, datetime(2000, 1, 1)))
    except CronSimError as error:
        return f"{str(error).replace('Bad ', 'This is no good ')}. {FIELDS}"
    except StopIteration:
        return "No day is like that. " + FIELDS
    return None


def next_night(config: Config, now: datetime) -> datetime | None:
    """The next time of the schedule after `now` (aware), in local time; None where none is wanted."""
    from cronsim import CronSim

    wanted = config.learning.distillation
    if not (wanted.enabled and wanted.triggers.scheduled_enabled):
        return None
    # On the wall's clock, which then tells the machine's zone: an hour that a change of the clock skips is read as the
    # one after it, and of an hour that comes twice the first counts.
    for at in CronSim(wanted.triggers.scheduled_cron, now.astimezone().replace(tzinfo=None)):
        moment = datetime.fromtimestamp(at.timestamp(), UTC)
        if moment > now:
            return moment.astimezone()
    return None
