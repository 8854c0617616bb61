"""Load the demo's data: toolkits, guidance, rollout and an administrator account."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django_tasks_db.models import DBTaskResult

from appointments.models import ChangeDraft, Move, RecordedOutcome
from appointments.tasks import resume_due_changes
from booking.models import Booking, Draft, DuplicateNsis
from booking.tasks import resume_due_bookings
from delius.models import MirrorCursor, MirroredContact, MirroredNsi

USERNAME = "demo.admin"
PASSWORD = "demo-admin-only"  # noqa: S105 - printed by the demo, and refused outside it


class Command(BaseCommand):
    """`manage.py load_demo`: safe to run again; refuses outside the demo profile."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete what practitioners made and the mirror; load toolkits, guidance, rollout; create the administrator."""
        if not settings.DEMO:
            raise CommandError("load_demo is for the demo profile only: set RARBOOKING_PROFILE=demo.")
        for model in (
            Draft,
            Booking,
            DuplicateNsis,
            ChangeDraft,
            RecordedOutcome,
            Move,
            MirroredContact,
            MirroredNsi,
            MirrorCursor,
        ):
            model.objects.all().delete()
        tasks = (resume_due_bookings.module_path, resume_due_changes.module_path)
        DBTaskResult.objects.filter(task_path__in=tasks).delete()
        call_command("load_toolkits", verbosity=0)
        call_command("load_guidance", verbosity=0)
        call_command("load_demo_rollout", verbosity=0)
        users = get_user_model().objects
        if not users.filter(username=USERNAME).exists():
            users.create_superuser(USERNAME, password=PASSWORD)
