"""Finding every form of the product, by looking at its pages as a browser does."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from tests.hostile.reading import Form, Page
from tests.hostile.world import Visit

# With this the page that shows the answers books them, which is what it is for: see test_confirming.
WITHHELD = frozenset({"answers"})


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Have everything in the database, and a client's cookies, as they were."""
    kept = client.cookies.copy()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        client.cookies = kept


def forms_at(visits: Iterable[Visit], *, besides: Iterable[Visit] = ()) -> list[tuple[Visit, Form]]:
    """Return what may be sent to addresses in each way that they take, by the forms on their pages and on others."""
    visits, found = list(visits), []
    pages = [_page(_answer(visit, "GET"), visit) for visit in (*visits, *besides)]
    forms = [form for page in pages if page for form in page.forms]
    for visit in visits:
        for method in ("GET", "POST"):
            if _answer(visit, method).status_code != 405:
                form = _together(forms, visit, method)
                found += [(visit, form), *((visit, action) for action in _actions(visit, form))]
    return found


def _answer(visit: Visit, method: str, data: Any = None) -> Any:
    with undone(visit.client):
        return visit.client.post(visit.path, data) if data else visit.client.generic(method, visit.path)


def _page(answer: Any, visit: Visit) -> Page | None:
    is_html = answer.get("Content-Type", "").startswith("text/html")
    return Page(answer.content.decode(), path=visit.path) if is_html else None


def _together(forms: Iterable[Form], visit: Visit, method: str) -> Form:
    """What forms and links anywhere send to an address in one way, with the values that a browser may send.

    It is a form where one of them is, or where the address takes nothing else.
    """
    its = [form for form in forms if form.method == method.lower() and _leads_to(form, visit)]
    only_way = method == "POST" and _answer(visit, "GET").status_code == 405
    together = Form(method.lower(), visit.path, is_link=not only_way and all(form.is_link for form in its))
    for form in its:
        for name, values in form.fields.items():
            known = together.fields[name]
            known += [] if name in WITHHELD else [value for value in values if value not in known]
    return together


def _leads_to(form: Form, visit: Visit) -> bool:
    return form.path == visit.path or _route_of(form.path) == visit.route


def _actions(visit: Visit, form: Form) -> Iterator[Form]:
    """What an action of a list in the admin asks before it acts on a row."""
    rows = form.fields.get(ACTION_CHECKBOX_NAME, []) if form.method == "post" else []
    for action in form.fields.get("action", []) if rows else []:
        page = _page(_answer(visit, "POST", {"action": action, ACTION_CHECKBOX_NAME: rows}), visit)
        for asked in page.forms if page else []:
            if asked.method == "post" and asked.fields.get("action") == [action]:
                asked.fixed = frozenset({"action", ACTION_CHECKBOX_NAME})
                yield asked


def _route_of(path: str) -> str:
    try:
        return str(resolve(path).route)
    except Resolver404:
        return ""
