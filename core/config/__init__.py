"""Every setting declared once: type, default, range, label, description; and the one file that holds what was chosen.

The Sections in `serving`, `desk`, `evidence`, `export` and `nights` are the declarations. The TOML file, the CLI, the
docs and the settings window all derive from them; nothing else in the code holds a default.
"""

from core.config.checks import check, parse_text, text_of
from core.config.declared import (
    Config,
    SettingInfo,
    changed_keys,
    describe,
    describe_one,
    get_value,
    restart_needed,
)
from core.config.desk import DesktopConfig, NotificationsConfig, TeacherConfig
from core.config.document import Problem, check_document
from core.config.evidence import EvidenceConfig, RewardConfig
from core.config.export import ExportConfig
from core.config.files import load, parse, read_text, reset, set_value, set_values, write_atomic, write_document
from core.config.nights import DistillationConfig, LearningConfig, TrainingConfig
from core.config.schedule import next_night
from core.config.section import Kind, Page
from core.config.serving import AgentConfig, EngineConfig, ModelsConfig, ReplayConfig, ServerConfig

__all__ = [
    "AgentConfig",
    "Config",
    "DesktopConfig",
    "DistillationConfig",
    "EngineConfig",
    "EvidenceConfig",
    "ExportConfig",
    "Kind",
    "LearningConfig",
    "ModelsConfig",
    "NotificationsConfig",
    "Page",
    "Problem",
    "ReplayConfig",
    "RewardConfig",
    "ServerConfig",
    "SettingInfo",
    "TeacherConfig",
    "TrainingConfig",
    "changed_keys",
    "check",
    "check_document",
    "describe",
    "describe_one",
    "get_value",
    "load",
    "next_night",
    "parse",
    "parse_text",
    "read_text",
    "reset",
    "restart_needed",
    "set_value",
    "set_values",
    "text_of",
    "write_atomic",
    "write_document",
]
