"""Whatever is sent to any form, or asked of any address, is answered with a page, and leaves everything as it was."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.forms import BaseForm
from hypothesis import given

from tests.hostile.finding import forms_at, undone
from tests.hostile.inputs import EXAMPLES, FEW, Hostile, as_often, bodies, queries
from tests.hostile.reading import Form, assert_harmless
from tests.hostile.tally import PROPERTY
from tests.hostile.world import AREAS, GITA, Visit, World
from tests.simulator_process import Simulator

pytestmark = [
    pytest.mark.django_db,
    # Django's word for a day that is put into the address of an admin's filter, and taken for one of our time zone.
    pytest.mark.filterwarnings("ignore:DateTimeField .* received a naive datetime:RuntimeWarning"),
]
START = f"/cases/{GITA}/arrange/"
ROOMS = ("booking", "appointments", "cases", "toolkits", "guidance", "delius", "audit", "rarbooking")


def writes(simulator: Simulator) -> list[str]:
    """What Delius was asked to make, change or delete."""
    asked = [each["operation"] for each in simulator.requests()]
    return [operation for operation in asked if operation.startswith(("put", "withdraw", "reschedule"))]


def send(visit: Visit, form: Form, hostile: Hostile) -> None:
    """Send a request and look at the page that it leads to; then have everything as it was."""
    client = visit.client
    own = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    kept = client.cookies.copy()
    with undone(client):
        answer = client.generic(
            form.method.upper(),
            visit.path,
            hostile.body,
            hostile.content_type,
            QUERY_STRING=hostile.query,
            HTTP_COOKIE=f"{own}; {hostile.cookies}",
            **dict([hostile.header]),
        )
        assert_harmless(answer, path=visit.path)
        if hostile.cookies:
            client.cookies = kept.copy()
        target = urlsplit(answer.get("Location", ""))
        if form.method == "post" and target.path and not target.netloc:
            assert_harmless(client.get(answer["Location"]), path=target.path)
        if form.method == "post" and visit.path.startswith("/cases/"):
            assert client.get(START)["Location"].startswith(f"/cases/{GITA}/")


def has_to_sign_in(visit: Visit) -> bool:
    """Whether the visitor is led to a page to sign in at: nothing that they send is looked at then."""
    with undone(visit.client):
        return visit.client.get(visit.path).get("Location", "").startswith(("/sign-in/?", "/admin/login/"))


def try_requests(visit: Visit, form: Form, *, examples: int) -> None:
    """Send an address hostile requests."""

    @as_often(examples)
    @given((queries if form.method == "get" else bodies)(form))
    def hold(hostile: Hostile) -> None:
        send(visit, form, hostile)

    before = has_to_sign_in(visit)
    try:
        hold()
        assert has_to_sign_in(visit) == before
    except BaseException as error:
        error.add_note(f"{form.method} {visit.path}")
        raise


@pytest.mark.parametrize("area", AREAS)
def test_a_hostile_request_is_answered_with_a_page_and_changes_nothing_in_delius(
    world: World, area: str, record_property: Callable[[str, object], None]
) -> None:
    sent = []
    for visit, form in forms_at(world.visits(area), besides=world.pages_besides()):
        examples = FEW if form.is_link else EXAMPLES
        try_requests(visit, form, examples=examples)
        sent.append((not form.is_link, examples))
    assert writes(world.simulator) == []
    record_property(PROPERTY, sent)


def forms_of_the_product() -> Iterator[type[BaseForm]]:
    """Every class of form in our rooms that no other is made from."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if {"simulator", "management"}.isdisjoint(module.name.split(".")) and ".migrations" not in module.name:
                importlib.import_module(module.name)
    waiting = [BaseForm]
    while waiting:
        kind = waiting.pop()
        own = [each for each in kind.__subclasses__() if each.__module__.split(".")[0] in ROOMS]
        if kind.__module__.split(".")[0] in ROOMS and not own:
            yield kind
        waiting += kind.__subclasses__()


def test_every_form_of_the_product_is_among_those_that_are_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    met: set[type] = set()
    full_clean = BaseForm.full_clean

    def noticed(form: Any) -> None:
        met.update(type(form).__mro__)
        full_clean(form)

    monkeypatch.setattr(BaseForm, "full_clean", noticed)
    for area in AREAS:
        for visit, form in forms_at(world.visits(area), besides=world.pages_besides()):
            data = {name: values[:1] for name, values in form.fields.items()}
            with undone(visit.client):
                visit.client.get(visit.path, data) if form.method == "get" else visit.client.post(visit.path, data)
    assert {each.__qualname__ for each in forms_of_the_product()} - {each.__qualname__ for each in met} == set()
