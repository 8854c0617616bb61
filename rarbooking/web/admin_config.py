"""App configurations of the admin with our `AdminSite`, and of the tasks that it lists."""

from django.contrib.admin.apps import AdminConfig
from django_tasks_db.apps import TasksAppConfig


class RarbookingAdminConfig(AdminConfig):
    """Django's admin with our site as default."""

    default_site = "rarbooking.web.admin_site.AdminSite"


class BackgroundTasksConfig(TasksAppConfig):
    """The database of tasks, with a name that says what is in it."""

    verbose_name = "Background tasks"
