"""Build hook of the wheel: bundles the frontend and compiles the messages. Nothing of either is in version control."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))


class HunheBuildHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs before the files of the wheel are gathered, for editable installs too."""
        from tools import frontend, messages

        frontend.build()
        messages.compile_all()
