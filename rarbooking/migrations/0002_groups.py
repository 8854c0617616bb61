"""The groups that people who use the admin belong to, with what each may do."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MAY = {
    "Content designer": (
        "guidance.add_toolkitguidance",
        "guidance.change_toolkitguidance",
        "guidance.view_toolkitguidance",
        "guidance.add_riskflagguidance",
        "guidance.change_riskflagguidance",
        "guidance.view_riskflagguidance",
        "guidance.view_feedback",
        "guidance.delete_feedback",
        "guidance.view_fruitlesssearch",
        "guidance.delete_fruitlesssearch",
    ),
    "Toolkit administrator": (
        "toolkits.add_toolkit",
        "toolkits.change_toolkit",
        "toolkits.view_toolkit",
        "toolkits.add_rollout",
        "toolkits.change_rollout",
        "toolkits.delete_rollout",
        "toolkits.view_rollout",
        "toolkits.add_toolkitlist",
        "toolkits.change_toolkitlist",
        "toolkits.view_toolkitlist",
    ),
    "Service support": (
        "booking.view_booking",
        "booking.view_bookinghistory",
        "booking.view_upstreamattempt",
        "booking.view_duplicatensis",
        "booking.settle_booking",
        "delius.view_mirrorednsi",
        "delius.view_mirroredcontact",
    ),
}


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the groups. What somebody gave a group of that name besides stays."""
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    # Django makes permissions once all migrations have run, which is too late for a new database.
    for label in sorted({permission.partition(".")[0] for each in MAY.values() for permission in each}):
        config = apps.get_app_config(label)
        if not getattr(config, "models_module", None):
            config.models_module = True  # type: ignore[assignment]
        create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    for name, permissions in MAY.items():
        group, _ = group_model.objects.get_or_create(name=name)
        for permission in permissions:
            label, _, codename = permission.partition(".")
            group.permissions.add(permission_model.objects.get(content_type__app_label=label, codename=codename))


class Migration(migrations.Migration):
    """Three groups. Going back leaves them: people may be in them."""

    dependencies = [
        ("rarbooking", "0001_initial"),
        ("booking", "0003_repeats"),
        ("delius", "0001_initial"),
        ("guidance", "0002_search"),
        ("toolkits", "0002_order_of_the_list"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
