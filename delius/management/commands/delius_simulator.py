"""Run the Delius simulator, which is a system of its own: this only starts it."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """`manage.py delius_simulator`: becomes `python -m delius.simulator` with the same options."""

    help = __doc__

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand every option over unread, so that they are described in one place."""
        self.handle(*argv[2:])

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace this process with the simulator."""
        os.execv(sys.executable, [sys.executable, "-m", "delius.simulator", *args])  # noqa: S606 - our own module
