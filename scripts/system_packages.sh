# Installs what the system itself must bring (a C++ compiler, venv, headers), or says the exact line to run.
# Sourced by setup.sh.

# Debian's names. Qt's own wheel brings the rest of what its windows need.
QT_PACKAGES=(libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
    libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libdbus-1-3 libfontconfig1)
# A whole desktop session for the tests: what each is for stands in tests/e2e/session/desk.py.
SESSION_PACKAGES=(xvfb xauth dbus openbox trayer xfce4-panel xfconf notification-daemon xdotool imagemagick x11-utils
    gnome-keyring libsecret-tools libglib2.0-bin at-spi2-core python3-pyatspi gir1.2-atspi-2.0
    fonts-noto-core fonts-noto-color-emoji)
SESSION_COMMANDS=(Xvfb dbus-daemon openbox trayer xfce4-panel xdotool import xprop xwininfo gnome-keyring-daemon
    secret-tool gdbus)

has_session_tools() {
    local name
    for name in "${SESSION_COMMANDS[@]}"; do
        command -v "$name" >/dev/null || return 1
    done
    [ -x /usr/lib/notification-daemon/notification-daemon ] && [ -x /usr/libexec/at-spi-bus-launcher ] &&
        /usr/bin/python3 -c 'import pyatspi' 2>/dev/null
}

# qt_lacks_libraries VENV: 0 when the Qt in it cannot be loaded by the linker, for its windows on X11 and all.
qt_lacks_libraries() {
    local qt
    qt=$(echo "$1"/lib/python3*/site-packages/PySide6/Qt)
    ldd "$qt"/plugins/platforms/libqxcb.so "$qt"/lib/libQt6{Widgets,DBus,Network,Svg}.so.6 2>/dev/null | grep -q "not found"
}

has_fonts() {
    command -v fc-list >/dev/null && [ -n "$(fc-list : family 2>/dev/null | head -1)" ]
}

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
    elif command -v dnf >/dev/null; then echo "sudo dnf install -y gcc-c++ make python3 python3-devel dbus-daemon gnome-keyring glib2 xcb-util-cursor libxkbcommon-x11"
    elif command -v pacman >/dev/null; then echo "sudo pacman -S --needed gcc make python dbus gnome-keyring glib2 xcb-util-cursor libxkbcommon-x11"
    elif command -v zypper >/dev/null; then echo "sudo zypper install gcc-c++ make python3 python3-devel dbus-1 gnome-keyring glib2-tools libxcb-cursor0 libxkbcommon-x11-0"
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
