"""Which pages there are, in what order, and what stands on each beside the form of its declared settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.settings.form import Form, settings_of
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from desktop.context import Context

translate = QCoreApplication.translate


class Page(NamedTuple):
    name: str
    title: str
    make: Callable[[Context, str], QWidget]


class Part(NamedTuple):
    """Something to be found by the search that is no declared setting."""

    title: str
    page: str
    control: str
    """Its object name."""


def pages() -> list[Page]:
    """In the order of the list; titles in the person's language."""
    return [
        Page("model", translate("Settings", "Model"), model_page),
        Page("teacher", translate("Settings", "Teacher"), teacher_page),
        Page("learning", translate("Settings", "Learning"), form_page),
        Page("training", translate("Settings", "Training"), form_page),
        Page("privacy", translate("Settings", "Privacy"), privacy_page),
        Page("notifications", translate("Settings", "Notifications"), form_page),
        Page("appearance", translate("Settings", "Appearance"), form_page),
        Page("server", translate("Settings", "Server"), form_page),
        Page("advanced", translate("Settings", "Advanced"), advanced_page),
    ]


def parts() -> list[Part]:
    return [
        Part(translate("Settings", "API key of the teacher"), "teacher", "teacher_key_text"),
        Part(translate("Settings", "Test the teacher"), "teacher", "teacher_test_start"),
        Part(translate("Settings", "Redaction: try what is taken out of a text"), "privacy", "redaction_text"),
        Part(translate("Settings", "Egress log: what left this machine"), "privacy", "egress_refresh"),
        Part(translate("Settings", "Export my data"), "privacy", "export_start"),
        Part(translate("Settings", "Forget: delete answers by item, by date, or all"), "privacy", "forget_search"),
        Part(translate("Settings", "The settings as a file: config.toml"), "advanced", "config_text"),
        Part(translate("Settings", "Home folder"), "advanced", "home_open"),
        Part(translate("Settings", "Copy diagnostics"), "advanced", "diagnostics_copy"),
    ]


def form_page(context: Context, name: str) -> QWidget:
    return column(Form(context, name))


def model_page(context: Context, name: str) -> QWidget:
    from desktop.settings.model_page import ModelPage

    return column(ModelPage(context), heading(translate("Settings", "Settings of the model")), Form(context, name))


def teacher_page(context: Context, name: str) -> QWidget:
    from desktop.settings.teacher_page import TeacherPage

    return TeacherPage(context)


def privacy_page(context: Context, name: str) -> QWidget:
    from desktop.settings.deletion import Deletion
    from desktop.settings.egress_table import EgressTable
    from desktop.settings.export import Export
    from desktop.settings.redaction import Redaction

    told = Words(context.theme, translate(
        "Settings", "Everything stays on this machine until you choose a teacher or ask for a download."
    ), "text")  # fmt: skip
    form = [Form(context, name)] if settings_of(name) else []
    return column(told, *form, Redaction(context), EgressTable(context), Export(context), Deletion(context))


def advanced_page(context: Context, name: str) -> QWidget:
    from desktop.settings.advanced import AdvancedPage

    return column(AdvancedPage(context))


def column(*widgets: QWidget) -> QWidget:
    """One below the other, with room between them, at the top of the page."""
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setSpacing(page.fontMetrics().height())
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return page
