"""What people write when they mean a student on the hub; the catalogue's entries are such words too."""

from __future__ import annotations

import pytest

from core.engine.fetch.catalogue import catalogue
from core.engine.fetch.reference import Reference, choose, is_model, parse
from core.errors import BadRequest

FILES = [
    "README.md",
    "m-q4_k.gguf",
    "m-q4_k_m.gguf",
    "m-q8_0.gguf",
    "m-fp16-00001-of-00002.gguf",
    "mmproj-m-f16.gguf",
    "m.imatrix.gguf",
    "sub/m-q2_k.gguf",
]


@pytest.mark.parametrize(
    ("text", "repo", "file", "revision"),
    [
        ("o/r", "o/r", "", "main"),
        (" o/r:q4_k_m ", "o/r", "q4_k_m", "main"),
        ("o/r@abc:sub/m.gguf", "o/r", "sub/m.gguf", "abc"),
        ("https://huggingface.co/o/r", "o/r", "", "main"),
        ("https://huggingface.co/o/r/tree/dev", "o/r", "", "dev"),
        ("https://huggingface.co/o/r/blob/main/sub/m.gguf", "o/r", "sub/m.gguf", "main"),
        ("https://huggingface.co/o/r/resolve/v1/m%20n.gguf?download=true", "o/r", "m n.gguf", "v1"),
        ("hf.co/o/r:Q4_K_M", "o/r", "Q4_K_M", "main"),
    ],
)
def test_what_is_understood(text: str, repo: str, file: str, revision: str) -> None:
    assert parse(text) == Reference(repo=repo, file=file, revision=revision)


@pytest.mark.parametrize(
    "text",
    [
        *("", "r", "/r", "o/", "../r", "o/..", "o/r/s", "o--x/r", "o/r@../x"),
        *("o/r:../../x", "o/r:/etc/passwd", "o/r:a\\b", "o/r:a\nb"),
        *("https://example.com/o/r", "https://huggingface.co.evil.com/o/r", "https://huggingface.co@evil.com/o/r"),
        *("https://huggingface.co/", "ftp://hf.co/o/r", "file:///etc/passwd"),
    ],
)
def test_what_is_not(text: str) -> None:
    with pytest.raises(BadRequest):
        parse(text)


@pytest.mark.parametrize(
    ("wanted", "file"),
    [
        ("Q4_K_M", "m-q4_k_m.gguf"),
        ("q4_k", "m-q4_k.gguf"),
        ("*q8*", "m-q8_0.gguf"),
        ("m-q8_0", "m-q8_0.gguf"),
        ("q2_k", "sub/m-q2_k.gguf"),
    ],
)
def test_one_file_is_meant(wanted: str, file: str) -> None:
    assert choose(Reference(repo="o/r", file=wanted), FILES) == file


@pytest.mark.parametrize(
    ("wanted", "says"), [("", "several"), ("*q4*", "several"), ("q5", "no file"), ("fp16", "no file")]
)
def test_what_is_not_clear_is_answered_with_the_choices(wanted: str, says: str) -> None:
    with pytest.raises(BadRequest, match=says) as caught:
        choose(Reference(repo="o/r", file=wanted), FILES)
    assert "m-q4_k_m.gguf" in caught.value.message


def test_the_only_file_needs_no_name() -> None:
    assert choose(Reference(repo="o/r"), ["README.md", "a.gguf"]) == "a.gguf"
    with pytest.raises(BadRequest, match="no GGUF"):
        choose(Reference(repo="o/r"), ["README.md"])


def test_what_is_a_student() -> None:
    assert [path for path in FILES if is_model(path)] == [
        "m-q4_k.gguf",
        "m-q4_k_m.gguf",
        "m-q8_0.gguf",
        "sub/m-q2_k.gguf",
    ]


def test_the_catalogue_can_be_asked_for() -> None:
    entries = catalogue()
    assert 5 <= len(entries) <= 8
    assert len({entry.name for entry in entries}) == len({entry.reference for entry in entries}) == len(entries)
    for entry in entries:
        assert parse(entry.reference) == Reference(repo=entry.repo, file=entry.file)
        assert entry.licence
        assert 0.1 < entry.size_gib < 8
