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


def forms_at(visits: Iterable[Visit]) -> list[tuple[Visit, Form, bool]]:
    """Return what may be sent to addresses, each with whether a page has a form for it, or it takes nothing else."""
    pages, found = {}, []
    for visit in visits:
        answer = _answer(visit, "GET")
        pages[visit.path] = _page(answer, visit)
    forms = [form for page in pages.values() if page for form in page.forms]
    for visit in visits:
        for method in ("GET", "POST"):
            answer = _answer(visit, method)
            if answer.status_code == 405:
                continue
            form = _together(forms, visit, method.lower())
            is_form = not form.is_link or (method == "POST" and _answer(visit, "GET").status_code == 405)
            found.append((visit, form, is_form))
            found += [(visit, action, True) for action in _actions(visit, form)]
    return found


def _answer(visit: Visit, method: str, data: Any = None) -> Any:
    with undone(visit.client):
        return visit.client.post(visit.path, data) if data else visit.client.generic(method, visit.path)


def _page(answer: Any, visit: Visit) -> Page | None:
    is_html = answer.get("Content-Type", "").startswith("text/html")
    return Page(answer.content.decode(), path=visit.path) if is_html else None


def _together(forms: Iterable[Form], visit: Visit, method: str) -> Form:
    """What forms anywhere send to an address in one way, with the values that a browser may send."""
    together = Form(method, visit.path, is_link=True)
    for form in forms:
        if form.method == method and (form.path == visit.path or _route_of(form.path) == visit.route):
            together.is_link = together.is_link and form.is_link
            for name, values in form.fields.items():
                known = together.fields[name]
                known += [] if name in WITHHELD else [value for value in values if value not in known]
    return together


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
