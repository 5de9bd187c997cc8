"""Where things live: one home folder, moved by NIGHTSCHOOL_HOME, never inside a source tree."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import platformdirs

from core.errors import ConfigError

PROJECT_FILES = ("pyproject.toml", "setup.py", "package.json", "Cargo.toml", "go.mod")


class Home(msgspec.Struct, frozen=True):
    """Every path under the home. Nothing else in the code joins these names."""

    root: Path

    @property
    def config_file(self) -> Path:
        return self.root / "config.toml"

    @property
    def database(self) -> Path:
        return self.root / "nightschool.db"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def index(self) -> Path:
        """HNSW vectors; made from the database, can be deleted."""
        return self.root / "index"

    @property
    def models(self) -> Path:
        """GGUF files that Nightschool itself owns (downloads, trained bases)."""
        return self.root / "models"

    @property
    def models_file(self) -> Path:
        """JSON list of the models that the person registered: names for paths."""
        return self.root / "models.json"

    @property
    def adapters(self) -> Path:
        return self.root / "adapters"

    @property
    def agents(self) -> Path:
        return self.root / "agents"

    @property
    def tools(self) -> Path:
        return self.root / "tools"

    @property
    def token_file(self) -> Path:
        """The bearer token of the local server, mode 0600."""
        return self.root / "server.token"

    @property
    def server_file(self) -> Path:
        """JSON {url, pid, started, token_file} of the running server; may be stale."""
        return self.root / "server.json"

    @property
    def egress_log(self) -> Path:
        return self.root / "egress.jsonl"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def evidence(self) -> Path:
        """Records of work, `YYYY/MM/DD/<source>.jsonl`; this and the next six are made from what happened."""
        return self.root / "evidence"

    @property
    def scored(self) -> Path:
        return self.root / "scored"

    @property
    def screened(self) -> Path:
        """Where secrets, personal data, leaks and near-duplicates were seen; none of their text."""
        return self.root / "screened"

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def skips(self) -> Path:
        """Source rows that are no evidence, with the reason."""
        return self.root / "skips"

    @property
    def receipts(self) -> Path:
        return self.root / "receipts"

    @property
    def begun_forgettings(self) -> Path:
        """One file each, `forget_<…>.json`, until its receipt stands."""
        return self.receipts / "forget" / ".pending"

    @property
    def evidence_state(self) -> Path:
        """How far each stage got; can be deleted, which costs one full run."""
        return self.root / "evidence" / ".state"

    @property
    def importing(self) -> Path:
        """Copies of other programs' databases, only while one is read."""
        return self.root / "importing"

    @property
    def acceptance(self) -> Path:
        """Where `evidence acceptance` makes everything once more; gone when it ends."""
        return self.root / ".acceptance"

    @property
    def learning(self) -> Path:
        """Benchmarks, sessions and what waits for review (seed 000)."""
        return self.root / "learning"

    def lock(self, name: str) -> Path:
        """A file that one process at a time holds (core.lock.HomeLock)."""
        return self.root / "locks" / f"{name}.lock"


def home() -> Home:
    """The home folder, created with mode 0700 if missing. Raises ConfigError when it lies in a source tree."""
    chosen = os.environ.get("NIGHTSCHOOL_HOME")
    root = Path(chosen).expanduser() if chosen else Path(platformdirs.user_data_dir("nightschool"))
    root = root.absolute()
    refuse_garbled(root)
    refuse_source_tree(root)
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"The home folder {root} cannot be created: {error.strerror}.",
            hint="Set NIGHTSCHOOL_HOME to a folder that you can write to.",
        ) from error
    return Home(root)


def refuse_garbled(root: Path) -> None:
    """A path that is no text cannot be told in JSON, in server.json for one."""
    try:
        str(root).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ConfigError(
            "The home folder's path is not UTF-8 text.", hint="Set NIGHTSCHOOL_HOME to a folder whose path is."
        ) from error


def refuse_source_tree(root: Path) -> None:
    """Personal data must not end in somebody's repository (seed 000, troubleshooting)."""
    for folder in (root.resolve(), *root.resolve().parents):
        if (folder / ".git").exists() and any((folder / name).exists() for name in PROJECT_FILES):
            raise ConfigError(
                f"The home folder {root} is inside the source tree {folder}.",
                hint="Set NIGHTSCHOOL_HOME to a folder outside of it, or unset it for the default.",
            )


def resources() -> Path:
    """The folder of shipped data: `core/_resources` in a wheel, `resources` in a checkout."""
    installed = Path(__file__).parent / "_resources"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "resources"
