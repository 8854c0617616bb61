"""The product's static files, looked for once a test process instead of once a test client."""

from typing import Any, ClassVar

from whitenoise.middleware import WhiteNoiseMiddleware


class ScannedOnce(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """Takes what an earlier instance found below a folder: collected files do not change while tests run."""

    _found: ClassVar[dict[tuple[str, str], dict[str, Any]]] = {}

    def update_files_dictionary(self, root: str, prefix: str) -> None:
        """Add the files below a folder to those that are served."""
        if (root, prefix) not in self._found:
            super().update_files_dictionary(root, prefix)
            self._found[root, prefix] = dict(self.files)
        self.files.update(self._found[root, prefix])
