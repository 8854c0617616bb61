"""The admin as an app, with our site in place of Django's."""

from django.contrib.admin.apps import AdminConfig


class RarbookingAdminConfig(AdminConfig):
    """Django's admin at our site."""

    default_site = "rarbooking.web.admin_site.AdminSite"
