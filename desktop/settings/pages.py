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

tr = QCoreApplication.translate


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
        Page("model", tr("Settings", "Model"), model_page),
        Page("teacher", tr("Settings", "Teacher"), teacher_page),
        Page("learning", tr("Settings", "Learning"), form_page),
        Page("training", tr("Settings", "Training"), form_page),
        Page("privacy", tr("Settings", "Privacy"), privacy_page),
        Page("notifications", tr("Settings", "Notifications"), form_page),
        Page("appearance", tr("Settings", "Appearance"), form_page),
        Page("server", tr("Settings", "Server"), form_page),
        Page("advanced", tr("Settings", "Advanced"), advanced_page),
    ]


def parts() -> list[Part]:
    return [
        Part(tr("Settings", "API key of the teacher"), "teacher", "teacher_key_text"),
        Part(tr("Settings", "Test the teacher"), "teacher", "teacher_test_start"),
        Part(tr("Settings", "Redaction: try what is taken out of a text"), "privacy", "redaction_text"),
        Part(tr("Settings", "Egress log: what left this machine"), "privacy", "egress_refresh"),
        Part(tr("Settings", "Export my data"), "privacy", "export_start"),
        Part(tr("Settings", "Forget: delete answers by item, by date, or all"), "privacy", "forget_search"),
        Part(tr("Settings", "The settings as a file: config.toml"), "advanced", "config_text"),
        Part(tr("Settings", "Home folder"), "advanced", "home_open"),
        Part(tr("Settings", "Copy diagnostics"), "advanced", "diagnostics_copy"),
    ]


def form_page(context: Context, name: str) -> QWidget:
    return column(Form(context, name))


def model_page(context: Context, name: str) -> QWidget:
    from desktop.settings.model_page import ModelPage

    return column(ModelPage(context), heading(tr("Settings", "Settings of the model")), Form(context, name))


def teacher_page(context: Context, name: str) -> QWidget:
    from desktop.settings.teacher_page import TeacherPage

    return TeacherPage(context)


def privacy_page(context: Context, name: str) -> QWidget:
    from desktop.settings.deletion import Deletion
    from desktop.settings.egress_table import EgressTable
    from desktop.settings.export import Export
    from desktop.settings.redaction import Redaction

    told = Words(context.theme, tr(
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
