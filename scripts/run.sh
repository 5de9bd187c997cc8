#!/usr/bin/env bash
# Starts Nightschool from this checkout: the desktop app where there is a display, else `nightschool serve`.
# Arguments go to `nightschool serve`, which is then what is started; `--background` goes to the desktop app.
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

if [ $# = 0 ] || [ "$*" = --background ]; then
    if why=$(.venv/bin/python -m desktop.display); then
        if .venv/bin/python -c 'import PySide6.QtWidgets' 2>/dev/null; then
            exec .venv/bin/python -m desktop "$@"
        fi
        why="Qt's system libraries are missing."
    fi
    echo "$why So only the server is started; with a display, the desktop app is."
    set --
fi
exec .venv/bin/nightschool serve "$@"
