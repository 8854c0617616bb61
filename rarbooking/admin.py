"""Accounts in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from rarbooking.models import User

admin.site.register(User, UserAdmin)
admin.site.site_header = "Arrange RAR appointments"
admin.site.site_title = "Arrange RAR appointments"
admin.site.index_title = "Administration"
admin.site.index_template = "admin/front.html"
