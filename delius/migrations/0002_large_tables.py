"""Indexes for what was found to read a large table whole. PostgreSQL builds them while the table is written to."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models

ON_POSTGRESQL = connection.vendor == "postgresql"
AddIndex = AddIndexConcurrently if ON_POSTGRESQL else migrations.AddIndex


class Migration(migrations.Migration):
    atomic = not ON_POSTGRESQL

    dependencies = [
        ("delius", "0001_initial"),
    ]

    operations = [
        AddIndex(
            model_name="mirroredcontact",
            index=models.Index(
                condition=models.Q(("gone_since__isnull", False)), fields=["gone_since"], name="mirrored_contact_gone"
            ),
        ),
        AddIndex(
            model_name="mirroredcontact",
            index=models.Index(
                condition=models.Q(("moved_from__isnull", False)), fields=["moved_from"], name="mirrored_contact_moved"
            ),
        ),
        AddIndex(
            model_name="mirrorednsi",
            index=models.Index(fields=["crn"], name="mirrored_nsi_by_crn", opclasses=["varchar_pattern_ops"]),
        ),
        AddIndex(
            model_name="mirrorednsi",
            index=models.Index(
                condition=models.Q(("gone_since__isnull", False)), fields=["gone_since"], name="mirrored_nsi_gone"
            ),
        ),
    ]
