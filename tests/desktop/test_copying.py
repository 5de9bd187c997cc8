"""What is copied for other programs: the endpoint with its key, marked as a secret."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from core.server import presence, token
from desktop import copying
from desktop.context import Context
from tests.desktop.conftest import until


async def test_endpoint_and_key_are_copied_and_kept_out_of_histories(context: Context) -> None:
    key = token.load_or_create(context.home.token_file)
    presence.announce(context.home, "http://127.0.0.1:4711", context.home.token_file)
    context.spawn(copying.copy_endpoint(context))
    await until(lambda: context.bridge.notices)
    copied = QGuiApplication.clipboard().mimeData()
    assert copied.text() == f"OPENAI_BASE_URL=http://127.0.0.1:4711/v1\nOPENAI_API_KEY={key}\n"
    assert bytes(copied.data("x-kde-passwordManagerHint").data()) == b"secret"
    assert not any(key in f"{notice.title}{notice.text}{notice.hint}" for notice in context.bridge.notices)
