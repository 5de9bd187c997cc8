"""The model hub for an embedding model: its own host answers for every file, as it does for small ones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hub import hub_server


@contextlib.contextmanager
def hub(folder: Path, name: str) -> Iterator[str]:
    """Serve `folder` as the repository `name`; gives the endpoint."""
    with hub_server(folder, name, lfs=()) as server:
        yield server.endpoint
