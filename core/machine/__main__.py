"""`python -m core.machine`: needs no installed package."""

from __future__ import annotations

import argparse
import json
import sys

from core.machine import build_flags, detect, find_gpus


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.machine", description="What this machine can give now.")
    parser.add_argument("--build-flags", action="store_true", help="CMAKE_ARGS for llama.cpp, and why, on stderr")
    if not parser.parse_args().build_flags:
        print(json.dumps(detect().as_dict(), indent=2))
        return 0
    plan = build_flags(find_gpus())
    print(plan.cmake_args)
    print(plan.sentence, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
