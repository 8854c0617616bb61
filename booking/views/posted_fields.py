"""Posted form fields, for a page with a *Try again* button."""

from django.http import HttpRequest


def posted_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the names and values of a POST without its CSRF token."""
    return [
        (name, str(value)) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
    ]
