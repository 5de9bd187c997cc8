"""The root command: finds the command groups, and turns every outcome into an exit status and a plain sentence.

0: done. 1: refused or failed, with a message on stderr. 2: wrong usage. 130: cancelled by Ctrl-C.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from core import __version__
from core.cli.given import arguments
from core.cli.output import clean, complain
from core.clock import now, stamp
from core.errors import ConfigError, NightschoolError, StorageFull

COMMANDS = {
    "serve": ("core.cli.serve", "serve", "Start the server; stop it with Ctrl-C."),
    "ask": ("core.cli.ask", "ask", "Ask the student something."),
    "replay": ("core.cli.replay", "replay", "Answer one task with all that replay found laid open."),
    "feedback": ("core.cli.feedback", "feedback", "Rate an answer, correct it, or take that back."),
    "traces": ("core.cli.traces", "traces", "Read, search and delete what was recorded."),
    "models": ("core.cli.models", "models", "Choose the student; find models other programs have."),
    "evidence": ("core.cli.evidence", "evidence", "From what was asked and rated to datasets, with receipts."),
    "config": ("core.cli.settings", "config", "Show and change settings."),
    "teacher": ("core.cli.teacher", "teacher", "Try the teacher."),
    "data": ("core.cli.data", "data", "Take everything along that is yours; see what left this machine."),
    "runs": ("core.cli.runs", "runs", "Record work that was done elsewhere."),
    "import": ("core.cli.imports", "import_", "Import chats of other programs."),
    "status": ("core.cli.status", "status", "What is recorded, and what is running."),
    "doctor": ("core.cli.doctor", "doctor", "Check everything that has to work."),
}
FULL = {errno.ENOSPC, errno.EDQUOT}
NOT_WRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM}
DEBUG_VARIABLE = "NIGHTSCHOOL_DEBUG"


class Commands(click.Group):
    """Imports a command's module when it is used, so that `--version` and wrong usage answer at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nightschool")
@click.option("--debug", is_flag=True, envvar=DEBUG_VARIABLE, help="Show the traceback of a bug.")
def root(debug: bool) -> None:
    """Send your local model to night school: it learns from the answers you rated.

    NIGHTSCHOOL_HOME moves everything that is kept. Every command that reports takes --json.
    """
    if debug:
        os.environ[DEBUG_VARIABLE] = "1"


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit status."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace"), (sys.stderr, "replace")):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character gets a `?`, and bytes that are no text no traceback.
            stream.reconfigure(errors=errors)
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    try:
        given = arguments(sys.argv[1:] if argv is None else argv)
        outcome = root.main(args=given, prog_name="nightschool", standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        complain("Cancelled.")
        return 130
    except NightschoolError as error:
        tell(error)
        return 1
    except BrokenPipeError:
        # Whoever read our output has left (`| head`); Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return tell_of_disk(error)
    except Exception as error:  # noqa: BLE001 - the outermost boundary: a bug is logged whole and told in short
        return report_bug(error)


def tell(error: NightschoolError) -> None:
    """Title, message and hint, in plain words, on stderr."""
    complain(f"{error.title}: {clean(error.message)}")
    if error.hint:
        complain(clean(error.hint))


def tell_of_disk(error: OSError) -> int:
    """A disk that is full or may not be written is no bug, wherever it was met; any other OSError is."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in FULL:
        tell(StorageFull(f"There is no room left to write this down{where}.", hint="Free some disk space."))
    elif error.errno in NOT_WRITABLE:
        hint = "Check the permissions of the home folder; NIGHTSCHOOL_HOME chooses another."
        tell(ConfigError(f"{error.strerror}{where}.", hint=hint))
    else:
        return report_bug(error)
    return 1


def report_bug(error: Exception) -> int:
    kept = write_log(error)
    complain(f"Something went wrong inside Nightschool ({type(error).__name__}). This is a bug.")
    if os.environ.get(DEBUG_VARIABLE):
        complain("".join(traceback.format_exception(error)))
    elif kept is not None:
        complain(f"Its traceback is in {kept}; `nightschool --debug ...` prints it.")
    else:
        complain("`nightschool --debug ...` prints its traceback.")
    return 1


def write_log(error: Exception) -> Path | None:
    """Append to `cli.log` in the home, without what may quote a chat; None when there is no home to write to."""
    from core.paths import home
    from core.privacy.logs import told

    try:
        path = home().logs / "cli.log"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{stamp(now())}\n{told(error)}\n")
    except (OSError, NightschoolError):
        return None
    return path
