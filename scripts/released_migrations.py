"""Write down which migrations a release ends with, so that the next one is tried against it (docs/runbook.md)."""

import os
import sys
from pathlib import Path

import django

RELEASED = Path(__file__).resolve().parent.parent / "ops" / "released-migrations.txt"
HEADING = (
    "# The last migration of each app in the release that is in production. Written by `make released-migrations`.\n"
)

Migration = tuple[str, str]


def released() -> list[Migration]:
    """Return the last migration of each app in the release that is in production, as app and name."""
    lines = RELEASED.read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return [(app, name) for app, name in pairs]


def last_migrations() -> list[Migration]:
    """Return the last migration of each app as the code has it now."""
    from django.db.migrations.loader import MigrationLoader

    return sorted(MigrationLoader(None).graph.leaf_nodes())


def main() -> int:
    """Write the file anew."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rarbooking.settings")
    django.setup()
    lines = [f"{app} {name}\n" for app, name in last_migrations()]
    RELEASED.write_text(HEADING + "".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
