"""The declared settings of one page as fields: those in use first, then those that nothing uses yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.config import SettingInfo, describe
from desktop.settings.field import Field
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from desktop.context import Context


class Form(QWidget):
    """One Field for each setting of `page` (of those that `only` lets through)."""

    written = Signal(str)

    def __init__(self, context: Context, page: str, only: Callable[[SettingInfo], bool] = lambda _: True) -> None:
        super().__init__()
        self._context = context
        self.fields: dict[str, Field] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        infos = [info for info in settings_of(page) if only(info)]
        self._add([info for info in infos if not info.later])
        if later := [info for info in infos if info.later]:
            self._column.addWidget(heading(self.tr("For later")))
            self._column.addWidget(Words(context.theme, self.tr(
                "Nothing uses these yet: nothing studies or trains at night so far. What you choose is kept for when"
                " it does."
            ), name=f"later_{page}"))  # fmt: skip
            self._add(later)

    def _add(self, infos: Sequence[SettingInfo]) -> None:
        """Settings of one table stand together, under its name where there are several tables."""
        several = len({table_of(info) for info in infos}) > 1
        table = ""
        for info in infos:
            if several and table_of(info) != table:
                table = table_of(info)
                if title := table_in_words(table):
                    self._column.addWidget(heading(title))
            field = Field(self._context, info)
            field.written.connect(self.written)
            self.fields[info.key] = field
            self._column.addWidget(field)


def table_of(info: SettingInfo) -> str:
    return info.key.rpartition(".")[0]


def settings_of(page: str) -> list[SettingInfo]:
    return [info for info in describe() if info.page == page]


def table_in_words(table: str) -> str:
    """Headings of the tables that share a page with others."""
    said = {
        "engine": QCoreApplication.translate("Settings", "How the model is run"),
        "models": QCoreApplication.translate("Settings", "Which model answers"),
        "agent": QCoreApplication.translate("Settings", "How it answers"),
        "replay": QCoreApplication.translate("Settings", "Past work"),
        "learning.distillation": QCoreApplication.translate("Settings", "Autonomy"),
        "learning.distillation.triggers": QCoreApplication.translate("Settings", "Schedule"),
        "learning.distillation.gate": QCoreApplication.translate("Settings", "Gate"),
        "learning.distillation.benchmark": QCoreApplication.translate("Settings", "Benchmark"),
        "learning.distillation.tier_overrides": QCoreApplication.translate("Settings", "Who lets changes through"),
    }
    return said.get(table, "")
