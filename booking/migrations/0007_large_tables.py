"""Indexes for what was found to read a large table whole. PostgreSQL builds them while the table is written to."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models

ON_POSTGRESQL = connection.vendor == "postgresql"
AddIndex = AddIndexConcurrently if ON_POSTGRESQL else migrations.AddIndex


class Migration(migrations.Migration):
    atomic = not ON_POSTGRESQL

    dependencies = [
        ("booking", "0006_counted_journeys"),
    ]

    operations = [
        AddIndex(
            model_name="booking",
            index=models.Index(fields=["crn", "start"], name="booking_by_case"),
        ),
        AddIndex(
            model_name="booking",
            index=models.Index(fields=["state", "created_at"], name="booking_by_state"),
        ),
        AddIndex(
            model_name="booking",
            index=models.Index(fields=["provider_code", "created_at"], name="booking_by_provider"),
        ),
        AddIndex(
            model_name="booking",
            index=models.Index(fields=["created_at"], name="booking_by_age"),
        ),
        AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state__in", ("refused", "cancelled")), models.Q(("notes", ""), _negated=True)),
                fields=["updated_at"],
                name="booking_with_notes",
            ),
        ),
        AddIndex(
            model_name="draft",
            index=models.Index(fields=["booking_id"], name="draft_by_booking"),
        ),
    ]
