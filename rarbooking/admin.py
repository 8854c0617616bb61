"""Admin of users: read-only, with an action that ends their sessions."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from cases.support_admin import ReadOnly
from govuk.formats import counted
from rarbooking.identity import sessions
from rarbooking.models import User

# Permissions follow from roles in HMPPS Auth: there are no groups.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(ReadOnly, admin.ModelAdmin):
    """Read-only list of users, with the roles of their last token. HMPPS Auth manages accounts and roles."""

    list_display = ("username", "role_names", "last_login", "signed_in", "is_active")
    fields = ("username", "role_names", "last_login", "date_joined", "is_active")
    search_fields = ("username",)
    search_help_text = "Search by user name"
    actions = ("end_sessions",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Annotate each user with the number of their sessions."""
        return super().get_queryset(request).annotate(session_count=Count("sessions"))

    @admin.display(description="sessions")
    def signed_in(self, user: Any) -> int:
        """The number of the user's sessions."""
        return int(user.session_count)

    @admin.action(description="End all sessions of the selected people", permissions=["end_sessions"])
    def end_sessions(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """End every session of the selected users."""
        for user in users:
            count = sessions.end_all(user, by=request.user)
            ended = f"{counted(count, 'session')} of {user.username} ended"
            self.message_user(request, ended, messages.SUCCESS)

    def has_end_sessions_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may end other users' sessions."""
        return request.user.has_perm("rarbooking.end_sessions")
