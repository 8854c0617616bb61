"""View decorators."""

from functools import wraps
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.access import NoStaffRecord


class View(Protocol):
    """A view function."""

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse: ...


def staff_record_required(view: View) -> View:
    """Decorate a view to show an explanation (403) to users without a staff record in Delius."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NoStaffRecord:
            return render(request, "cases/no-staff-record.html.jinja", status=403)

    return wrapped
