"""A field that a form does not have changes nothing, whatever it is called."""

from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client

from booking.journey.steps import STEPS
from booking.models import Booking, BookingState, Draft
from govuk.optimistic_locking import version_of
from guidance.models import Feedback, PageState, ToolkitGuidance
from rarbooking.models import User
from tests.booking.journeys import answer_all, sent_by_the_page_of
from tests.booking.test_confirming import CASE, visits
from tests.hostile.finding import forms_at, undone
from tests.hostile.inputs import MASS_ASSIGNMENT
from tests.hostile.reading import Page
from tests.hostile.world import GITA, OF_TERRY, World, routes
from tests.simulator_process import Simulator
from toolkits.models import Toolkit

pytestmark = pytest.mark.django_db
# What a row has that nobody chooses, and what it is set to here.
VALUES = {"state": "booked", "is_staff": "on", "is_superuser": "on", "version": "77", "sensitive": "on"}
OF_A_DRAFT = ("id", "user_id", "crn", "booking_id", "created_at")


def more(model: type[Model], *, but: set[str]) -> dict[str, str]:
    """A value for every column of a model that is not among the names of a form."""
    columns = {name for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    return {name: VALUES.get(name, "1") for name in sorted(columns | set(MASS_ASSIGNMENT)) if name not in but}


def row(found: Model) -> dict[str, Any]:
    return type(found)._default_manager.filter(pk=found.pk).values()[0]


def test_a_question_keeps_its_own_inputs_and_no_others(world: World) -> None:
    for step in STEPS:
        client = world.terry if step.slug in OF_TERRY else world.robin
        draft = Draft.objects.get(crn=GITA, user_id=client.session["_auth_user_id"])
        path = f"/cases/{GITA}/arrange/{step.slug}/"
        (form,) = [form for form in Page(client.get(path).content.decode(), path=path).forms if form.path == path]
        typed = draft.answers.get(step.slug, {})
        sent = {name: values[0] for name, values in form.fields.items() if values} | typed
        before, own = row(draft), {*form.fields, *typed}
        with undone(client):
            answer = client.post(path, {**more(Draft, but=own), **more(Booking, but=own), **sent})
            assert answer.status_code == 302, step.slug
            after = row(draft)
        assert set(after["answers"].get(step.slug, {})) <= own - {"csrfmiddlewaretoken"}
        assert after["answers"].keys() <= {each.slug for each in STEPS}
        assert {name: after[name] for name in OF_A_DRAFT} == {name: before[name] for name in OF_A_DRAFT}


def test_confirming_books_the_answers_and_nothing_that_is_sent_besides(robin: Client, simulator: Simulator) -> None:
    answer_all(robin, notes="As typed")
    draft = Draft.objects.get()
    own = {"booking_id", "nsi", "answers", "overlap"}
    robin.post(f"{CASE}/check/", {**more(Booking, but=own), **more(Draft, but=own), **sent_by_the_page_of(draft)})
    booking = Booking.objects.get()
    assert (booking.id, booking.user_id, booking.crn) == (draft.booking_id, draft.user_id, "X000001")
    assert booking.state == BookingState.BOOKED
    (visit,) = visits(simulator)
    assert (visit["notes"], visit["type"], visit["sensitive"]) == ("As typed", "COAP", False)
    assert (visit["officeLocationCode"], visit["staff"], visit["team"]) == ("N90HAR", "N90A001", "N90AAA")
    assert booking.appointment_id == visit["contactId"]
    assert booking.nsi_type_code == "TKDEV"
    assert (booking.tries, booking.series_id, booking.clash, booking.allow_overlap) == (0, None, False, False)
    assert visit["externalReference"].endswith(str(booking.appointment_reference))
    assert str(booking.appointment_reference) != "1"


@pytest.mark.parametrize("state", [BookingState.CANCELLED, BookingState.REFUSED, BookingState.BOOKED])
@pytest.mark.parametrize("what", ["", "cancel/", "again/"])
def test_what_is_sent_to_a_booking_that_is_over_does_not_change_it(
    world: World, state: BookingState, what: str
) -> None:
    booking = world.bookings[state]
    before = row(booking)
    world.robin.post(f"/cases/{GITA}/appointments/{booking.pk}/{what}", more(Booking, but=set()))
    assert {**row(booking), "outcome_seen_at": None} == {**before, "outcome_seen_at": None}


def test_feedback_is_of_the_form_alone(robin: Client) -> None:
    page = "/guidance/toolkits/maps-for-change/"
    robin.post("/guidance/feedback/", {**more(Feedback, but=set()), "page": page, "useful": "no", "comment": "Fine"})
    given = Feedback.objects.get()
    assert (given.page, given.useful, given.comment) == (page, False, "Fine")
    assert given.given_at.year > 2000


def test_nothing_that_a_practitioner_sends_makes_them_anything_else(world: World) -> None:
    robin = User.objects.get(username="ROBIN.SAMPLE")
    before = row(robin)
    extra = {**more(User, but=set()), "roles": "ROLE_ADMIN", "groups": "1", "user_permissions": "1"}
    for area in ("cases", "journey", "guidance", "service"):
        for visit, _ in forms_at(world.visits(area), besides=world.pages_besides()):
            if visit.client is world.robin:
                visit.client.post(visit.path, extra)
    robin.refresh_from_db()
    assert row(robin) == before
    assert (robin.groups.count(), robin.user_permissions.count()) == (0, 0)
    assert world.robin.get("/admin/")["Location"].startswith("/admin/login/")


def test_a_practitioner_who_sends_it_to_the_administration_changes_nothing(world: World) -> None:
    rows = {model: list(model._default_manager.order_by("pk").values()) for model in (User, Toolkit, ToolkitGuidance)}
    visits_of = [
        each for app in ("rarbooking", "toolkits", "guidance", "auth") for each in world.visits(f"admin-{app}")
    ]
    for visit in visits_of:
        answer = world.robin.post(
            visit.path, {**more(User, but=set()), "username": "NEW", "name": "New", "action": "x"}
        )
        assert answer.status_code in {302, 403}
        assert answer.status_code == 403 or answer["Location"].startswith("/admin/login/")
    assert rows == {model: list(model._default_manager.order_by("pk").values()) for model in rows}


CHANGED = sorted(".".join(route.split("/")[1:3]) for route in routes() if route.endswith("<path:object_id>/change/"))


@pytest.mark.parametrize("label", CHANGED)
def test_the_administration_changes_the_fields_of_its_form_and_no_others(world: World, label: str) -> None:
    model = apps.get_model(label)
    found = model._default_manager.order_by("pk")[0]
    path = f"/admin/{label.replace('.', '/')}/{found.pk}/change/"
    page = Page(world.admin.get(path).content.decode(), path=path)
    own = {name.removesuffix("_0").removesuffix("_1") for form in page.forms for name in form.fields}
    usual = {
        name: values[:1] for form in page.forms if form.path == path for name, values in form.fields.items() if values
    }
    before = row(found)
    world.admin.post(path, {**more(model, but=own), **usual, "note": "Said why"})
    after = row(found)
    changing = {"version", "updated_at"} if hasattr(model, "version") else set()
    for name in before.keys() - changing - own:
        assert after[name] == before[name], name
    if hasattr(model, "version"):
        assert after["version"] <= before["version"] + 1


def test_guidance_is_not_published_by_a_field_of_that_name(world: World) -> None:
    page = ToolkitGuidance.objects.filter(state=PageState.ARCHIVED)[0]
    path = f"/admin/guidance/toolkitguidance/{page.pk}/change/"
    sent = {"title": "Put away", "slug": "put-away", "base_version": str(page.version), "summary": "x", "note": "n"}
    published = {"state": "published", "published": '{"title": "x"}', "published_version": "1", "version": "1"}
    world.admin.post(path, {**sent, **published})
    page.refresh_from_db()
    assert (page.state, page.published, page.published_version) == (PageState.ARCHIVED, None, None)


def test_what_is_fixed_of_a_toolkit_stays(world: World) -> None:
    for toolkit in Toolkit.objects.order_by("pk"):
        before = row(toolkit)
        fixed = {"slug": "changed", "is_placeholder": "" if toolkit.is_placeholder else "on"}
        if toolkit.is_placeholder:
            fixed |= {"nsi_type_code": "TKNEW", "active_from": "2020-01-01", "active_to": "2020-02-01"}
        sent = {
            "name": f"{toolkit.name} 2",
            "nsi_type_code": toolkit.nsi_type_code,
            "nsi_sub_type_code": toolkit.nsi_sub_type_code or "",
            "nsi_status_code": "INPROG",
            "nsi_length": "" if toolkit.nsi_length is None else str(toolkit.nsi_length),
            "base_version": version_of(toolkit),
        }
        world.admin.post(f"/admin/toolkits/toolkit/{toolkit.pk}/change/", {**sent, "order": "0", **fixed})
        after = row(toolkit)
        assert after["name"] == f"{toolkit.name} 2"
        assert {name: after[name] for name in fixed} == {name: before[name] for name in fixed}
