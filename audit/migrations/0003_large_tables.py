"""Indexes for what was found to read a large table whole. PostgreSQL builds them while the table is written to."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models

ON_POSTGRESQL = connection.vendor == "postgresql"
AddIndex = AddIndexConcurrently if ON_POSTGRESQL else migrations.AddIndex


class Migration(migrations.Migration):
    atomic = not ON_POSTGRESQL

    dependencies = [
        ("audit", "0002_append_only"),
    ]

    operations = [
        AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["what", "-at"], name="audit_by_deed"),
        ),
        AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["correlation_id"], name="audit_by_correlation"),
        ),
    ]
