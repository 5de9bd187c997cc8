"""The teacher: one question to a frontier model, over Anthropic's API or any OpenAI-compatible one.

Nothing is sent without a provider, a key in the keyring and a caller who asked for it; what is sent is redacted first.
Redirects are never followed, proxies and credentials of the environment are not used, every request (retries too)
passes the egress log, and what an endpoint says in an error is never repeated: it may quote the key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx2
import msgspec

from core.config import TeacherConfig
from core.errors import ConfigError, TeacherError
from core.privacy.egress import PURPOSE, LoggedTransport, is_loopback
from core.privacy.egress_log import EgressLog, EgressRefused
from core.records import Message
from core.teacher.keys import Key, Keys
from core.teacher.wire import Provider, TeacherReply, Wire, WireFailure

DEFAULT_URLS: dict[Provider, str] = {
    "anthropic": "https://api.anthropic.com",
    "openai": "https://api.openai.com/v1",
}
RETRIES = 2
DEFAULT_MAX_TOKENS = 1_024


class TeacherClient:
    """Asks the configured teacher. Cheap to make; holds no connection and no key between questions."""

    def __init__(
        self,
        config: TeacherConfig,
        egress: EgressLog,
        keys: Keys | None = None,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        pause_s: float = 1.0,
    ) -> None:
        """pause_s: before the first retry; doubled for each further one. Raises ConfigError for a bad `base_url`."""
        self._config = config
        self._keys = keys or Keys()
        self._egress = egress
        self._inner = transport
        self._pause_s = pause_s
        if config.provider != "none":
            self._url = checked_url(config.base_url or DEFAULT_URLS[config.provider])

    @property
    def provider(self) -> str:
        return self._config.provider

    @property
    def model(self) -> str:
        return self._config.model

    async def ask(self, messages: Sequence[Message], *, purpose: str, max_tokens: int | None = None) -> TeacherReply:
        """One answer. Raises TeacherError (KeyUnavailable, a subclass, without a connection ever being made)."""
        if self._config.provider == "none":
            raise TeacherError("No teacher was chosen.", hint="Set teacher.provider first.")
        key = await self._keys.read(self._config.provider)
        messages = await asyncio.to_thread(redacted, messages)
        wire = await asyncio.to_thread(wire_of, self._config.provider)
        try:
            async with asyncio.timeout(self._config.timeout_s), self._client(purpose) as http:
                return await self._with_retries(wire, http, key, messages, max_tokens or DEFAULT_MAX_TOKENS)
        except TimeoutError:
            raise TeacherError(
                f"The teacher did not answer in {self._config.timeout_s:g} s.", hint="Try again later."
            ) from None
        except EgressRefused as error:
            raise TeacherError(error.message, hint=error.hint) from None
        except WireFailure as failure:
            raise told(failure.status) from None
        except httpx2.HTTPError:
            raise TeacherError("The teacher could not be reached.", hint="Check the network.") from None

    async def _with_retries(
        self, wire: Wire, http: httpx2.AsyncClient, key: Key, messages: Sequence[Message], max_tokens: int
    ) -> TeacherReply:
        for attempt in range(RETRIES):
            try:
                return await wire.ask(http, self._url, key, self._config.model, messages, max_tokens)
            except WireFailure as failure:
                if not failure.passing:
                    raise
            except httpx2.TransportError:
                pass  # logged by the transport; the last attempt tells
            await asyncio.sleep(self._pause_s * 2**attempt)
        return await wire.ask(http, self._url, key, self._config.model, messages, max_tokens)

    def _client(self, purpose: str) -> httpx2.AsyncClient:
        async def mark(request: httpx2.Request) -> None:
            request.extensions[PURPOSE] = purpose

        return httpx2.AsyncClient(
            transport=LoggedTransport(self._egress, self._inner),
            follow_redirects=False,
            trust_env=False,
            timeout=self._config.timeout_s,
            event_hooks={"request": [mark]},
        )


def redacted(messages: Sequence[Message]) -> list[Message]:
    """As they may leave the machine: without the secrets and personal data that rules find (DESIGN law 5)."""
    from core.privacy.redact import redact  # its scanner takes a while to import

    return [
        msgspec.structs.replace(message, content=message.content and redact(message.content).text)
        for message in messages
    ]


def wire_of(provider: str) -> Wire:
    """The adapter of a provider; imported late, as the Anthropic SDK takes a second to import."""
    if provider == "anthropic":
        from core.teacher.anthropic_wire import AnthropicWire

        return AnthropicWire()
    from core.teacher.openai_wire import OpenAIWire

    return OpenAIWire()


def checked_url(url: str) -> str:
    """The endpoint without a trailing slash: https, or http to this very machine. Raises ConfigError."""
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query or parts.fragment or not parts.hostname:
        raise ConfigError("teacher.base_url must be a plain URL, without credentials or a query.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ConfigError(
            "teacher.base_url must begin with https://: a key is sent there.",
            hint="http:// is allowed to this machine only.",
        )
    return url.rstrip("/")


def told(status: int | None) -> TeacherError:
    """What a person is told of a refusal."""
    if status is None:
        return TeacherError("The teacher's answer could not be read.", hint="Check teacher.base_url and the model.")
    if status in (401, 403):
        return TeacherError("The teacher refused the key.", hint="Set a valid key.")
    if status == 404:
        return TeacherError("The teacher does not know this model or address.", hint="Check teacher.model.")
    if status == 429:
        return TeacherError("The teacher's rate limit is reached.", hint="Try again later.")
    if 300 <= status < 400:
        return TeacherError("The teacher's address redirects elsewhere; the key was not sent on.")
    if status >= 500:
        return TeacherError(f"The teacher is overloaded or broken (status {status}).", hint="Try again later.")
    return TeacherError(f"The teacher refused the request (status {status}).", hint="Check teacher.model.")
