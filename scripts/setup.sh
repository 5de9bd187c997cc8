#!/usr/bin/env bash
# Makes .venv with everything locked in constraints.txt, and llama.cpp built for the GPU that is here.
#
#     bash scripts/setup.sh [EXTRAS]        EXTRAS: comma-separated extras of pyproject.toml; none is what runs need
#
# Needs git, gcc and python3 of 3.11 to 3.13; brings the rest. A second run with nothing changed ends at once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/find_python.sh
. scripts/system_packages.sh

EXTRAS=${1:-}
VENV=.venv
BIN=$VENV/bin
STAMP=$VENV/.ready${EXTRAS:+-$EXTRAS}

say() { echo "setup: $*"; }

# What the environment was made from, this folder included: a moved virtual environment is a broken one.
fingerprint() {
    { pwd; echo "$EXTRAS ${CMAKE_ARGS:-}"; cat pyproject.toml constraints.txt scripts/setup.sh; } | cksum
}

is_ready() {
    [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$(fingerprint)" ] && "$BIN/python" -c '' 2>/dev/null
}

# One set-up at a time: `make run` and `make test` may be started together.
take_turn() {
    command -v flock >/dev/null || return 0
    mkdir -p .cache
    exec 9>.cache/setup.lock
    flock -n 9 || { say "another set-up is running here; waiting for it"; flock 9; }
}

# pip keeps what it built under HOME; where that cannot be written, keep it in this folder instead.
choose_cache() {
    export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
    [ -n "${PIP_CACHE_DIR:-}" ] && return
    local cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}
    if ! mkdir -p "$cache/pip" 2>/dev/null || [ ! -w "$cache/pip" ]; then
        export PIP_CACHE_DIR=$PWD/.cache/pip
        mkdir -p "$PIP_CACHE_DIR"
    fi
}

choose_python() {
    PYTHON_FOUND=$(find_python) && return
    local found
    found=$(python3 --version 2>/dev/null || echo "no python3")
    if [ -n "${PYTHON:-}" ]; then
        echo "setup: PYTHON=$PYTHON is not a Python of 3.11, 3.12 or 3.13." >&2
        exit 1
    fi
    local version
    for version in 3.12 3.11 3.13; do
        if install_packages "python$version" "python$version-venv" "python$version-dev" 2>/dev/null; then
            PYTHON_FOUND=$(find_python) && return
        fi
    done
    {
        echo "setup: Nightschool needs Python 3.11, 3.12 or 3.13; here is $found."
        echo "setup: install one, or name one that you have:  make run PYTHON=/path/to/python3.12"
    } >&2
    exit 1
}

# All that is missing is asked for at once: one line to type, not one after the other.
check_system() {
    local version reasons="" packages=""
    choose_python
    version=$("$PYTHON_FOUND" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if ! command -v c++ >/dev/null && ! command -v g++ >/dev/null && ! command -v clang++ >/dev/null; then
        reasons="llama.cpp is compiled here, and there is no C++ compiler. "
        packages="g++"
    fi
    if ! has_module "$PYTHON_FOUND" venv || ! has_module "$PYTHON_FOUND" ensurepip; then
        reasons+="$PYTHON_FOUND cannot make virtual environments. "
        packages+=" python$version-venv"
    fi
    if ! has_headers "$PYTHON_FOUND"; then
        reasons+="hnswlib is compiled here, and the headers of Python $version are missing."
        packages+=" python$version-dev"
    fi
    if [[ ",$EXTRAS," == *,test,* ]] && [ "$(uname)" = Linux ] && ! has_session_tools; then
        reasons+="The desktop is tested in a real session of its own: display, window manager, tray, notifications, keyring."
        packages+=" ${SESSION_PACKAGES[*]}"
    fi
    # shellcheck disable=SC2086 # package names, meant to be split
    [ -z "$packages" ] || need "$reasons" $packages
}

# What Qt is linked against and does not bring; asked of the linker, whatever the packages are called here.
# Only where windows will be shown: `nightschool serve` needs none of it.
check_desktop() {
    [ "$(uname)" = Linux ] || return 0
    [[ ",$EXTRAS," == *,test,* ]] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || return 0
    if qt_lacks_libraries "$VENV"; then
        install_packages "${QT_PACKAGES[@]}" || {
            say "the desktop app needs libraries that could not be installed from here. This line does it:"
            say "    $(install_line "${QT_PACKAGES[@]}")"
        }
    fi
    has_fonts || install_packages fontconfig fonts-dejavu-core || say "there are no fonts; windows will show boxes"
}

make_venv() {
    if ! "$BIN/python" -c "import sys; sys.exit(sys.version_info[:2] < (3, 11))" 2>/dev/null || \
        ! "$BIN/python" -m pip --version >/dev/null 2>&1; then
        say "making .venv with $("$PYTHON_FOUND" --version) ($PYTHON_FOUND)"
        "$PYTHON_FOUND" -m venv --clear "$VENV"
    fi
}

# llama.cpp is compiled once per set of flags. pip's own cache knows nothing of flags and would hand a CPU build
# to a machine that has since got a GPU, so a build with flags is kept in a folder named after them.
build_llama() {
    local wanted flags key wheels
    wanted=$(grep '^llama-cpp-python==' constraints.txt)
    flags=${CMAKE_ARGS:-}
    [ -n "$flags" ] || flags=$("$BIN/python" -m core.machine --build-flags)
    [ "llama-cpp-python==$(llama_version)" = "$wanted" ] && [ -f "$VENV/.llama-flags" ] && \
        [ "$(cat "$VENV/.llama-flags")" = "$flags" ] && return
    say "llama.cpp: built once here, which takes about five minutes on two idle cores (pip keeps the result)"
    if [ -z "$flags" ]; then
        "$BIN/python" -m pip install -q --force-reinstall --no-deps "$wanted"
    else
        key=$(echo "$wanted $flags" | cksum | tr ' ' '-')
        wheels=$("$BIN/python" -m pip cache dir)/nightschool/$key
        if ! ls "$wheels"/llama_cpp_python-*.whl >/dev/null 2>&1; then
            CMAKE_ARGS=$flags "$BIN/python" -m pip wheel -q --no-cache-dir --no-deps -w "$wheels" "$wanted"
        fi
        "$BIN/python" -m pip install -q --force-reinstall --no-deps "$wheels"/llama_cpp_python-*.whl
    fi
    printf '%s' "$flags" >"$VENV/.llama-flags"
}

llama_version() {
    "$BIN/python" -c 'from importlib.metadata import version; print(version("llama-cpp-python"))' 2>/dev/null || true
}

main() {
    is_ready || make_ready
    check_desktop
}

make_ready() {
    take_turn
    is_ready && return
    choose_cache
    check_system
    make_venv
    build_llama
    say "installing the locked dependencies"
    "$BIN/python" -m pip install -q -c constraints.txt -e ".${EXTRAS:+[$EXTRAS]}"
    "$BIN/python" -m pip check
    fingerprint >"$STAMP"
    say "ready"
}

main
