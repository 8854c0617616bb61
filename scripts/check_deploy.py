"""Run Django's deployment checks under production's defaults, with placeholders for what a deployment must provide."""

import os
import secrets
import sys

from django.core.management import execute_from_command_line

PLACEHOLDERS = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "rarbooking.example",
    "HMPPS_AUTH_URL": "https://auth.example/auth",
    "DELIUS_INTEGRATION_URL": "https://delius-integration.example",
    "HMPPS_CLIENT_ID": "rarbooking",
    "HMPPS_CLIENT_SECRET": "placeholder",
}


def main() -> None:
    """Exit with an error where `check --deploy` finds anything at all."""
    os.environ.update(PLACEHOLDERS)
    os.environ["DJANGO_SETTINGS_MODULE"] = "rarbooking.settings"
    execute_from_command_line(["manage.py", "check", "--deploy", "--fail-level", "WARNING"])


if __name__ == "__main__":
    sys.path.insert(0, ".")
    main()
