"""App configuration of the admin with our `AdminSite`."""

from django.contrib.admin.apps import AdminConfig


class RarbookingAdminConfig(AdminConfig):
    """Django's admin with our site as default."""

    default_site = "rarbooking.web.admin_site.AdminSite"
