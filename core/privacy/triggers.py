"""What a text must hold for a plugin of detect-secrets to find anything in it: read off the plugins' patterns.

They are true of one version. Of any other, and of a plugin that is not listed, nothing is known: it is always asked.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from core.privacy.anchors import folded, utf8, words

VERSION = "1.5.0"


class Trigger(NamedTuple):
    """Whatever is given must be there: one of `exact`, one of `letters` in any case, a word so long, the shape."""

    exact: tuple[bytes, ...] = ()
    letters: tuple[bytes, ...] = ()
    word: int = 0
    """Characters, of those that `anchors.words` counts."""
    shape: re.Pattern[bytes] | None = None
    small: re.Pattern[bytes] | None = None
    """A shape of the text in small letters."""


def each(texts: str) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts.split())


def either(*shapes: str) -> tuple[Trigger, ...]:
    return tuple(Trigger(shape=re.compile(shape.encode())) for shape in shapes)


def keys_of(owners: str) -> str:
    """Their keys, found by the word `key` first: a pattern that begins with fixed letters is searched for fast."""
    return "key(?:" + "|".join(f"(?<={owner}{gap}key)" for owner in owners.split() for gap in ("", "_")) + ")"


QUOTES = each("' \"")
TRIGGERS: dict[str, tuple[Trigger, ...]] = {
    "ArtifactoryDetector": either("AKC[a-zA-Z0-9]{10}", "AP(?:[0-9A-F]|[^\\0-\\x7f]+)[a-zA-Z0-9]{8}"),
    "AWSKeyDetector": (
        Trigger(exact=each("A3T ABIA ACCA AKIA ASIA"), word=20),
        Trigger(exact=QUOTES, letters=each("aws")),
    ),
    "AzureStorageKeyDetector": (Trigger(exact=each("AccountKey=")),),
    "Base64HighEntropyString": either(*(f"{quote}[A-Za-z0-9+/\\\\_=-]{{23,}}{quote}" for quote in "'\"")),
    "BasicAuthDetector": (Trigger(exact=each("://"), letters=each("@")),),
    "CloudantDetector": (Trigger(letters=each("cl"), word=24),),
    "DiscordBotTokenDetector": (Trigger(word=27, shape=re.compile(rb"\.(?:[A-Za-z0-9_-]|[^\0-\x7f]){6,24}\.")),),
    "GitHubTokenDetector": (Trigger(exact=each("ghp_ gho_ ghu_ ghs_ ghr_"), word=40),),
    "GitLabTokenDetector": (
        Trigger(exact=each("glpat- gldt- glft- glsoat- glrt- GR1348941 glcbt- glimt- glptt- glagent- gloas-"), word=25),
    ),
    "HexHighEntropyString": either(*(f"{quote}[A-Fa-f0-9]{{9,}}{quote}" for quote in "'\"")),
    "IbmCloudIamDetector": (Trigger(letters=each("key pwd pass token"), word=44),),
    "IbmCosHmacDetector": (Trigger(letters=each("secret"), word=48),),
    "JwtTokenDetector": (Trigger(exact=each("eyJ")),),
    "KeywordDetector": (
        Trigger(exact=QUOTES, letters=each("password passwd pwd secret contrase")),
        Trigger(exact=QUOTES, small=re.compile(rb"pass(?:(?<=base_pass)|(?<=[by]_pass)|(?<=[bey]pass))")),
        Trigger(
            exact=QUOTES,
            small=re.compile(keys_of("api auth service account db database priv private client").encode()),
        ),
    ),
    "MailchimpDetector": (Trigger(exact=each("-us"), word=36),),
    "NpmDetector": (Trigger(exact=each("/:_authToken=")),),
    "OpenAIDetector": (Trigger(exact=each("T3BlbkFJ"), word=48),),
    "PrivateKeyDetector": (Trigger(exact=(b"BEGIN ", b"PuTTY-User-Key-File-2")),),
    "PypiTokenDetector": (Trigger(exact=each("pypi-AgE"), word=70),),
    "SendGridDetector": (Trigger(exact=each("SG."), word=43),),
    "SlackDetector": (Trigger(letters=each("xox hooks.slack.com")),),
    "SoftlayerDetector": (Trigger(letters=each("sl softlayer"), word=64),),
    "SquareOAuthDetector": (Trigger(exact=each("sq0csp-")),),
    "StripeDetector": (Trigger(exact=each("k_live_"), word=31),),
    "TelegramBotTokenDetector": (Trigger(exact=each(":"), word=35),),
    "TwilioKeyDetector": (Trigger(exact=each("AC SK"), word=34),),
}


LENGTHS = sorted({trigger.word for triggers in TRIGGERS.values() for trigger in triggers} - {0})


class Look:
    """A text, and what triggers ask of it."""

    __slots__ = ("folded", "longest", "plain", "small", "utf8")

    def __init__(self, plain: str) -> None:
        self.plain, self.folded = plain, folded(plain)
        self.utf8, self.small = utf8(plain), utf8(self.folded)
        self.longest = 0
        """The greatest of LENGTHS that a word has."""
        found = words(self.utf8)
        for length in LENGTHS:
            if b"w" * length not in found:
                break
            self.longest = length

    def holds(self, triggers: tuple[Trigger, ...]) -> bool:
        """Whether one of them is there. No triggers: nothing is known, so it may be."""
        return not triggers or any(map(self._has, triggers))

    def _has(self, trigger: Trigger) -> bool:
        exact, letters, word, shape, small = trigger
        if word > self.longest:
            return False
        if exact and not any(map(self.utf8.__contains__, exact)):
            return False
        if letters and not any(map(self.small.__contains__, letters)):
            return False
        return (shape is None or shape.search(self.utf8) is not None) and (
            small is None or small.search(self.small) is not None
        )
