from django.db import migrations, models


class Migration(migrations.Migration):
    """In Python only: the column keeps its name, which the release before knows it by."""

    dependencies = [
        ("booking", "0009_references"),
    ]

    operations = [
        migrations.AlterField(
            model_name="duplicatensis",
            name="tidied_at",
            field=models.DateTimeField(db_column="tidied_at", null=True, verbose_name="no longer there"),
        ),
        migrations.RenameField(model_name="duplicatensis", old_name="tidied_at", new_name="resolved_at"),
    ]
