"""Having a worker publish a page at the moment for which it is scheduled.

Every save of a scheduled page wakes one then, in the same transaction: whoever schedules need not think of it. A worker
that finds nothing due does nothing. `manage.py publish_due_guidance` is for where no worker ran at that moment.
"""

from typing import Any

from django.db.models.signals import post_save

from guidance.models import Page
from guidance.services.publishing import KINDS
from guidance.tasks import publish_due_guidance


def follow_schedules() -> None:
    """Have a worker woken for each page that is saved with a schedule."""
    for kind in KINDS:
        post_save.connect(_saved, sender=kind, dispatch_uid=f"guidance.waking.{kind.kind}")


def _saved(instance: Page, **_: Any) -> None:
    if instance.scheduled_for is not None:
        publish_due_guidance.using(run_after=instance.scheduled_for).enqueue()
