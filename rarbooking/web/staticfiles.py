"""Static files: what is collected, and storage with hashed names."""

from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Folders at the top of the front-end packages that hold sources.
PACKAGE_SOURCES = (
    "assets",
    "common",
    "components",
    "core",
    "custom-properties",
    "errors",
    "filters",
    "helpers",
    "macros",
    "objects",
    "overrides",
    "settings",
    "tools",
    "utilities",
    "vendor",
)


class StaticFilesConfig(DjangoStaticFilesConfig):
    """Collects the front-end packages without their sources."""

    ignore_patterns = [
        *DjangoStaticFilesConfig.ignore_patterns,
        *(f"{folder}/*" for folder in PACKAGE_SOURCES),
        "*.bundle.*",
        "*.mjs*",
        "*.njk",
        "*.scss*",
        "init.js",
    ]


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Hashed names, also inside the `import` lines of our JavaScript modules."""

    support_js_module_import_aggregation = True
