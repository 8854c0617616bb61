"""Whatever is sent to any form, or asked of any address: a page, nothing of it as markup, nothing spoilt, nothing booked."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve
from hypothesis import given

from tests.hostile.inputs import EXAMPLES, FEW, Fields, Hostile, as_often, bodies, queries
from tests.hostile.reading import Form, Page, assert_harmless
from tests.hostile.world import AREAS, GITA, Visit, World

pytestmark = pytest.mark.django_db
START = f"/cases/{GITA}/arrange/"
# With these the page that shows the answers books them, which is what it is for: see test_confirming.
WITHHELD = frozenset({"answers"})


def route_of(path: str) -> str:
    try:
        return str(resolve(path).route)
    except Resolver404:
        return ""


def fields_of(forms: list[Form], visit: Visit, method: str) -> Fields:
    """What forms anywhere send to an address in one way, with the values that a browser may send."""
    found: dict[str, list[str]] = {}
    for form in forms:
        if form.method == method and (form.path == visit.path or route_of(form.path) == visit.route):
            for name, values in form.fields.items():
                known = found.setdefault(name, [])
                known += [] if name in WITHHELD else [value for value in values if value not in known]
    return found


def send(visit: Visit, method: str, hostile: Hostile) -> None:
    """Send a request and look at the page that it leads to; then have everything as it was."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in visit.client.cookies.items())
    kept = visit.client.cookies.copy()
    try:
        with transaction.atomic():
            answer = visit.client.generic(
                method,
                visit.path,
                hostile.body,
                hostile.content_type,
                QUERY_STRING=hostile.query,
                HTTP_COOKIE=f"{cookies}; {hostile.cookies}",
            )
            assert_harmless(answer, path=visit.path)
            target = urlsplit(answer.get("Location", ""))
            if hostile.cookies:
                visit.client.cookies = kept.copy()
            if method == "POST" and target.path and not target.netloc:
                assert_harmless(visit.client.get(answer["Location"]), path=target.path)
            if visit.path.startswith("/cases/"):
                after = visit.client.get(START, follow=True)
                assert after.status_code == 200
                assert after.request["PATH_INFO"].startswith(f"/cases/{GITA}/")
            transaction.set_rollback(True)
    finally:
        visit.client.cookies = kept


def try_requests(visit: Visit, method: str, own: Fields, *, examples: int) -> None:
    """Send an address hostile requests."""

    @as_often(examples)
    @given((queries if method == "GET" else bodies)(own))
    def hold(hostile: Hostile) -> None:
        send(visit, method, hostile)

    try:
        hold()
    except BaseException as error:
        error.add_note(f"{method} {visit.path}")
        raise


@pytest.mark.parametrize("area", AREAS)
def test_a_hostile_request_is_answered_with_a_page_and_changes_nothing_in_delius(
    world: World, area: str, record_property: Callable[[str, object], None]
) -> None:
    visits = world.visits(area)
    forms: list[Form] = []
    for visit in visits:
        answer = visit.client.get(visit.path)
        if answer.get("Content-Type", "").startswith("text/html"):
            forms += Page(answer.content.decode(), path=visit.path).forms
    world.simulator.clear_requests()
    sent: Counter[str] = Counter()
    for visit in visits:
        for method in ("GET", "POST"):
            with transaction.atomic():
                answer = visit.client.generic(method, visit.path)
                transaction.set_rollback(True)
            if answer.status_code == 405:
                continue
            own = fields_of(forms, visit, method.lower())
            examples = EXAMPLES if own or (method == "POST" and visit.client.get(visit.path).status_code == 405) else FEW
            try_requests(visit, method, own, examples=examples)
            sent[f"{method} {visit.path}"] += examples
    for what, examples in sent.items():
        print(f"{examples:>6} {what}")
    assert not [each for each in world.simulator.requests() if each["operation"].startswith(("create", "patch", "delete"))]
