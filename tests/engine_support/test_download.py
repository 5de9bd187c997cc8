"""A download ends as a whole student or as none, whatever the hub, the connection and the disk do to it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.engine import library
from core.engine.fetch.download import Downloaded, download, verify
from core.engine.fetch.hub import Hub
from core.engine.fetch.parts import FOLDER, Part, discard, incomplete
from core.engine.fetch.reference import parse
from core.engine.fetch.source import DownloadError, HubFile
from core.engine.fetch.transfer import Limits, Progress
from core.engine.library import Registry
from core.errors import BadRequest, ModelFileError, NightschoolError, NotFound, StorageFull
from core.paths import Home
from core.privacy.egress_log import EgressLog, EgressRefused
from tests.hub import COMMIT, HubServer, hub_server
from tests.models import make_model

REPO, FILE, NAME = "example/tiny-GGUF", "tiny-q4_0.gguf", "tiny-q4_0"
QUICK = Limits(stall_s=0.4, tries=2, first_wait_s=0.01, longest_wait_s=0.05, reserve_bytes=0)


@pytest.fixture(autouse=True)
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_model(tmp_path_factory.mktemp("made") / FILE).read_bytes()


@pytest.fixture
def hub(tmp_path: Path, content: bytes) -> Iterator[HubServer]:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / FILE).write_bytes(content)
    (folder / "README.md").write_text("# tiny")
    with hub_server(folder, REPO) as server:
        yield server


@pytest.fixture
def only_whole(home: Home, content: bytes) -> Iterator[None]:
    """Looks, all the while, at what the library shows: no file of the home that is not the one the hub serves."""
    seen: list[str] = []
    looks, done = [0], threading.Event()

    def look() -> None:
        while not done.is_set():
            shown = {model.path for model in (*library.known(home), *library.find(home.models))}
            for path in shown:
                if path.is_relative_to(home.root) and path.read_bytes() != content:
                    seen.append(f"{path}: {path.stat().st_size} bytes")
            looks[0] += 1
            done.wait(0.003)

    watcher = threading.Thread(target=look)
    watcher.start()
    yield
    done.set()
    watcher.join()
    assert looks[0] > 1
    assert seen == []


def fetch(home: Home, hub: HubServer, what: str = f"{REPO}:{FILE}", **more: object) -> Downloaded:
    return download(home, parse(what), endpoint=hub.endpoint, **{"limits": QUICK, **more})  # type: ignore[arg-type]


def absent(home: Home) -> bool:
    """The library shows nothing of it, by any of its ways."""
    assert [model.name for model in library.known(home)] == []
    assert [model for model in library.find(home.models) if model.path.is_relative_to(home.root)] == []
    for name in (NAME, FILE, f"{FILE}.part", f"{FOLDER}/{FILE}.part", f"{FOLDER}/{NAME}"):
        with pytest.raises(NightschoolError):
            library.resolve(home, name)
    return not (home.models / FILE).exists()


def so_far(home: Home) -> int:
    return Part(home, NAME).bytes()


def refused(home: Home, hub: HubServer, kind: type[NightschoolError] = DownloadError, **more: object) -> str:
    """The code of the refusal; nothing is installed."""
    with pytest.raises(kind) as caught:
        fetch(home, hub, **more)  # type: ignore[arg-type]
    assert caught.value.message
    assert absent(home)
    return caught.value.code


# What should happen


@pytest.mark.usefixtures("only_whole")
def test_a_whole_file_becomes_a_student(home: Home, hub: HubServer, content: bytes) -> None:
    told: list[Progress] = []
    done = fetch(home, hub, report=told.append)
    path = home.models / FILE
    assert (done.name, done.path, done.size, done.fetched) == (NAME, str(path), len(content), len(content))
    assert (done.verified, done.sha256, done.commit) == (True, hashlib.sha256(content).hexdigest(), COMMIT)
    assert path.read_bytes() == content
    assert library.resolve(home, NAME).path == path
    assert told[0].stage == "asking"
    assert {"downloading", "checking"} <= {progress.stage for progress in told}
    assert told[-1].bytes == told[-1].size == len(content)
    assert incomplete(home) == []
    assert list((home.models / FOLDER).iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="folders are flushed on POSIX")
def test_its_bytes_are_on_the_disk_before_it_has_its_name(
    home: Home, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut leaves a student of the right size and without its contents."""
    target, flushed = home.models / FILE, []
    flush = os.fsync

    def watched(handle: int) -> None:
        flushed.append((os.fstat(handle).st_ino, target.exists()))
        flush(handle)

    monkeypatch.setattr(os, "fsync", watched)
    fetch(home, hub)
    assert (target.stat().st_ino, False) in flushed
    assert (home.models.stat().st_ino, True) in flushed


def test_every_request_is_in_the_egress_log(home: Home, hub: HubServer, content: bytes) -> None:
    fetch(home, hub)
    lines = list(EgressLog(home.egress_log).lines())
    assert {line.purpose for line in lines} == {"model download"}
    assert len([line for line in lines if line.event == "sent"]) == len(hub.requests)
    hosts = [line.host for line in lines if line.event == "answered"]
    assert hosts[-1] == hub.content.removeprefix("http://"), "where the redirect led, too"
    assert max(line.bytes_received for line in lines) == len(content)


def test_no_account_of_other_programs_is_used(
    home: Home, hub: HubServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(home, hub, f"{REPO}:q4_0")
    assert hub.requests
    for asked in hub.requests:
        assert "authorization" not in {name.lower() for name in asked.headers}
        assert "hf_secret" not in str(asked.headers)


def test_nothing_is_sent_that_cannot_be_logged(home: Home, hub: HubServer) -> None:
    home.egress_log.mkdir()
    assert refused(home, hub, EgressRefused) == "egress_log_error"
    assert hub.requests == []


def test_the_file_is_here_already(home: Home, hub: HubServer) -> None:
    first = fetch(home, hub)
    again = fetch(home, hub)
    assert (again.sha256, again.fetched, len(hub.downloads())) == (first.sha256, 0, 1)


@pytest.mark.parametrize("same_size", [True, False])
def test_another_student_of_that_name_stays(home: Home, hub: HubServer, content: bytes, same_size: bool) -> None:
    home.models.mkdir()
    other = home.models / FILE
    make_model(other, seed=7)
    if not same_size:
        other.write_bytes(other.read_bytes() + b"more")
    before = other.read_bytes()
    with pytest.raises(DownloadError) as caught:
        fetch(home, hub)
    assert caught.value.code == "name_taken"
    assert other.read_bytes() == before
    assert fetch(home, hub, name="another").path == str(home.models / "another.gguf")


def test_a_registered_students_name_is_taken(home: Home, hub: HubServer, tmp_path: Path) -> None:
    Registry(home).add(make_model(tmp_path / "mine.gguf"), NAME)
    with pytest.raises(DownloadError) as caught:
        fetch(home, hub)
    assert caught.value.code == "name_taken"


def test_a_file_without_a_hash_is_told_as_unverified(home: Home, tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / FILE).write_bytes(content)
    with hub_server(folder, REPO, lfs=()) as server:
        done = fetch(home, server)
        assert (done.verified, done.sha256) == (False, hashlib.sha256(content).hexdigest())
        (home.models / FILE).unlink()
        (folder / FILE).write_bytes(content[:-100])
        assert refused(home, server, ModelFileError) == "model_file_error", "the GGUF check stands alone then"


# Cut, stalled, gone on from


@pytest.mark.usefixtures("only_whole")
def test_a_cut_connection_is_gone_on_from(home: Home, hub: HubServer, content: bytes) -> None:
    hub.faults.cut_at, hub.faults.cuts = 200_000, 1
    assert fetch(home, hub).fetched == len(content)
    assert [asked.start for asked in hub.downloads()] == [0, 200_000]
    assert hub.sent() == len(content)


@pytest.mark.usefixtures("only_whole")
def test_a_stall_is_waited_out_and_gone_on_from(home: Home, hub: HubServer, content: bytes) -> None:
    hub.faults.stall_at, hub.faults.stalls = 200_000, 1
    told: list[Progress] = []
    fetch(home, hub, report=told.append)
    assert [asked.start for asked in hub.downloads()] == [0, 200_000]
    assert [progress.note for progress in told if progress.stage == "waiting"] == [
        "Nothing came for 0.4 s. Trying again (1 of 2)."
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("only_whole")
def test_a_stall_that_lasts_is_told_and_keeps_the_bytes(home: Home, hub: HubServer, content: bytes) -> None:
    hub.faults.stall_at = 200_000
    begun = time.monotonic()
    assert refused(home, hub) == "stalled"
    assert 0.4 * 3 <= time.monotonic() - begun < 6
    assert so_far(home) == 200_000
    (left,) = incomplete(home)
    assert (left.name, left.bytes, left.size, left.active) == (NAME, 200_000, len(content), False)
    hub.faults.stall_at, hub.requests[:] = None, []
    assert fetch(home, hub).fetched == len(content) - 200_000
    assert [asked.range for asked in hub.downloads()] == ["bytes=200000-"]


@pytest.mark.usefixtures("only_whole")
def test_progress_resets_the_count_of_tries(home: Home, hub: HubServer, content: bytes) -> None:
    """Many cuts, each after some new bytes, are no reason to give up."""
    done = threading.Event()

    def move_the_cut() -> None:
        while not done.wait(0.001):
            reached = so_far(home)
            hub.faults.cut_at = reached + 60_000 - reached % 60_000

    mover = threading.Thread(target=move_the_cut)
    hub.faults.cut_at = 60_000
    mover.start()
    try:
        fetch(home, hub, limits=Limits(stall_s=5, tries=2, first_wait_s=0.02, reserve_bytes=0))
    finally:
        done.set()
        mover.join()
    assert len(hub.downloads()) > 4


@pytest.mark.usefixtures("only_whole")
def test_a_server_without_ranges_begins_anew(home: Home, hub: HubServer, content: bytes) -> None:
    hub.faults.no_range, hub.faults.cut_at, hub.faults.cuts = True, 200_000, 1
    assert fetch(home, hub).fetched == len(content) + 200_000
    assert [asked.status for asked in hub.downloads()] == [200, 200]


@pytest.mark.usefixtures("only_whole")
def test_a_range_that_was_not_asked_for_begins_anew(home: Home, hub: HubServer) -> None:
    hub.faults.cut_at, hub.faults.cuts, hub.faults.wrong_range = 200_000, 1, True
    fetch(home, hub)
    assert [asked.start for asked in hub.downloads()] == [0, 200_000, 0]


def test_a_server_that_is_busy_is_asked_again(home: Home, hub: HubServer) -> None:
    hub.faults.content_status, hub.faults.errors = 503, 2
    fetch(home, hub)
    assert [asked.status for asked in hub.downloads()] == [503, 503, 200]


def test_a_body_without_a_length(home: Home, hub: HubServer, content: bytes) -> None:
    hub.faults.chunked = True
    assert fetch(home, hub).size == len(content)


# Not what was meant


@pytest.mark.usefixtures("only_whole")
@pytest.mark.parametrize("at", [0, 300_000, -1])
def test_one_wrong_bit_is_found(home: Home, hub: HubServer, content: bytes, at: int) -> None:
    hub.faults.flip_at = at % len(content)
    assert refused(home, hub) == "damaged"
    assert so_far(home) == 0
    hub.faults.flip_at = None
    assert fetch(home, hub).verified


@pytest.mark.usefixtures("only_whole")
def test_one_wrong_bit_in_what_was_there_is_found(home: Home, hub: HubServer) -> None:
    hub.faults.stall_at = 200_000
    assert refused(home, hub) == "stalled"
    part = Part(home, NAME).path
    spoilt = bytearray(part.read_bytes())
    spoilt[150_000] ^= 1
    part.write_bytes(spoilt)
    hub.faults.stall_at = None
    assert refused(home, hub) == "damaged"


@pytest.mark.usefixtures("only_whole")
@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_that_ends_too_early(home: Home, hub: HubServer, chunked: bool) -> None:
    hub.faults.keep, hub.faults.chunked = 400_000, chunked
    assert refused(home, hub) in ("no_network", "odd_answer")
    assert len(hub.downloads()) <= 2 * (QUICK.tries + 1), "it gives up"


@pytest.mark.usefixtures("only_whole")
@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_that_is_longer_than_said(home: Home, hub: HubServer, content: bytes, chunked: bool) -> None:
    hub.faults.append, hub.faults.chunked = b"and more", chunked
    assert refused(home, hub) == "damaged"
    assert so_far(home) == 0


def test_a_file_without_an_end_is_not_written_down(home: Home, hub: HubServer, content: bytes) -> None:
    hub.faults.append, hub.faults.chunked = b"x" * 40_000_000, True
    assert refused(home, hub, limits=Limits(stall_s=20, reserve_bytes=0)) == "damaged"
    assert hub.sent() < len(content) + 20_000_000, "it hangs up when there is too much"


@pytest.mark.usefixtures("only_whole")
@pytest.mark.parametrize("by", [-1000, 1000])
def test_a_hub_that_tells_the_wrong_size(home: Home, hub: HubServer, content: bytes, by: int) -> None:
    hub.faults.linked_size = len(content) + by
    refused(home, hub)


@pytest.mark.slow
def test_a_part_longer_than_the_file_is_dropped(home: Home, hub: HubServer, content: bytes) -> None:
    hub.faults.stall_at = 200_000
    refused(home, hub)
    Part(home, NAME).path.write_bytes(content + b"more")
    hub.faults.stall_at = None
    assert refused(home, hub) == "damaged"
    assert fetch(home, hub).verified


@pytest.mark.usefixtures("only_whole")
def test_another_state_of_the_file_begins_anew(home: Home, hub: HubServer, tmp_path: Path, content: bytes) -> None:
    (hub.folder / FILE).write_bytes(make_model(tmp_path / "old.gguf", seed=5).read_bytes())
    hub.faults.stall_at = 200_000
    refused(home, hub)
    (hub.folder / FILE).write_bytes(content)
    hub.faults.stall_at, hub.requests[:] = None, []
    assert fetch(home, hub).fetched == len(content)
    assert [asked.range for asked in hub.downloads()] == [None]


@pytest.mark.usefixtures("only_whole")
def test_a_file_that_changes_while_it_is_fetched(home: Home, hub: HubServer) -> None:
    hub.faults.cut_at, hub.faults.cuts = 200_000, 1

    def change(progress: Progress) -> None:
        if progress.stage == "waiting":
            hub.faults.linked_etag = "f" * 64

    assert refused(home, hub, report=change) == "changed"
    assert so_far(home) == 0


@pytest.mark.usefixtures("only_whole")
def test_a_sound_file_that_is_no_model(home: Home, hub: HubServer, content: bytes) -> None:
    (hub.folder / FILE).write_bytes(b"GGUF" + os.urandom(5000))
    assert refused(home, hub, ModelFileError) == "model_file_error"
    assert incomplete(home) == []


def test_bytes_that_belong_to_nothing_are_dropped(home: Home, hub: HubServer, content: bytes) -> None:
    part = Part(home, NAME)
    part.path.parent.mkdir(parents=True)
    part.path.write_bytes(b"x" * 1000)
    assert incomplete(home) == []
    assert fetch(home, hub).fetched == len(content)


@pytest.mark.slow
@pytest.mark.parametrize("note", [b"", b"{", b'{"version": 1}', b"\xff\xfe"])
def test_a_note_that_cannot_be_read_begins_anew(home: Home, hub: HubServer, content: bytes, note: bytes) -> None:
    hub.faults.stall_at = 200_000
    refused(home, hub)
    Part(home, NAME).plan_path.write_bytes(note)
    hub.faults.stall_at = None
    assert incomplete(home) == []
    assert fetch(home, hub).fetched == len(content)


# What the hub refuses


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        ((401, "GatedRepo"), "gated", "terms"),
        ((403, "GatedRepo"), "gated", "terms"),
        ((401, ""), "not_there", "no repository"),
        ((404, "RepoNotFound"), "not_there", "no repository"),
        ((404, "RevisionNotFound"), "not_there", "no revision"),
        ((404, "EntryNotFound"), "not_there", "no file"),
        ((429, ""), "busy", "pause"),
        ((500, ""), "hub_error", "500"),
    ],
)
def test_what_the_hub_refuses_is_told(
    home: Home, hub: HubServer, answer: tuple[int, str], code: str, says: str
) -> None:
    hub.faults.refused = answer
    for what in (f"{REPO}:{FILE}", f"{REPO}:q4_0")[: 1 if answer[0] in (429, 500) else 2]:  # the library asks on
        with pytest.raises(DownloadError, match=says) as caught:
            fetch(home, hub, what)
    assert caught.value.code == code
    assert "hf_hub" not in str(caught.value)


@pytest.mark.parametrize(("status", "code"), [(403, "hub_error"), (404, "not_there"), (418, "hub_error")])
def test_what_the_content_host_refuses_is_told(home: Home, hub: HubServer, status: int, code: str) -> None:
    hub.faults.content_status = status
    assert refused(home, hub) == code
    assert len(hub.downloads()) == 1, "asking again would not help"


def test_no_network(home: Home) -> None:
    with pytest.raises(DownloadError) as caught:
        download(home, parse(f"{REPO}:{FILE}"), endpoint="http://127.0.0.1:9", limits=QUICK)
    assert caught.value.code == "no_network"
    assert caught.value.hint


def test_offline_by_wish(home: Home, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert refused(home, hub) == "offline"
    assert hub.requests == []
    assert not home.egress_log.exists()


@pytest.mark.parametrize("where", ["http://example.com/x.gguf", "ftp://127.0.0.1/x", "file:///etc/passwd"])
def test_it_is_led_nowhere_unencrypted(home: Home, hub: HubServer, where: str) -> None:
    hub.faults.redirect_to = where
    assert refused(home, hub) == "unencrypted"
    hosts = {line.host for line in EgressLog(home.egress_log).lines()}
    assert hosts == {hub.endpoint.removeprefix("http://")}


def test_a_hub_that_leads_in_circles(home: Home, hub: HubServer) -> None:
    hub.faults.redirect_to = f"{hub.endpoint}/{REPO}/resolve/main/{FILE}"
    with pytest.raises(DownloadError):
        fetch(home, hub)


def test_no_size_no_download(home: Home, hub: HubServer) -> None:
    hub.faults.no_size = True
    assert refused(home, hub) == "odd_answer"


# The disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Home]:
    """A home on a file system of 1 MiB, where this process may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this process may not mount a file system")
    yield Home(folder)
    subprocess.run(["umount", str(folder)], check=True)


def test_no_room_is_told_before_the_first_byte(small_disk: Home, hub: HubServer, content: bytes) -> None:
    (small_disk.root / "ballast").write_bytes(b"x" * 700_000)
    assert refused(small_disk, hub, StorageFull) == "storage_full"
    assert hub.downloads() == []
    (small_disk.root / "ballast").unlink()
    assert refused(small_disk, hub, StorageFull, limits=Limits(reserve_bytes=600_000)) == "storage_full"
    assert fetch(small_disk, hub).size == len(content)


def test_a_disk_that_fills_midway_keeps_the_part(small_disk: Home, hub: HubServer, content: bytes) -> None:
    hub.faults.bytes_per_s = 1_000_000
    ballast = small_disk.root / "ballast"

    def fill(progress: Progress) -> None:
        if progress.bytes > 100_000 and not ballast.exists():
            with pytest.raises(OSError, match="space"), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 4096)

    with pytest.raises(StorageFull, match=r"KiB more must be free on the disk for tiny-q4_0.gguf") as caught:
        fetch(small_disk, hub, report=fill)
    assert "kept" in caught.value.hint
    assert absent(small_disk)
    kept = Part(small_disk, NAME).bytes()
    assert 0 < kept < len(content)
    with pytest.raises(StorageFull):
        fetch(small_disk, hub)
    assert Part(small_disk, NAME).bytes() == kept, "asking again costs nothing"
    ballast.unlink()
    hub.faults.bytes_per_s, hub.requests[:] = 0, []
    assert fetch(small_disk, hub).fetched == len(content) - kept
    assert [asked.start for asked in hub.downloads()] == [kept]


def test_room_for_other_things_is_kept_midway_too(small_disk: Home, hub: HubServer) -> None:
    """Another program took the room: what is left would suffice for the file, but not for anything else."""
    hub.faults.cut_at, hub.faults.cuts = 200_000, 1

    def take_room(progress: Progress) -> None:
        if progress.stage == "waiting":
            (small_disk.root / "theirs").write_bytes(b"x" * 400_000)

    limits = Limits(tries=2, first_wait_s=0.01, reserve_bytes=200_000)
    assert refused(small_disk, hub, StorageFull, limits=limits, report=take_room) == "storage_full"
    assert Part(small_disk, NAME).bytes() == 200_000


def test_size_is_checked_by_itself(home: Home, content: bytes) -> None:
    """Where the hub tells no hash, and whoever brought the bytes."""
    part = Part(home, NAME)
    part.path.parent.mkdir(parents=True)
    part.path.write_bytes(content + b"more")
    source = HubFile(repo=REPO, file=FILE, commit=COMMIT, url="", etag="e", size=len(content), sha256=None)
    with pytest.raises(DownloadError):
        verify(part, source, lambda progress: None)
    assert part.bytes() == 0


# The parts


@pytest.mark.slow
def test_cancelling_removes_the_part(home: Home, hub: HubServer) -> None:
    hub.faults.stall_at = 200_000
    refused(home, hub)
    discard(home, NAME)
    assert incomplete(home) == []
    assert list((home.models / FOLDER).iterdir()) == []
    with pytest.raises(NotFound):
        discard(home, NAME)


@pytest.mark.parametrize("name", ["../x", ".incomplete", "a/b", "", "..", "/etc/passwd"])
def test_only_downloads_can_be_discarded(home: Home, name: str) -> None:
    with pytest.raises((BadRequest, NotFound)):
        discard(home, name)


@pytest.mark.slow
def test_a_download_that_runs_is_neither_begun_twice_nor_discarded(home: Home, hub: HubServer) -> None:
    part = Part(home, NAME)
    with part.lock:
        assert refused(home, hub) == "busy_elsewhere"
        hub.requests.clear()
        part.path.parent.mkdir(parents=True)
        part.path.write_bytes(b"x")
        with pytest.raises(DownloadError):
            discard(home, NAME)
        assert part.bytes() == 1


@pytest.mark.slow
def test_installed_just_before_the_end_is_no_unfinished_download(home: Home, hub: HubServer, content: bytes) -> None:
    hub.faults.stall_at = 200_000
    refused(home, hub)
    part = Part(home, NAME)
    part.path.unlink()
    part.target.write_bytes(content)
    assert incomplete(home) == []
    assert fetch(home, hub).fetched == 0
    assert not part.plan_path.exists()


def test_the_files_of_a_repository(home: Home, hub: HubServer, content: bytes) -> None:
    found = Hub(home.egress_log, hub.endpoint).files(parse(REPO))
    assert [(listed.path, listed.sha256 is not None) for listed in found] == [("README.md", False), (FILE, True)]
