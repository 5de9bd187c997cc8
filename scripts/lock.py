"""Writes constraints.txt: every package that pyproject.toml (extras test and lint included) resolves to.

    make lock                   # what is locked stays; what is new is added, what is gone goes
    make lock ARGS=--upgrade    # everything anew, as of today

pip resolves without installing (`--dry-run --report`), so what happens to be in .venv has no say.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "constraints.txt"
HEADER = """\
# Locked by `make lock` with Python {version}; do not edit by hand.
# torch carries no build suffix: an index that offers a CPU build of it may serve that.
"""


def resolve(*, upgrade: bool) -> list[dict[str, str]]:
    """Name and version of every package in the resolution, this project excepted."""
    kept = [] if upgrade else ["-c", str(LOCK)]
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [sys.executable, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed"]
        command += ["--report", report.name, *kept, "-e", f"{ROOT}[test,lint]"]
        subprocess.run(command, check=True)
        installs = json.loads(Path(report.name).read_text())["install"]
    return [item["metadata"] for item in installs if item["metadata"]["name"] != "nightschool"]


def main() -> None:
    packages = resolve(upgrade="--upgrade" in sys.argv[1:])
    lines = sorted(f"{p['name'].lower().replace('_', '-')}=={p['version'].split('+')[0]}" for p in packages)
    header = HEADER.format(version=f"{sys.version_info.major}.{sys.version_info.minor}")
    LOCK.write_text(header + "\n".join(lines) + "\n")
    print(f"constraints.txt: {len(lines)} packages")


if __name__ == "__main__":
    main()
