"""Retake the picture in README.md: `python scripts/picture.py` runs the demo and draws what it printed.

What is drawn is what the real program wrote to a terminal; nothing is added or left out.
"""

from __future__ import annotations

import io
import os
import pty
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

TARGET = Path(__file__).parent.parent / "docs" / "pictures" / "demo.svg"
COLUMNS = 110
FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""rich has fonts fetched from the web; a picture in a README fetches nothing."""


def main() -> None:
    os.environ["COLUMNS"] = str(COLUMNS)
    printed = bytearray()

    def read(terminal: int) -> bytes:
        piece = os.read(terminal, 65_536)
        printed.extend(piece)
        return piece

    status = pty.spawn([sys.executable, str(Path(__file__).with_name("demo.py"))], read)
    if status:
        sys.exit("The demo failed; the picture stays as it was.")
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(printed.decode().replace("\r\n", "\n").strip()))
    TARGET.parent.mkdir(exist_ok=True)
    drawn = console.export_svg(title="make demo")
    TARGET.write_text(FONT_FACE.sub("", drawn), encoding="utf-8")


if __name__ == "__main__":
    main()
