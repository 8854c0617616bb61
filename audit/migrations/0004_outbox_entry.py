from django.db import migrations, models


class Migration(migrations.Migration):
    """In Python only: the table keeps its name, which the release before knows it by."""

    dependencies = [
        ("audit", "0003_large_tables"),
    ]

    operations = [
        migrations.AlterModelTable(name="sending", table="audit_sending"),
        migrations.RenameModel(old_name="Sending", new_name="OutboxEntry"),
        migrations.AlterField(
            model_name="outboxentry",
            name="event",
            field=models.OneToOneField(
                on_delete=models.DO_NOTHING,
                primary_key=True,
                related_name="outbox_entry",
                serialize=False,
                to="audit.auditevent",
            ),
        ),
    ]
