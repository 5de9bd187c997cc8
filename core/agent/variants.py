"""Which adapter stands behind a variant; one that lies in the home is attached when a request first needs it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from core.engine.client import EngineClient
from core.engine.records import BASE
from core.errors import BadRequest, ConfigError, NightschoolError
from core.paths import Home

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class Variants:
    """The variants of the loaded model, and those that may yet be attached."""

    def __init__(self, engine: EngineClient, home: Home) -> None:
        self._engine, self._home = engine, home
        self._attaching = asyncio.Lock()

    async def adapter(self, variant: str, *, chosen_by: str | None) -> str | None:
        """Name of the adapter's file, None for the base.

        chosen_by: the agent whose file names the variant, None where the request does. Raises ConfigError or
        BadRequest accordingly when there is none of that name, ModelFileError when it has no effect.
        """
        if variant == BASE:
            return None
        async with self._attaching:
            known = {found.name: found.adapter for found in await self._engine.variants()}
            path = self._home.adapters / f"{variant}.gguf"
            if variant not in known and _NAME.fullmatch(variant) and path.is_file():
                await self._engine.attach(variant, path)
                known[variant] = str(path)
        if variant not in known:
            raise _unknown(variant, chosen_by)
        return Path(known[variant] or variant).stem


def _unknown(variant: str, chosen_by: str | None) -> NightschoolError:
    if chosen_by is None:
        return BadRequest(f"There is no variant {variant!r}.", param="metadata.adapter")
    return ConfigError(
        f"agents/{chosen_by}.toml names the variant {variant!r}, which does not exist.",
        hint="Mend `[models]` in that file, or put the adapter into the home's adapters folder.",
    )
