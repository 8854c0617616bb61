"""Which static files are collected, and under which names they are served."""

from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Folders at the top of the front-end packages that hold sources, not what a browser asks for.
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
    """Collect what a browser needs of the front-end packages, not their sources."""

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
