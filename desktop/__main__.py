"""`python -m desktop`, `nightschool-desktop`."""

from __future__ import annotations

import sys


def main() -> int:
    from desktop.app import start

    return start(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
