"""Logs hold code and places; whoever reads their last lines for others sees nobody's words."""

from __future__ import annotations

import asyncio
import io
import logging
from pathlib import Path

from core.privacy.logs import Wordless, last_lines, told, without_words

CHAT = "my mother's maiden name"


def written(name: str, write: object) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Wordless())
    log = logging.getLogger(name)
    log.addHandler(handler)
    try:
        write(log)  # type: ignore[operator]
    finally:
        log.removeHandler(handler)
    return stream.getvalue()


def chain() -> Exception:
    try:
        try:
            return {}[CHAT]  # type: ignore[return-value]
        except KeyError as error:
            raise ValueError(f"not a number: {CHAT}") from error
    except ValueError as error:
        return error


def test_a_traceback_is_written_without_the_words_of_its_errors() -> None:
    text = written("core.x", lambda log: log.error("it failed", exc_info=chain()))
    assert CHAT not in text
    assert "it failed" in text and "in chain" in text
    assert text.index("KeyError") < text.index("from that came:") < text.index("ValueError")


def test_messages_that_speak_of_code_stay() -> None:
    assert "No space left on device" in told(OSError(28, "No space left on device"))
    assert "no attribute" in told(AttributeError("no attribute 'x'"))


def test_what_another_formatter_kept_is_not_taken_over() -> None:
    """logging keeps the text of a traceback on the record, for the next handler."""
    first, second = io.StringIO(), io.StringIO()
    plain, wordless = logging.StreamHandler(first), logging.StreamHandler(second)
    wordless.setFormatter(Wordless())
    log = logging.getLogger("core.two")
    log.handlers = [plain, wordless]
    log.error("it failed", exc_info=chain())
    log.handlers = []
    assert CHAT in first.getvalue()
    assert CHAT not in second.getvalue()


def test_the_record_is_left_to_other_handlers_as_it_was() -> None:
    record = logging.LogRecord("asyncio", logging.ERROR, "x.py", 1, "died\nexception=%s", ("x",), None)
    assert "exception" not in Wordless().format(record)
    assert record.getMessage() == "died\nexception=x"


async def test_a_task_that_nobody_waited_for() -> None:
    """asyncio writes the error itself into its message."""
    loop = asyncio.get_running_loop()

    def write(log: logging.Logger) -> None:
        future: asyncio.Future[None] = loop.create_future()
        future.set_exception(chain())
        loop.default_exception_handler({"message": "Task exception was never retrieved", "future": future,
                                        "exception": future.exception()})  # fmt: skip

    text = written("asyncio", write)
    assert "never retrieved" in text and "ValueError" in text
    assert CHAT not in text


def test_only_lines_of_known_shapes_are_read_out() -> None:
    lines = f"""\
2026-11-21 10:00:00,123 INFO core.server.run: the settings were read anew
{CHAT}
and more of {CHAT}
2026-11-21 10:00:01,000 ERROR core.server.run: the index task of the server died
Traceback (most recent call last):
  File "/srv/core/server/run.py", line 12, in run
    return answers[key]
           ~~~~~~~^^^^^
KeyError: "{CHAT}"

During handling of the above exception, another exception occurred:

  File "/srv/core/x.py", line 1, in f
core.errors.DatabaseError: {CHAT}
PermissionError: [Errno 13] Permission denied: '/srv/x'
OSError: [Errno 28] No space left on device
2026-11-21T10:00:02.000000Z
llama.cpp: failed to load model
    {CHAT}
2026-11-21 10:00:03,000 ERROR asyncio: <Task finished exception=KeyError('{CHAT}')>
  {CHAT}: Error
{CHAT}"""
    shown = list(without_words(lines.splitlines()))
    text = "\n".join(shown)
    assert CHAT not in text
    assert "return answers[key]" in text and "KeyError (its message is left out" in text
    assert "core.errors.DatabaseError (its" in text and "No space left" in text and "failed to load model" in text
    assert shown[1] == "(2 lines left out)"
    assert shown[-1] == "(2 lines left out)"


def test_the_end_of_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("".join(f"line {number} {'x' * 100}\n" for number in range(10_000)))
    assert [line.split()[1] for line in last_lines(path, 3)] == ["9997", "9998", "9999"]
    assert last_lines(tmp_path / "none.log", 3) == []
