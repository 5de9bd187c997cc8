# Installs what the system itself must bring (a C++ compiler, venv, headers), or says the exact line to run.
# Sourced by setup.sh.

# as_root COMMAND...: runs it as root where that needs no password, else fails with status 77.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 77
    fi
}

# install_line PACKAGE...: what a person would type here for these Debian package names.
install_line() {
    if command -v apt-get >/dev/null; then echo "sudo apt-get install -y $*"
    elif command -v dnf >/dev/null; then echo "sudo dnf install -y gcc-c++ make python3 python3-devel dbus-daemon gnome-keyring glib2"
    elif command -v pacman >/dev/null; then echo "sudo pacman -S --needed gcc make python dbus gnome-keyring glib2"
    elif command -v zypper >/dev/null; then echo "sudo zypper install gcc-c++ make python3 python3-devel dbus-1 gnome-keyring glib2-tools"
    elif command -v brew >/dev/null; then echo "brew install python@3.12 cmake"
    elif [ "$(uname)" = Darwin ]; then echo "xcode-select --install   # and Python 3.12 from https://www.python.org/downloads/"
    else echo "install with your package manager: $*"
    fi
}

# install_packages PACKAGE...: 0 when they are installed afterwards.
install_packages() {
    command -v apt-get >/dev/null && as_root true || return 1
    echo "setup: installing system packages: $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null >/dev/null 2>&1 && return
    # A fresh machine may never have fetched the package lists.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null >/dev/null 2>&1 || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null >/dev/null
}

# need REASON PACKAGE...: installs them, or stops with the line to run.
need() {
    local reason=$1
    shift
    install_packages "$@" && return
    {
        echo "setup: $reason"
        echo "setup: it could not be installed from here. Run this line, then the same command again:"
        echo "    $(install_line "$@")"
    } >&2
    exit 1
}
