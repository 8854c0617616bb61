from django.db import migrations


class Migration(migrations.Migration):
    """In Python only: the table keeps its name, which the release before knows it by.

    rarbooking's 0002 gives groups a permission of the model by its old name.
    """

    dependencies = [
        ("guidance", "0003_names_to_count"),
        ("rarbooking", "0002_groups"),
    ]

    operations = [
        migrations.AlterModelTable(name="fruitlesssearch", table="guidance_fruitlesssearch"),
        migrations.RenameModel(old_name="FruitlessSearch", new_name="ZeroResultSearch"),
    ]
