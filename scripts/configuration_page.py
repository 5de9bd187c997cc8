"""Writes docs/configuration.md from the declarations in core/config/.

    .venv/bin/python scripts/configuration_page.py

A test holds the page against the declarations, so it cannot fall behind them.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from core.config import SettingInfo, describe, describe_one

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
INTRODUCTION = """\
# Configuration

Every setting stands in `config.toml` in the home folder (`nightschool config path` prints where). All have defaults,
so the file may be missing. Unknown keys and values out of range are refused with a message that names them.

    nightschool config show                       # every setting, its value, what it does
    nightschool config set server.port 8080       # comments in the file are kept
    nightschool config get server.port

In the file, `server.port` is `port` in the table `[server]`. The environment variable `NIGHTSCHOOL_HOME` moves the
home folder, and with it everything that is kept; a home inside a source tree is refused.

The same by the settings window of the desktop, whose every field is made from the declarations below.

`restart`: a running server takes the change up when it is started again; the others are felt within a second or two.
`later`: kept for a stage that is not built yet; nothing reads it now, and nothing studies at night yet.

_This page is made from `core/config/` by `scripts/configuration_page.py`._
"""

LATER = "later"
SEEDS = {
    "rewardWeights.compile": ("reward.compile", "core/database/labels.py"),
    "rewardWeights.tests": ("reward.tests", "core/database/labels.py"),
    "rewardWeights.errors": ("reward.errors", "core/database/labels.py"),
    "rewardWeights.human": ("reward.human", "core/database/labels.py"),
    "autoExport.enabled": ("export.enabled", "core/evidence/roles.py"),
    "autoExport.minRuns": ("export.min_runs", "core/evidence/roles.py"),
    "autoExport.minReward": ("export.min_reward", "core/evidence/roles.py"),
    "autoExport.maxExamples": ("export.max_examples", "core/evidence/roles.py"),
    "make-sft --min-reward": ("export.min_reward", "core/cli/evidence_flags.py"),
    "make-sft --limit": ("export.max_examples", "core/cli/evidence_flags.py"),
    "MIN_QUALITY_SCORE": ("training.min_quality", "core/evidence/export/ground.py"),
    "MIN_DURATION_SECONDS": ("evidence.min_duration_s", "core/evidence/export/ground.py"),
    "MAX_DURATION_SECONDS": ("evidence.max_duration_s", "core/evidence/export/ground.py"),
    "train/val split": ("evidence.validation_share", "core/evidence/export/ground.py"),
    "drift threshold": ("evidence.drift_threshold", "core/evidence/run.py"),
    "MIN_TRAINING_EXAMPLES": ("training.min_examples", LATER),
    "autoTrain.enabled": ("training.enabled", LATER),
    "autoTrain.minExamples": ("training.min_examples", LATER),
    "autoTrain.baseModel": ("training.base_model", LATER),
    "autoTrain.loraRank": ("training.lora_rank", LATER),
    "autoTrain.epochs": ("training.epochs", LATER),
}
"""What the settings of other learning systems are called here, and which module reads them."""


def page() -> str:
    sections = [INTRODUCTION, seeds()]
    for table, settings in groupby(describe(), key=lambda info: info.key.rpartition(".")[0]):
        rows = "\n".join(row(info) for info in settings)
        sections.append(f"## {table}\n\n| setting | default | values | what it does |\n|---|---|---|---|\n{rows}\n")
    return "\n".join(sections)


def seeds() -> str:
    rows = "\n".join(
        f"| `{name}` | `{key}` | {literal(describe_one(key).default)} | {by if by == LATER else f'`{by}`'} |"
        for name, (key, by) in SEEDS.items()
    )
    return f"## Known by other names\n\n| elsewhere | here | default | read by |\n|---|---|---|---|\n{rows}\n"


def row(info: SettingInfo) -> str:
    marks = [name for name, given in (("restart", info.restart), ("later", info.later)) if given]
    told = " ".join([info.description.replace("|", "/"), *(f"({mark})" for mark in marks)])
    return f"| `{info.key}` | {literal(info.default)} | {values(info)} | {told} |"


def literal(value: Any) -> str:
    """As it is written in TOML."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{list(value) if isinstance(value, tuple) else value}`"


def values(info: SettingInfo) -> str:
    if info.choices:
        return ", ".join(f"`{choice}`" if choice else "empty" for choice in info.choices)
    if info.minimum is not None and info.maximum is not None:
        least = f"above {number(info.minimum)}" if info.above else number(info.minimum)
        return f"{info.type}, {least} to {number(info.maximum)}{f' {info.unit}' if info.unit else ''}"
    return info.type


def number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.name}: {len(describe())} settings")
