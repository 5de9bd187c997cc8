"""Where the server may listen: loopback unless the person said otherwise twice, and enough file descriptors."""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys

from core.config import ServerConfig
from core.errors import ConfigError

BACKLOG = 1024
WANTED_DESCRIPTORS = 4096


def bind(host: str, port: int, config: ServerConfig, *, own_key: bool) -> socket.socket:
    """A listening socket. Port 0 takes a free one. Raises ConfigError when it may not or cannot.

    own_key: the person set a key of their own (`server.api_key_file`); without one only loopback is allowed.
    """
    address = resolve(host)
    if not address.is_loopback and not (config.allow_remote and own_key):
        raise ConfigError(
            f"Listening on {host} would open the server to other machines.",
            hint="Set server.api_key_file to a key of your own and server.allow_remote to true, or use 127.0.0.1.",
        )
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            # Windows' SO_REUSEADDR would let another program share the port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((str(address), port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise taken(host, port, error) from error
    listener.setblocking(False)
    return listener


def resolve(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """`localhost` or a literal address: no name is looked up, so that none can change what is bound."""
    try:
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError as error:
        raise ConfigError(f"{host!r} is not an address to listen on.", hint="Use 127.0.0.1 or ::1.") from error


def taken(host: str, port: int, error: OSError) -> ConfigError:
    if error.errno == errno.EADDRINUSE:
        return ConfigError(f"Port {port} is taken by another program.", hint="Choose another, or 0 for a free one.")
    return ConfigError(f"Cannot listen on {host}:{port}: {error.strerror}.")


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def raise_descriptor_limit() -> None:
    """So that hundreds of idle sockets do not keep a request out. Windows has no such limit."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(WANTED_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
