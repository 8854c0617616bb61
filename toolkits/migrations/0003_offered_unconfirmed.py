from typing import Any

from django.db import migrations, models


def keep_offering(apps: Any, schema_editor: Any) -> None:
    """Toolkits that are there were offered whether or not their codes were confirmed: they still are."""
    apps.get_model("toolkits", "Toolkit").objects.filter(code_confirmed=False).update(offered_unconfirmed=True)


class Migration(migrations.Migration):
    dependencies = [
        ("toolkits", "0002_order_of_the_list"),
    ]

    operations = [
        migrations.AddField(
            model_name="toolkit",
            name="offered_unconfirmed",
            field=models.BooleanField(db_default=False, default=False, verbose_name="offer before codes are confirmed"),
        ),
        migrations.RunPython(keep_offering, migrations.RunPython.noop),
    ]
