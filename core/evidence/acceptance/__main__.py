"""The other process of `twin`: one order on stdin, one answer on stdout; it ends when its parent does."""

from __future__ import annotations

import os
import sys
import threading

import msgspec

from core.child import die_with_parent
from core.evidence.acceptance.twin import Asked, answer


def main() -> None:
    die_with_parent()
    asked = msgspec.json.decode(sys.stdin.buffer.readline(), type=Asked)
    threading.Thread(target=end_with_stdin, daemon=True).start()
    sys.stdout.buffer.write(msgspec.json.encode(answer(asked)))
    sys.stdout.flush()


def end_with_stdin() -> None:
    """Not through sys.stdin: its lock would be held at the end."""
    while os.read(0, 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
