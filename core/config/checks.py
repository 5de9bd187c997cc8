"""What is wrong with a value, in one sentence that a person can act on; and text turned into a value."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from core.config.declared import Config, SettingInfo, chosen_texts, describe_one
from core.errors import ConfigError

CLOCK_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
TYPES: dict[str, Any] = {"str": str, "int": int, "float": float, "bool": bool, "list": tuple[str, ...]}


def parse_text(text: str, info: SettingInfo) -> Any:
    """Text from a command line or a field, as the setting's own type. Raises ConfigError."""
    if info.type == "str":
        return text
    if info.type == "list":
        return tuple(part.strip() for part in re.split(r"[,\n]", text) if part.strip())
    try:
        return msgspec.convert(text.strip(), TYPES[info.type], strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{info.key}: {wanted(info)}", hint=f"{text!r} is not that.") from error


def text_of(value: Any) -> str:
    """The inverse of `parse_text`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, tuple | list):
        return ",".join(value)
    return str(value)


def check(key: str, text: str) -> str | None:
    """The sentence to show beside the field, or None where the text is fine. Raises ConfigError for an unknown key."""
    info = describe_one(key)
    try:
        return problem(info, parse_text(text, info))
    except ConfigError:
        return wanted(info)


def problem(info: SettingInfo, value: Any) -> str | None:
    """What is wrong with a value, whether it came from text or from TOML."""
    try:
        value = msgspec.convert(value, TYPES[info.type], strict=True)
    except msgspec.ValidationError:
        return wanted(info)
    if info.choices and value not in info.choices:
        return wanted(info)
    if info.type in ("int", "float") and not in_range(info, value):
        return wanted(info)
    if info.type in ("str", "list"):
        return unwritable(value) or special(info, value)
    return None


def in_range(info: SettingInfo, value: float) -> bool:
    """False for NaN, too."""
    lowest, highest = info.minimum, info.maximum
    over = lowest is None or (value > lowest if info.above else value >= lowest)
    return value == value and over and (highest is None or value <= highest)


def wanted(info: SettingInfo) -> str:
    """What to give instead."""
    if info.choices:
        names = [choice or "nothing" for choice in info.choices]
        return f"Choose {' or '.join([', '.join(names[:-1]), names[-1]])}."
    if info.type == "bool":
        return "Give true or false."
    if info.type == "list":
        return "Give a list of texts."
    if info.type == "str":
        return "Give a text."
    kind = "a whole number" if info.type == "int" else "a number"
    if info.above:
        return f"Give {kind} above {plain(info.minimum)} and up to {plain(info.maximum)}."
    return f"Give {kind} from {plain(info.minimum)} to {plain(info.maximum)}."


def plain(number: float | None) -> str:
    assert number is not None, "every number has a range; a test holds that"
    return str(int(number)) if number == int(number) else f"{number:g}"


def unwritable(value: str | tuple[str, ...]) -> str | None:
    """Text that a file cannot hold, or that a one-line field should not."""
    for text in (value,) if isinstance(value, str) else value:
        if any(ord(char) < 32 or ord(char) == 127 for char in text):
            return "Give it on one line, without control characters."
        if any(0xD800 <= ord(char) <= 0xDFFF for char in text):
            return "This holds characters that are no text."
    return None


def special(info: SettingInfo, value: Any) -> str | None:
    """What cron, times and addresses ask for beyond being text."""
    if info.kind == "cron":
        from core.config.schedule import cron_problem  # cronsim only where a schedule is looked at

        return cron_problem(value)
    if info.kind == "time" and value and not CLOCK_TIME.fullmatch(value):
        return "Give a time like 22:00, or nothing."
    if info.kind == "url" and value and not is_url(value):
        return "Give an address that begins with https://, or nothing."
    return None


def is_url(text: str) -> bool:
    """An address with a host; whether a key may be sent there is the teacher's own, stricter question."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        return False


def first_problem(config: Config) -> str | None:
    """What msgspec's types do not see: cron, times, addresses, text that cannot be written."""
    for info, value in chosen_texts(config):
        if told := problem(info, value):
            return f"{info.key}: {told}"
    return None
