# Finds a Python that Nightschool runs on (3.11, 3.12 or 3.13). Sourced by setup.sh.

# A candidate is run, not only looked up: a pyenv shim exists for every version that pyenv ever saw and
# fails for those that are not chosen.
PROBE='import sys; v = sys.version_info[:2]; (3, 11) <= v < (3, 14) or sys.exit(1); print(sys.executable)'

# find_python: prints the path of the first usable Python, or fails. $PYTHON, when set, is the only candidate.
find_python() {
    local candidate
    if [ -n "${PYTHON:-}" ]; then
        "$PYTHON" -c "$PROBE" 2>/dev/null
        return
    fi
    for candidate in python3 python3.12 python3.11 python3.13 python /usr/bin/python3 /usr/local/bin/python3 \
        /opt/homebrew/bin/python3 "${HOME:-/nonexistent}"/.pyenv/versions/3.1[123].*/bin/python3; do
        "$candidate" -c "$PROBE" 2>/dev/null && return
    done
    return 1
}

# has_module PYTHON MODULE
has_module() {
    "$1" -c "import $2" 2>/dev/null
}

# has_headers PYTHON: hnswlib is compiled against Python.h where no wheel fits.
has_headers() {
    "$1" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'
}
