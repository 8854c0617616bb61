"""*Use of toolkits by team*, a page of the admin."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from booking.presenters.toolkit_use import use_table
from delius.mirror import selectors as mirror
from toolkits import selectors as toolkits


@require_safe
def toolkit_use(request: HttpRequest) -> HttpResponse:
    """Show the counts that *Most used by this team first* is sorted by."""
    if not request.user.has_perm("toolkits.view_toolkitlist"):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": "Use of toolkits by team",
        "table": use_table(mirror.use_by_team(), toolkits.all_toolkits()),
    }
    return render(request, "admin/booking/toolkit-use.html", context)
