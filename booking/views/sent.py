"""What a browser sent, so that a page can send it again."""

from django.http import HttpRequest


def sent_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the names and values of a form that was sent, without its CSRF token; none where nothing was sent."""
    return [
        (name, str(value)) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
    ]
