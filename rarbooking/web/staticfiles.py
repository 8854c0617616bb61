"""Static files: what is collected, and storage with hashed names."""

from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Folders at the top of govuk-frontend that hold sources.
PACKAGE_SOURCES = (
    "assets",
    "common",
    "components",
    "core",
    "custom-properties",
    "errors",
    "helpers",
    "macros",
    "objects",
    "overrides",
    "settings",
    "tools",
    "utilities",
)


class StaticFilesConfig(DjangoStaticFilesConfig):
    """Collects the front-end packages without their sources and their stylesheets, which are part of ours."""

    ignore_patterns = [
        *DjangoStaticFilesConfig.ignore_patterns,
        *(f"{folder}/*" for folder in PACKAGE_SOURCES),
        "*.bundle.*",
        "*.mjs*",
        "*.njk",
        "*.scss*",
        "accessible-autocomplete.min.css*",
        "govuk-frontend.min.css*",
    ]


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Hashed names, also inside the `import` lines of our JavaScript modules."""

    support_js_module_import_aggregation = True
