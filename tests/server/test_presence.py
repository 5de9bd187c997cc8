"""One server a home, and a stale one is recognised as such."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading

import msgspec
import psutil
import pytest

from core.errors import ConfigError, DatabaseError
from core.lock import HomeLock
from core.paths import Home
from core.server import presence, token
from core.server.presence import Presence


def write(home: Home, pid: int, started: float) -> None:
    home.server_file.write_bytes(msgspec.json.encode(Presence("http://127.0.0.1:1", pid, started, "t")))


def test_a_second_server_is_refused_and_the_lock_is_given_back(home: Home) -> None:
    first = presence.take_lock(home)
    with pytest.raises(ConfigError, match="already running") as refused:
        presence.take_lock(home)
    assert refused.value.title == "A server is already running"
    first.release()
    presence.take_lock(home).release()


def test_the_lock_of_a_killed_server_is_free(home: Home) -> None:
    code = "import time; from core import paths; from core.server import presence; "
    code += "lock = presence.take_lock(paths.home()); print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        with pytest.raises(ConfigError):
            presence.take_lock(home)
        other.kill()
        other.wait()
    presence.take_lock(home).release()


def test_this_process_is_found_and_withdraws(home: Home) -> None:
    presence.announce(home, "http://127.0.0.1:1", home.token_file)
    found = presence.find(home)
    assert found is not None and found.pid == os.getpid()
    presence.withdraw(home)
    assert presence.find(home) is None
    assert not home.server_file.exists()


def test_a_pid_given_to_another_process_is_stale(home: Home) -> None:
    write(home, os.getpid(), psutil.Process().create_time() - 3600)
    assert presence.find(home) is None


def test_a_dead_pid_is_stale(home: Home) -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    write(home, done.pid, 0)
    assert presence.find(home) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"url": 1}'])
def test_a_broken_server_json_is_no_server(home: Home, content: bytes) -> None:
    home.server_file.write_bytes(content)
    assert presence.find(home) is None


@pytest.mark.parametrize("contents", [b"", b"\xff{", b'{"url": "\xff"}', b"[]"])
def test_a_garbled_server_json_is_no_server(home: Home, contents: bytes) -> None:
    home.server_file.write_bytes(contents)
    assert presence.find(home) is None


def test_a_lock_held_for_a_moment_keeps_no_server_out(home: Home) -> None:
    """Commands look whether a server is starting by taking the lock and giving it back."""
    glance = HomeLock(home.lock("server"))
    assert glance.acquire()
    threading.Timer(0.05, glance.release).start()
    presence.take_lock(home).release()


def test_a_key_that_could_not_be_written_is_not_left_behind(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        token.load_or_create(home.token_file)
    monkeypatch.undo()
    assert len(token.load_or_create(home.token_file)) > 40


def test_a_home_that_cannot_be_written_says_what_to_do(home: Home) -> None:
    home.lock("server").parent.write_text("a file where the folder should be")
    with pytest.raises(DatabaseError, match="cannot be made") as told:
        presence.take_lock(home)
    assert "may write to this folder" in told.value.hint
