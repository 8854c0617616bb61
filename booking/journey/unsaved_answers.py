"""What somebody typed into a question after their session had ended, kept until they have signed in again.

It stands in the new session, which is nobody's yet. Whose it is was signed into the page that it was typed on, so that
nobody else who signs in at the same browser is shown it.
"""

from django.core import signing
from django.http import HttpRequest, QueryDict

SALT = "booking.journey.unsaved_answers"
OWNER = "typed_by"
KEPT = "interrupted"
# More than any question takes.
MOST_CHARACTERS = 20_000


def owner_mark(user_id: int) -> str:
    """Return what a question's page carries to say who is asked."""
    return signing.dumps(user_id, salt=SALT)


def keep(request: HttpRequest) -> bool:
    """Keep what a POST carries, and return whether it was: only what comes from a page of ours."""
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    marks = typed.pop(OWNER, [""])
    text = typed.urlencode()
    try:
        owner = signing.loads(str(marks[0]), salt=SALT)
    except signing.BadSignature:
        return False
    if len(text) > MOST_CHARACTERS:
        return False
    request.session[KEPT] = {"owner": owner, "path": request.path, "typed": text}
    return True


def kept(request: HttpRequest) -> QueryDict | None:
    """Return what the signed-in person had typed into the question of this page, or None."""
    found = request.session.get(KEPT)
    if not found or (found["owner"], found["path"]) != (request.user.pk, request.path):
        return None
    return QueryDict(found["typed"])


def is_kept(request: HttpRequest) -> bool:
    """Return whether anything is kept in this session, whoever typed it."""
    return KEPT in request.session


def forget(request: HttpRequest) -> None:
    """Drop what was kept, because it has been answered."""
    request.session.pop(KEPT, None)
