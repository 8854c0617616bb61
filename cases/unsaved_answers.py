"""Answers that were posted after the session had ended, stored in the session until the user signs in again.

The new session is anonymous. The page carries its user's id as a signed token, so that another user who signs in at the
same browser is not shown the answers.
"""

from django.core import signing
from django.http import HttpRequest, QueryDict

SALT = "cases.unsaved_answers"
OWNER_FIELD = "typed_by"
SESSION_KEY = "unsaved_answers"
# More than the longest valid answer.
MAX_CHARACTERS = 20_000


def owner_token(user_id: int) -> str:
    """Return the signed token of the user for a question's page."""
    return signing.dumps(user_id, salt=SALT)


def store(request: HttpRequest) -> bool:
    """Store the answers of a POST that has a valid owner token; return whether they were stored."""
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    marks = typed.pop(OWNER_FIELD, [""])
    text = typed.urlencode()
    try:
        owner = signing.loads(str(marks[0]), salt=SALT)
    except signing.BadSignature:
        return False
    if len(text) > MAX_CHARACTERS:
        return False
    request.session[SESSION_KEY] = {"owner": owner, "path": request.path, "typed": text}
    return True


def stored(request: HttpRequest) -> QueryDict | None:
    """Return the stored answers of the signed-in user to the question of this page, or None."""
    found = request.session.get(SESSION_KEY)
    if not found or (found["owner"], found["path"]) != (request.user.pk, request.path):
        return None
    return QueryDict(found["typed"])


def is_stored(request: HttpRequest) -> bool:
    """Return whether the session has stored answers of any user."""
    return SESSION_KEY in request.session


def clear(request: HttpRequest) -> None:
    """Delete the stored answers."""
    request.session.pop(SESSION_KEY, None)
