"""The people who have signed in, in the admin: to read, and to sign out everywhere."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from booking.admin import ReadOnly
from rarbooking.identity import sessions
from rarbooking.models import User

# What somebody may do follows from their roles in HMPPS Auth.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(ReadOnly, admin.ModelAdmin):
    """Who has signed in, with the roles of their last token. Accounts and roles are HMPPS Auth's to change."""

    list_display = ("username", "role_names", "last_login", "signed_in", "is_active")
    fields = ("username", "role_names", "last_login", "date_joined", "is_active")
    search_fields = ("username",)
    search_help_text = "Search by user name"
    actions = ("end_sessions",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Count the sessions of each."""
        return super().get_queryset(request).annotate(session_count=Count("sessions"))

    @admin.display(description="sessions")
    def signed_in(self, user: Any) -> int:
        """In how many places the person is signed in."""
        return int(user.session_count)

    @admin.action(description="End all sessions of the selected people", permissions=["end_sessions"])
    def end_sessions(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Sign people out wherever they are signed in: each has to sign in again."""
        for person in people:
            count = sessions.end_all(person, by=request.user)
            ended = f"{count} {'session' if count == 1 else 'sessions'} of {person.username} ended"
            self.message_user(request, ended, messages.SUCCESS)

    def has_end_sessions_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may end sessions of others."""
        return request.user.has_perm("rarbooking.end_sessions")
