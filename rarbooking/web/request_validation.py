"""Requests that cannot be read are mended or turned away before a view, the session or the database meets them."""

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
MOST_SEARCHED = 200
NOT_READ = (ValidationError, OverflowError)


class ReadableRequestMiddleware:
    """Turns away a NUL, which PostgreSQL does not hold, before anything is looked up by it.

    Forms refuse one in what is typed, but the lists of the admin take theirs from the address, and a session is looked
    up before there is any form: a cookie with a NUL is as if it had not come.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path or b"\x00" in unquote_to_bytes(request.META.get("QUERY_STRING", "")):
            raise BadRequest("There is a NUL in the address.")
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if NUL not in value}
        return self.get_response(request)


class AdminInputMiddleware:
    """Answers 400 where Django's admin would let out an error of what it is sent, or be busy with it for long.

    It takes the ids of chosen rows and the numbers of an address as they come, and makes one query of every word that
    is searched for.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer 400 to a search that is too long, and to what is no id of a row; None where all is well."""
        if not _in_admin(request):
            return None
        if any(len(request.GET.get(name, "")) > MOST_SEARCHED for name in (SEARCH_VAR, AUTOCOMPLETE_VAR)):
            return bad_request(request)
        if model := getattr(getattr(view, "model_admin", None), "model", None):
            try:
                for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
                    model._meta.pk.clean(chosen, None)
            except ValidationError as error:
                return bad_request(request, error)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 400 where an id was none, or a number too large; None for any other error."""
        return bad_request(request, exception) if _in_admin(request) and isinstance(exception, NOT_READ) else None


def _in_admin(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.app_name == "admin"
