"""The chat window, which is also the app's main window: conversations at the left, one of them at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMessageBox, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from core.errors import NightschoolError
from desktop.chat.composer import Composer
from desktop.chat.conversation_pane import ConversationPane
from desktop.chat.conversation_view import ConversationView
from desktop.chat.forgetting import forget, made_later
from desktop.chat.server_line import ServerLine
from desktop.chat.talk import Talk
from desktop.chat.welcome import Welcome
from desktop.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from core.server.supervised import ServerStatus
    from desktop.context import Context

PANE_CHARS, WIDTH_CHARS, HEIGHT_LINES = 30, 110, 45


class ChatWindow(QMainWindow):
    """`open_conversation`, `new_conversation`, `ask`, `correct` are for the tray and the other windows."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.setObjectName("chat_window")
        self.setWindowTitle(self.tr("Nightschool"))
        self.pane = ConversationPane(context)
        self.view = ConversationView()
        self.welcome = Welcome(context)
        self.composer = Composer()
        self.server_line = ServerLine()
        self.talk = Talk(context, self.view, self.composer, self)
        self._lay_out()
        self._make_menus()
        self._connect()
        self._tell_server(context.server.status)
        self.new_conversation()
        self.composer.text.setFocus()

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self.welcome)
        self.stack.addWidget(self.view)
        right = QWidget()
        box = QVBoxLayout(right)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.server_line)
        box.addWidget(self.stack, 1)
        box.addWidget(self.composer)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.pane)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.addWidget(MessageBar(self._context.bridge, self._context.theme))
        column.addWidget(self.splitter, 1)
        self.setCentralWidget(whole)
        metrics = self.fontMetrics()
        self.splitter.setSizes([metrics.averageCharWidth() * PANE_CHARS, metrics.averageCharWidth() * WIDTH_CHARS])
        self.resize(metrics.averageCharWidth() * WIDTH_CHARS, metrics.lineSpacing() * HEIGHT_LINES)
        QWidget.setTabOrder(self.pane.forget_button, self.view)
        QWidget.setTabOrder(self.view, self.composer.text)

    def _make_menus(self) -> None:
        self._context.actions.add_to(self.menuBar())
        menu = self.menuBar().addMenu(self.tr("&Conversation"))
        for name, text, keys, does in (
            ("menu_new_conversation", self.tr("&New conversation"), "Ctrl+T", self.new_conversation),
            ("menu_search", self.tr("&Search conversations"), "Ctrl+F", self.pane.search.setFocus),
            ("menu_messages", self.tr("Go to the last &message"), "Ctrl+M", self.view.focus_last),
            ("menu_composer", self.tr("Go to the &question"), "Ctrl+L", self.composer.text.setFocus),
            ("menu_stop", self.tr("S&top the answer"), "Ctrl+.", self.talk.stop),
            ("menu_edit", self.tr("&Edit the last question"), "Ctrl+E", self.talk.edit_last),
            ("menu_again", self.tr("Ask &again"), "Ctrl+R", self.talk.repeat),
            ("menu_forget", self.tr("&Forget this conversation…"), "", self._ask_to_forget_this),
            ("menu_forget_everywhere", self.tr("Forget it every&where…"), "", self._forget_everywhere),
        ):
            action = QAction(text, self)
            action.setObjectName(name)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _checked=False, does=does: does())
            menu.addAction(action)

    def _connect(self) -> None:
        bridge, talk, pane = self._context.bridge, self.talk, self.pane
        bridge.server_changed.connect(self._tell_server)
        self.server_line.open_settings.connect(lambda: self._context.windows.show_settings("model"))
        self.server_line.restart.connect(lambda: self._context.spawn(self._context.server.restart(), parent=self))
        pane.opened.connect(self.open_conversation)
        pane.new.connect(lambda: self.ask())
        pane.forget.connect(self._ask_to_forget)
        talk.opened.connect(lambda: pane.show_current(talk.id))
        talk.opened.connect(pane.model.refresh_soon)
        talk.shown.connect(self._show_stack)
        self.welcome.tried.connect(talk.ask)

    # ---- for others -------------------------------------------------------------------------------------

    def open_conversation(self, conversation_id: str) -> None:
        if conversation_id != self.talk.id:
            self._context.spawn(self.talk.open(conversation_id), parent=self)

    def new_conversation(self) -> None:
        self._context.spawn(self.talk.open(None), parent=self)

    def ask(self, text: str = "") -> None:
        """A new question: the cursor stands where one types, after `text` where something is to be tried."""
        self._context.spawn(self._ask(text), parent=self)
        self.composer.text.setFocus()

    async def _ask(self, text: str) -> None:
        await self.talk.open(None)
        if text:
            self.composer.propose(text)

    def correct(self, trace_id: str) -> None:
        """The answer of whichever client, in its conversation, with the editor open at it."""
        self._context.spawn(self._correct(trace_id), parent=self)

    async def _correct(self, trace_id: str) -> None:
        if not await self.talk.correct(trace_id):
            from desktop.chat.trace_dialog import TraceDialog

            dialog = TraceDialog(self._context, trace_id, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()
            dialog.begin_correction()

    async def save(self) -> None:
        """The app ends: what is typed is kept, and nothing is read or written any more."""
        await self.talk.drafts.finish()
        for timer in self.findChildren(QTimer):
            timer.stop()

    # ---- inside -----------------------------------------------------------------------------------------

    def _tell_server(self, status: ServerStatus) -> None:
        self.server_line.show_status(status)

    def _show_stack(self) -> None:
        self.stack.setCurrentWidget(self.view if self.view.said else self.welcome)

    def _ask_to_forget_this(self) -> None:
        if self.talk.id is not None:
            self._ask_to_forget(self.talk.id)

    def _forget_everywhere(self) -> None:
        """With what was made of it: evidence, examples, tasks."""
        if self.talk.id is not None:
            from desktop.forget_dialog import ForgetDialog

            gone = self.talk.id
            dialog = ForgetDialog(self._context, "conversation", gone, self)
            dialog.forgotten.connect(lambda: self._context.spawn(self._leave(gone), parent=self))
            dialog.begin()

    async def _leave(self, conversation_id: str) -> None:
        """It is no longer there to be shown."""
        await self.talk.end(conversation_id)
        if self.talk.id == conversation_id:
            await self.talk.open(None)
        self.pane.model.refresh_soon()

    def _ask_to_forget(self, conversation_id: str) -> None:
        box = QMessageBox(self)
        box.setObjectName("confirm_forget")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(self.tr("Forget this conversation?"))
        box.setText(self.tr("Forget this conversation?"))
        box.setInformativeText(
            self.tr(
                "Its questions, answers, ratings and corrections are deleted from the database, its backups, what "
                "the student is shown and what was made of them to learn from. This cannot be undone."
            )
        )
        yes = box.addButton(self.tr("&Forget it"), QMessageBox.ButtonRole.DestructiveRole)
        yes.setObjectName("forget_it")
        keep = box.addButton(self.tr("&Keep it"), QMessageBox.ButtonRole.RejectRole)
        keep.setObjectName("keep_it")
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        yes.clicked.connect(
            lambda: self._context.spawn(self._forget(conversation_id), parent=self, failed=self._failed)
        )
        box.open()

    async def _forget(self, conversation_id: str) -> None:
        await self.talk.end(conversation_id)
        gone = await forget(self._context, conversation_id)
        await self._leave(conversation_id)
        later = self.tr("Evidence is being made just now: what it holds of them goes when that has ended.")
        self._context.bridge.tell(
            self.tr("Forgotten"),
            self.tr("%n answer(s) went, with their questions, ratings and corrections.", None, gone),
            hint=later if await made_later(self._context) else "",
            cause="forgotten",
        )

    def _failed(self, error: NightschoolError) -> None:
        self._context.bridge.tell(
            self.tr("Not everything could be forgotten"), str(error), hint=self.tr("Try it again."), level="error"
        )
        self.pane.model.refresh_soon()
        self.talk.reload()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.talk.drafts.flush()
        super().closeEvent(event)
