"""Fusion with edges that can be seen: its own are the window's colour made darker, which on dark windows is nothing."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleOption, QStyleOptionComplex, QWidget

PRIMITIVES = {
    QStyle.PrimitiveElement.PE_Frame,
    QStyle.PrimitiveElement.PE_FrameLineEdit,
    QStyle.PrimitiveElement.PE_FrameGroupBox,
    QStyle.PrimitiveElement.PE_FrameTabWidget,
    QStyle.PrimitiveElement.PE_IndicatorCheckBox,
    QStyle.PrimitiveElement.PE_IndicatorItemViewItemCheck,
    QStyle.PrimitiveElement.PE_PanelButtonCommand,
}
ROUND = QStyle.PrimitiveElement.PE_IndicatorRadioButton
COMPLEX = {QStyle.ComplexControl.CC_ComboBox, QStyle.ComplexControl.CC_SpinBox}
CONTROLS = {QStyle.ControlElement.CE_ProgressBarGroove, QStyle.ControlElement.CE_TabBarTabShape}
RADIUS = 2.0


class EdgedStyle(QProxyStyle):
    """The edge has the palette's Mid; Highlight where the keyboard is."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawPrimitive(element, option, painter, widget)
        if element in PRIMITIVES:
            edge(option, painter)
        elif element == ROUND:
            edge(option, painter, radius=min(option.rect.width(), option.rect.height()) / 2)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawComplexControl(control, option, painter, widget)
        if control in COMPLEX:
            edge(option, painter)

    def drawControl(
        self, element: QStyle.ControlElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        super().drawControl(element, option, painter, widget)
        if element in CONTROLS:
            edge(option, painter)


def edge(option: QStyleOption, painter: QPainter, radius: float = RADIUS) -> None:
    focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
    role = QPalette.ColorRole.Highlight if focused else QPalette.ColorRole.Mid
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(option.palette.color(role), 2.0 if focused else 1.0))
    painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.restore()


def install(application: QApplication) -> None:
    """Once; a style that is replaced repaints every window."""
    if not application.property("edged"):
        application.setProperty("edged", True)
        application.setStyle(EdgedStyle())
