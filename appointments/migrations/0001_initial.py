"""Outcomes and moves, with their history and attempts, and drafts of them."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("recorded", "Recorded"),
                            ("refused", "Refused"),
                            ("changed", "Appointment had changed"),
                            ("needs_attention", "Needs attention"),
                            ("settled", "Settled in Delius"),
                        ],
                        default="submitted",
                        max_length=20,
                    ),
                ),
                ("crn", models.CharField(max_length=7, verbose_name="CRN")),
                ("contact_id", models.BigIntegerField(verbose_name="appointment")),
                ("version", models.IntegerField(verbose_name="version that was read")),
                ("type_code", models.CharField(max_length=20, verbose_name="appointment type")),
                ("type_name", models.CharField(max_length=100, verbose_name="appointment type name")),
                ("appointment_start", models.DateTimeField(verbose_name="start of the appointment")),
                ("text", models.TextField(blank=True, verbose_name="notes or reason")),
                (
                    "text_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the notes or reason"),
                ),
                ("refusal", models.TextField(blank=True, verbose_name="why it was refused")),
                (
                    "refused_step",
                    models.CharField(blank=True, max_length=30, verbose_name="question whose answer to change"),
                ),
                (
                    "correlation_id",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="correlation id of the page that confirmed it"
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent and does not know what became of it")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries after the first")),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="next try")),
                ("outcome_seen_at", models.DateTimeField(null=True, verbose_name="user has seen what became of it")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("moved_with", models.UUIDField(null=True, verbose_name="first of those moved together")),
                ("appointment_end", models.DateTimeField(null=True, verbose_name="end of the appointment")),
                (
                    "old_office_name",
                    models.CharField(blank=True, max_length=200, verbose_name="office of the appointment"),
                ),
                (
                    "requested_by",
                    models.CharField(
                        choices=[("PERSON", "PERSON"), ("SERVICE", "SERVICE")], max_length=10, verbose_name="who asked"
                    ),
                ),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                ("office_code", models.CharField(blank=True, max_length=20, verbose_name="office")),
                ("office_name", models.CharField(blank=True, max_length=200, verbose_name="office name")),
                (
                    "allow_overlap",
                    models.BooleanField(default=False, verbose_name="although there is another appointment"),
                ),
                ("clash", models.BooleanField(default=False, verbose_name="refused because of another appointment")),
                ("new_contact_id", models.BigIntegerField(null=True, verbose_name="new appointment")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RecordedOutcome",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("recorded", "Recorded"),
                            ("refused", "Refused"),
                            ("changed", "Appointment had changed"),
                            ("needs_attention", "Needs attention"),
                            ("settled", "Settled in Delius"),
                        ],
                        default="submitted",
                        max_length=20,
                    ),
                ),
                ("crn", models.CharField(max_length=7, verbose_name="CRN")),
                ("contact_id", models.BigIntegerField(verbose_name="appointment")),
                ("version", models.IntegerField(verbose_name="version that was read")),
                ("type_code", models.CharField(max_length=20, verbose_name="appointment type")),
                ("type_name", models.CharField(max_length=100, verbose_name="appointment type name")),
                ("appointment_start", models.DateTimeField(verbose_name="start of the appointment")),
                ("text", models.TextField(blank=True, verbose_name="notes or reason")),
                (
                    "text_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the notes or reason"),
                ),
                ("refusal", models.TextField(blank=True, verbose_name="why it was refused")),
                (
                    "refused_step",
                    models.CharField(blank=True, max_length=30, verbose_name="question whose answer to change"),
                ),
                (
                    "correlation_id",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="correlation id of the page that confirmed it"
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent and does not know what became of it")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries after the first")),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="next try")),
                ("outcome_seen_at", models.DateTimeField(null=True, verbose_name="user has seen what became of it")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("outcome_code", models.CharField(max_length=20, verbose_name="outcome")),
                ("outcome_name", models.CharField(max_length=200, verbose_name="outcome's description")),
                ("attended", models.BooleanField()),
                ("enforcement_code", models.CharField(blank=True, max_length=20, verbose_name="enforcement action")),
                (
                    "enforcement_name",
                    models.CharField(blank=True, max_length=200, verbose_name="enforcement action's description"),
                ),
                ("sensitive", models.BooleanField(default=False, verbose_name="makes it sensitive")),
                ("rar_before", models.JSONField(blank=True, default=dict, verbose_name="RAR days before")),
                ("rar_after", models.JSONField(null=True, verbose_name="RAR days after")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("settle_changes", "Can try outcomes and moves again and mark them as settled in Delius")
                ],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChangeHistory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("recorded", "Recorded"),
                            ("refused", "Refused"),
                            ("changed", "Appointment had changed"),
                            ("needs_attention", "Needs attention"),
                            ("settled", "Settled in Delius"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("recorded", "Recorded"),
                            ("refused", "Refused"),
                            ("changed", "Appointment had changed"),
                            ("needs_attention", "Needs attention"),
                            ("settled", "Settled in Delius"),
                        ],
                        max_length=20,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_set",
                        to="appointments.move",
                    ),
                ),
                (
                    "outcome",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_set",
                        to="appointments.recordedoutcome",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "change history",
                "ordering": ["at", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChangeAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("operation", models.CharField(max_length=50)),
                ("correlation_id", models.CharField(max_length=100)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("fault", models.CharField(blank=True, max_length=50)),
                ("milliseconds", models.PositiveIntegerField(null=True)),
                (
                    "move",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_set",
                        to="appointments.move",
                    ),
                ),
                (
                    "outcome",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_set",
                        to="appointments.recordedoutcome",
                    ),
                ),
            ],
            options={
                "ordering": ["began_at", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChangeDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("crn", models.CharField(max_length=7, verbose_name="CRN")),
                ("contact_id", models.BigIntegerField(verbose_name="appointment")),
                ("kind", models.CharField(choices=[("outcome", "Outcome"), ("move", "Move")], max_length=10)),
                ("answers", models.JSONField(default=dict)),
                ("change_id", models.UUIDField(default=uuid.uuid4)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["change_id"], name="change_draft_by_change"),
                    models.Index(fields=["updated_at"], name="change_draft_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "crn", "contact_id", "kind"),
                        name="one_change_draft_per_user_appointment_and_kind",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(fields=["user", "crn", "contact_id", "-created_at"], name="move_by_user"),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(fields=["crn", "contact_id"], name="move_by_contact"),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(
                condition=models.Q(("outcome_seen_at__isnull", True)), fields=["user"], name="move_news"
            ),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(
                condition=models.Q(("next_try_at__isnull", False)), fields=["next_try_at"], name="move_due"
            ),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(fields=["state", "created_at"], name="move_by_state"),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(fields=["created_at"], name="move_by_age"),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(
                condition=models.Q(("moved_with__isnull", False)), fields=["moved_with"], name="move_together"
            ),
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__gt", models.F("start"))), name="move_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.UniqueConstraint(
                condition=models.Q(("new_contact_id__isnull", False)),
                fields=("new_contact_id",),
                name="one_move_per_new_appointment",
            ),
        ),
        migrations.AddIndex(
            model_name="recordedoutcome",
            index=models.Index(fields=["user", "crn", "contact_id", "-created_at"], name="recordedoutcome_by_user"),
        ),
        migrations.AddIndex(
            model_name="recordedoutcome",
            index=models.Index(fields=["crn", "contact_id"], name="recordedoutcome_by_contact"),
        ),
        migrations.AddIndex(
            model_name="recordedoutcome",
            index=models.Index(
                condition=models.Q(("outcome_seen_at__isnull", True)), fields=["user"], name="recordedoutcome_news"
            ),
        ),
        migrations.AddIndex(
            model_name="recordedoutcome",
            index=models.Index(
                condition=models.Q(("next_try_at__isnull", False)), fields=["next_try_at"], name="recordedoutcome_due"
            ),
        ),
        migrations.AddIndex(
            model_name="recordedoutcome",
            index=models.Index(fields=["state", "created_at"], name="recordedoutcome_by_state"),
        ),
        migrations.AddIndex(
            model_name="recordedoutcome",
            index=models.Index(fields=["created_at"], name="recordedoutcome_by_age"),
        ),
        migrations.AddConstraint(
            model_name="changehistory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("move__isnull", False), ("outcome__isnull", True)),
                    models.Q(("move__isnull", True), ("outcome__isnull", False)),
                    _connector="OR",
                ),
                name="changehistory_of_one_change",
            ),
        ),
        migrations.AddConstraint(
            model_name="changeattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("move__isnull", False), ("outcome__isnull", True)),
                    models.Q(("move__isnull", True), ("outcome__isnull", False)),
                    _connector="OR",
                ),
                name="changeattempt_of_one_change",
            ),
        ),
    ]
