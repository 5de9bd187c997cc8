"""Where the server may listen, and with whose key: decided before anything else is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import config
from core.config import ServerConfig
from core.errors import ConfigError
from core.paths import Home
from core.server import sockets
from core.server.run import Launch, serve


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]", "0"])
@pytest.mark.parametrize(("allowed", "own_key"), [(False, False), (True, False), (False, True)])
def test_other_machines_want_both_a_word_and_a_key(host: str, allowed: bool, own_key: bool) -> None:
    with pytest.raises(ConfigError):
        sockets.bind(host, 0, ServerConfig(allow_remote=allowed), own_key=own_key).close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.8.9.10"])
def test_loopback_wants_neither(host: str) -> None:
    with sockets.bind(host, 0, ServerConfig(), own_key=False) as listener:
        assert listener.getsockname()[0].startswith("127.")


async def test_a_key_of_ones_own_that_others_can_read_is_refused(home: Home, tmp_path: Path) -> None:
    key = tmp_path / "mine.key"
    key.write_text("a-key-of-my-own")
    key.chmod(0o640)
    config.set_value(home, "server.api_key_file", str(key))
    with pytest.raises(ConfigError, match="others"):
        await serve(home, Launch(port=0))
    assert not home.database.exists()
