"""Validation of requests before session, views and database: NUL bytes, malformed input to the admin."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse

from rarbooking.web.error_views import bad_request

GetResponse = Callable[[HttpRequest], HttpResponse]

NUL = "\x00"
AUTOCOMPLETE_VAR = "term"
# Characters in a search of the admin.
MAX_SEARCH_LENGTH = 200
INVALID_INPUT_ERRORS = (ValidationError, OverflowError)


class RejectNulMiddleware:
    """Rejects NUL bytes, which PostgreSQL cannot store, in the URL (400), and drops cookies that have one.

    Forms reject NUL themselves, but lists of the admin filter by the query string, and the session is looked up by a
    cookie.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path or b"\x00" in unquote_to_bytes(request.META.get("QUERY_STRING", "")):
            raise BadRequest("There is a NUL in the address.")
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if NUL not in value}
        return self.get_response(request)


class AdminInputValidationMiddleware:
    """Answers 400 to input that Django's admin does not validate.

    The admin does not check the ids of selected rows and the numbers in URLs, and makes a query of every word of a
    search.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer 400 to a search that is too long and to invalid ids of rows; otherwise None."""
        if not _in_admin(request):
            return None
        if any(len(request.GET.get(name, "")) > MAX_SEARCH_LENGTH for name in (SEARCH_VAR, AUTOCOMPLETE_VAR)):
            return bad_request(request)
        if model := getattr(getattr(view, "model_admin", None), "model", None):
            try:
                for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
                    model._meta.pk.clean(chosen, None)
            except ValidationError as error:
                return bad_request(request, error)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 400 for an invalid id or a number that is too large; None for any other error."""
        return (
            bad_request(request, exception)
            if _in_admin(request) and isinstance(exception, INVALID_INPUT_ERRORS)
            else None
        )


def _in_admin(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.app_name == "admin"
