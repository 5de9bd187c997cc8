#!/usr/bin/env bash
# Starts Nightschool from this checkout. Arguments go to `nightschool serve`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Where HOME cannot be written, data goes where it outlives a restart, to a folder that is ours alone.
if [ -z "${NIGHTSCHOOL_HOME:-}" ]; then
    default=$(.venv/bin/python -c 'import platformdirs; print(platformdirs.user_data_dir("nightschool"))')
    if ! mkdir -p -m 700 "$default" 2>/dev/null || [ ! -w "$default" ]; then
        export NIGHTSCHOOL_HOME=/var/tmp/nightschool-$(id -u)
        mkdir -p -m 700 "$NIGHTSCHOOL_HOME"
        if [ ! -O "$NIGHTSCHOOL_HOME" ]; then
            echo "$NIGHTSCHOOL_HOME belongs to somebody else; set NIGHTSCHOOL_HOME to a folder of yours." >&2
            exit 1
        fi
        echo "$default cannot be written, so your data is in $NIGHTSCHOOL_HOME (NIGHTSCHOOL_HOME moves it)."
    fi
fi

exec .venv/bin/nightschool serve "$@"
