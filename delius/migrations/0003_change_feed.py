"""The mirror follows a feed of changes: where it was left is a row, and cases are no longer read one by one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delius", "0002_large_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="MirrorCursor",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("type_codes", models.TextField(verbose_name="NSI types")),
                ("next", models.CharField(blank=True)),
                ("updated_at", models.DateTimeField(verbose_name="last read")),
            ],
            options={
                "verbose_name": "mirror cursor",
                "constraints": [models.CheckConstraint(condition=models.Q(id=1), name="mirror_cursor_is_one_row")],
            },
        ),
        migrations.AlterField(
            model_name="mirrorednsi",
            name="event_id",
            field=models.BigIntegerField(null=True, verbose_name="event"),
        ),
        migrations.DeleteModel(name="SyncedCase"),
    ]
