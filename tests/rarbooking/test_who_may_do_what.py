"""Every address × every role × {own case, another's, restricted, excluded, unknown}: what is answered.

An address without a row here fails the first test. What is open to everybody is listed in `test_nothing_is_open`.
"""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from appointments.models import ChangeState, Move, RecordedOutcome, TextMessage
from audit.events import record
from audit.models import AuditEvent
from booking.models import Booking, BookingState, DuplicateNsis
from booking.tasks import resume_due_bookings
from delius.models import MirrorCursor
from guidance.models import Feedback, ZeroResultSearch
from rarbooking.models import User
from rarbooking.roles import Role
from tests.appointments.texts import turn_on
from tests.delius.factories import make_contact, make_nsi
from tests.delius.values import NOW
from tests.guidance.factories import make_flag_page, make_toolkit_page
from tests.people import account, client_of
from tests.rarbooking.test_nothing_is_open import OPEN_TO_ALL, addresses
from tests.simulator_process import Simulator
from tests.toolkits.factories import make_rollout, make_toolkit
from toolkits.models import ToolkitList

pytestmark = pytest.mark.django_db

READERS = frozenset({Role.READ_ONLY, Role.READ_WRITE})
WRITERS = frozenset({Role.READ_WRITE})
DESIGNERS = frozenset({Role.CONTENT_DESIGNER})
ADMINISTRATORS = frozenset({Role.TOOLKIT_ADMINISTRATOR})
SUPPORT = frozenset({Role.SERVICE_SUPPORT})
STAFF = DESIGNERS | ADMINISTRATORS | SUPPORT
EVERYBODY = frozenset(Role)
NOBODY: frozenset[Role] = frozenset()

OWN, OTHERS, RESTRICTED, EXCLUDED, UNKNOWN = "X000001", "X000014", "X000011", "X000012", "X999999"
BOOKING_ID = uuid.UUID("11111111-1111-4111-8111-111111111111")
BOOKED_ID = uuid.UUID("22222222-2222-4222-8222-222222222222")

# The first appointment of the demo's data: of one's own case, and long past.
CONTACT_ID = 2500500001
MOVE_ID = uuid.UUID("33333333-3333-4333-8333-333333333333")
OUTCOME_ID = uuid.UUID("44444444-4444-4444-8444-444444444444")


class Row(NamedTuple):
    """Who may ask for an address, and what they are answered; for an address of a case, about their own case."""

    roles: frozenset[Role]
    method: str
    path: str
    answer: int
    data: dict[str, str] = {}


CASE = "/cases/{crn}"
ONE = "cases/<crn:crn>/appointments/<contact:contact_id>/"
AT_ONE = f"{CASE}/appointments/{CONTACT_ID}/"
# A case of one's own is answered as the row says; everybody else's as not found; a record with limited access by
# Delius's own message, with 403.
OF_A_CASE = {
    "cases/<crn:crn>/": Row(READERS, "get", f"{CASE}/", 200),
    "cases/<crn:crn>/schedule/": Row(READERS, "get", f"{CASE}/schedule/", 200),
    "cases/<crn:crn>/risk-flags/": Row(READERS, "get", f"{CASE}/risk-flags/", 200),
    "cases/<crn:crn>/arrange/": Row(WRITERS, "get", f"{CASE}/arrange/", 302),
    "cases/<crn:crn>/arrange/check/": Row(WRITERS, "get", f"{CASE}/arrange/check/", 302),
    "cases/<crn:crn>/arrange/check/ POST": Row(WRITERS, "post", f"{CASE}/arrange/check/", 302),
    "cases/<crn:crn>/arrange/discard/": Row(WRITERS, "post", f"{CASE}/arrange/discard/", 302),
    "cases/<crn:crn>/arrange/location-not-listed/": Row(WRITERS, "get", f"{CASE}/arrange/location-not-listed/", 200),
    "cases/<crn:crn>/arrange/accredited-programme/": Row(WRITERS, "get", f"{CASE}/arrange/accredited-programme/", 200),
    "cases/<crn:crn>/arrange/next/<contact:contact_id>/": Row(
        WRITERS, "get", f"{CASE}/arrange/next/{CONTACT_ID}/", 302
    ),
    "cases/<crn:crn>/arrange/next/<contact:contact_id>/ POST": Row(
        WRITERS, "post", f"{CASE}/arrange/next/{CONTACT_ID}/", 302
    ),
    "cases/<crn:crn>/arrange/<slug:slug>/": Row(WRITERS, "get", f"{CASE}/arrange/type/", 200),
    "cases/<crn:crn>/arrange/<slug:slug>/ POST": Row(WRITERS, "post", f"{CASE}/arrange/type/", 302, {"type": "COAP"}),
    "cases/<crn:crn>/appointments/<uuid:booking_id>/": Row(READERS, "get", f"{CASE}/appointments/{BOOKED_ID}/", 200),
    "cases/<crn:crn>/appointments/<uuid:booking_id>/ POST": Row(
        WRITERS, "post", f"{CASE}/appointments/{BOOKED_ID}/", 302
    ),
    "cases/<crn:crn>/appointments/<uuid:booking_id>/state/": Row(
        READERS, "get", f"{CASE}/appointments/{BOOKED_ID}/state/", 200
    ),
    "cases/<crn:crn>/appointments/<uuid:booking_id>/cancel/": Row(
        WRITERS, "post", f"{CASE}/appointments/{BOOKING_ID}/cancel/", 302
    ),
    "cases/<crn:crn>/appointments/<uuid:booking_id>/again/": Row(
        WRITERS, "post", f"{CASE}/appointments/{BOOKING_ID}/again/", 302
    ),
    "cases/<crn:crn>/appointments/<uuid:booking_id>/calendar.ics": Row(
        READERS, "get", f"{CASE}/appointments/{BOOKED_ID}/calendar.ics", 200
    ),
    ONE: Row(READERS, "get", AT_ONE, 200),
    f"{ONE}outcome/": Row(WRITERS, "get", f"{AT_ONE}outcome/", 200),
    f"{ONE}outcome/ POST": Row(WRITERS, "post", f"{AT_ONE}outcome/", 302, {"attendance": "complied"}),
    # Nothing was answered: the question is asked.
    f"{ONE}outcome/check/": Row(WRITERS, "get", f"{AT_ONE}outcome/check/", 302),
    f"{ONE}outcome/check/ POST": Row(WRITERS, "post", f"{AT_ONE}outcome/check/", 302),
    f"{ONE}outcome/<uuid:change_id>/": Row(READERS, "get", f"{AT_ONE}outcome/{OUTCOME_ID}/", 200),
    f"{ONE}outcome/<uuid:change_id>/ POST": Row(WRITERS, "post", f"{AT_ONE}outcome/{OUTCOME_ID}/", 302),
    f"{ONE}outcome/<uuid:change_id>/state/": Row(READERS, "get", f"{AT_ONE}outcome/{OUTCOME_ID}/state/", 200),
    f"{ONE}calendar.ics": Row(READERS, "get", f"{AT_ONE}calendar.ics", 200),
    f"{ONE}text/": Row(WRITERS, "get", f"{AT_ONE}text/", 200),
    # It is past: there is nothing to tell.
    f"{ONE}text/ POST": Row(WRITERS, "post", f"{AT_ONE}text/", 302, {"send": "yes"}),
    f"{ONE}cancel/": Row(WRITERS, "get", f"{AT_ONE}cancel/", 200),
    # It has an outcome: who may move is told that it cannot be moved.
    f"{ONE}move/": Row(WRITERS, "get", f"{AT_ONE}move/", 200),
    f"{ONE}move/ POST": Row(WRITERS, "post", f"{AT_ONE}move/", 200),
    f"{ONE}move/check/": Row(WRITERS, "get", f"{AT_ONE}move/check/", 200),
    f"{ONE}move/check/ POST": Row(WRITERS, "post", f"{AT_ONE}move/check/", 200),
    f"{ONE}move/location-not-listed/": Row(WRITERS, "get", f"{AT_ONE}move/location-not-listed/", 200),
    f"{ONE}move/<uuid:move_id>/": Row(READERS, "get", f"{AT_ONE}move/{MOVE_ID}/", 200),
    f"{ONE}move/<uuid:move_id>/ POST": Row(WRITERS, "post", f"{AT_ONE}move/{MOVE_ID}/", 302),
    f"{ONE}move/<uuid:move_id>/state/": Row(READERS, "get", f"{AT_ONE}move/{MOVE_ID}/state/", 200),
    f"{ONE}move/<slug:slug>/": Row(WRITERS, "get", f"{AT_ONE}move/when/", 200),
    f"{ONE}move/<slug:slug>/ POST": Row(WRITERS, "post", f"{AT_ONE}move/when/", 200),
}
OF_NO_CASE = {
    "": Row(READERS, "get", "/", 200),
    " POST": Row(READERS, "post", "/", 302),
    "guidance/": Row(EVERYBODY, "get", "/guidance/", 200),
    "guidance/toolkits/": Row(EVERYBODY, "get", "/guidance/toolkits/", 200),
    "guidance/toolkits/compare/": Row(EVERYBODY, "get", "/guidance/toolkits/compare/", 200),
    "guidance/toolkits/<slug:slug>/": Row(EVERYBODY, "get", "/guidance/toolkits/no-such/", 404),
    "guidance/risk-flags/": Row(EVERYBODY, "get", "/guidance/risk-flags/", 200),
    "guidance/risk-flags/<slug:slug>/": Row(EVERYBODY, "get", "/guidance/risk-flags/no-such/", 404),
    "guidance/search/": Row(EVERYBODY, "get", "/guidance/search/", 200),
    "guidance/feedback/": Row(EVERYBODY, "post", "/guidance/feedback/", 200),
    "guidance/feedback/given/": Row(EVERYBODY, "get", "/guidance/feedback/given/", 200),
    "guidance/preview/<slug:kind>/<int:pk>/": Row(
        DESIGNERS, "get", "/guidance/preview/toolkit/{toolkitguidance}/", 200
    ),
    "sessions/": Row(EVERYBODY, "get", "/sessions/", 200),
    "sessions/ POST": Row(EVERYBODY, "post", "/sessions/", 302),
    "sessions/left/": Row(EVERYBODY, "get", "/sessions/left/", 200),
    "sessions/left/ POST": Row(EVERYBODY, "post", "/sessions/left/", 200),
    "admin/toolkits/use/": Row(ADMINISTRATORS, "get", "/admin/toolkits/use/", 200),
    "admin/booking/journeycount/csv/": Row(SUPPORT | ADMINISTRATORS, "get", "/admin/booking/journeycount/csv/", 200),
    "admin/": Row(STAFF, "get", "/admin/", 200),
    "admin/logout/": Row(EVERYBODY, "post", "/admin/logout/", 302),
    "admin/password_change/": Row(STAFF, "get", "/admin/password_change/", 404),
    "admin/password_change/done/": Row(STAFF, "get", "/admin/password_change/done/", 404),
    "admin/autocomplete/": Row(NOBODY, "get", "/admin/autocomplete/", 200),
    "admin/jsi18n/": Row(STAFF, "get", "/admin/jsi18n/", 200),
    "admin/r/<path:content_type_id>/<path:object_id>/": Row(STAFF, "get", "/admin/r/999999/1/", 404),
    "admin/(?P<url>.*)$": Row(STAFF, "get", "/admin/no-such-page/", 404),
    "admin/toolkits/toolkit/check/": Row(ADMINISTRATORS, "get", "/admin/toolkits/toolkit/check/", 200),
    "admin/toolkits/rollout/preview/": Row(ADMINISTRATORS, "get", "/admin/toolkits/rollout/preview/", 200),
    "admin/toolkits/rollout/add-teams/": Row(ADMINISTRATORS, "get", "/admin/toolkits/rollout/add-teams/", 200),
}
for kind in ("toolkitguidance", "riskflagguidance"):
    here, page = f"admin/guidance/{kind}/", f"/admin/guidance/{kind}/{{{kind}}}"
    OF_NO_CASE |= {
        f"{here}prose/": Row(DESIGNERS, "post", f"/{here}prose/", 200),
        f"{here}<int:pk>/step/<slug:name>/": Row(DESIGNERS, "get", f"{page}/step/publish/", 200),
        f"{here}<int:pk>/versions/compare/": Row(DESIGNERS, "get", f"{page}/versions/compare/", 302),
        f"{here}<int:pk>/versions/<int:version>/restore/": Row(DESIGNERS, "post", f"{page}/versions/1/restore/", 302),
    }

# Of each list in the admin: who may look at it, add to it, change and delete what is there.
MODELS: dict[str, tuple[frozenset[Role], frozenset[Role], frozenset[Role], frozenset[Role]]] = {
    "appointments.move": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "appointments.recordedoutcome": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "appointments.textmessage": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "audit.auditevent": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "booking.booking": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "booking.duplicatensis": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "booking.journeycount": (SUPPORT | ADMINISTRATORS, NOBODY, NOBODY, NOBODY),
    "delius.mirrorcursor": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "delius.mirroredcontact": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "delius.mirrorednsi": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "django_tasks_database.dbtaskresult": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "guidance.feedback": (DESIGNERS, NOBODY, NOBODY, DESIGNERS),
    "guidance.zeroresultsearch": (DESIGNERS, NOBODY, NOBODY, DESIGNERS),
    "guidance.riskflagguidance": (DESIGNERS, DESIGNERS, DESIGNERS, NOBODY),
    "guidance.toolkitguidance": (DESIGNERS, DESIGNERS, DESIGNERS, NOBODY),
    "rarbooking.user": (SUPPORT, NOBODY, NOBODY, NOBODY),
    "toolkits.rollout": (ADMINISTRATORS, ADMINISTRATORS, ADMINISTRATORS, ADMINISTRATORS),
    "toolkits.toolkit": (ADMINISTRATORS, ADMINISTRATORS, ADMINISTRATORS, NOBODY),
    "toolkits.toolkitlist": (ADMINISTRATORS, NOBODY, ADMINISTRATORS, NOBODY),
}
# Put together from all rows: no row has a page.
WITHOUT_ROWS = {"booking.journeycount"}


def routes_of_models() -> Iterator[tuple[str, str, str]]:
    """Route, model and what is done there, for each of Django's own pages of a list."""
    for label in MODELS:
        here = f"admin/{label.replace('.', '/')}/"
        yield here, label, "view"
        if label in WITHOUT_ROWS:
            continue
        yield f"{here}add/", label, "add"
        for page, doing in (("history/", "view"), ("delete/", "delete"), ("change/", "view"), ("", "view")):
            yield f"{here}<path:object_id>/{page}", label, doing
    for app in {label.split(".")[0] for label in MODELS}:
        yield f"admin/{app}/", app, "app"


def test_every_address_has_a_row() -> None:
    known = {each.removesuffix(" POST") for each in (*OF_A_CASE, *OF_NO_CASE)} | set(OPEN_TO_ALL)
    known |= {route for route, _, doing in routes_of_models() if doing != "app"}
    found = {route for route, _ in addresses(get_resolver().url_patterns)}
    # Django's own page of one room of the admin has all of them in one pattern.
    assert {route for route in found - known if not route.startswith("admin/^(?P<app_label>")} == set()
    assert known - found == set()
    assert {model._meta.label_lower for model in site._registry} == set(MODELS)


@pytest.fixture
def robin(rollout: None, simulator: Simulator, settings: Any) -> User:
    """The manager of the demo's people, with a booking that was cancelled and one that was arranged.

    Outside the demo, where nobody has a password.
    """
    turn_on(settings, simulator)
    settings.DEMO = False
    settings.AUTHENTICATION_BACKENDS = ["rarbooking.identity.authentication.HmppsAuthBackend"]
    user = account("ROBIN.SAMPLE")
    for id_, state, appointment in ((BOOKING_ID, BookingState.CANCELLED, None), (BOOKED_ID, BookingState.BOOKED, 1)):
        start = timezone.now() + timedelta(days=7)
        Booking.objects.create(
            id=id_,
            user=user,
            state=state,
            crn=OWN,
            event_id=1,
            provider_code="N90",
            team_code="N90AAA",
            staff_code="N90A001",
            type_code="COAP",
            type_name="Office visit",
            start=start,
            end=start + timedelta(hours=1),
            sensitive=False,
            appointment_id=appointment,
        )
    change: dict[str, Any] = {
        "user": user,
        "state": ChangeState.RECORDED,
        "crn": OWN,
        "contact_id": CONTACT_ID,
        "version": 1,
        "type_code": "COAP",
        "type_name": "Office visit",
        "appointment_start": start,
    }
    RecordedOutcome.objects.create(
        id=OUTCOME_ID, **change, outcome_code="ATTC", outcome_name="Attended - Complied", attended=True
    )
    Move.objects.create(
        id=MOVE_ID,
        **change,
        requested_by="PERSON",
        new_contact_id=CONTACT_ID + 1,
        start=start,
        end=start + timedelta(hours=1),
    )
    return user


@pytest.fixture
def rows_of(robin: User) -> dict[str, str]:
    """The key of a row of each list in the admin, by its model's name."""
    nsi = make_nsi()
    task = resume_due_bookings.enqueue()
    finding = DuplicateNsis.objects.create(
        crn=OWN, event_id=1, requirement_id=1, nsi_type_code="X", chosen_nsi_id=1, other_nsi_ids=[2], seen_at=NOW
    )
    record(what="SIGNED_IN", who=robin)
    rows: dict[str, Any] = {
        "auditevent": AuditEvent.objects.first(),
        "booking": Booking.objects.first(),
        "move": Move.objects.first(),
        "recordedoutcome": RecordedOutcome.objects.first(),
        "textmessage": TextMessage.objects.create(
            user=robin, crn=OWN, contact_id=CONTACT_ID, kind="arranged", appointment_start=NOW, consent_at=NOW
        ),
        "duplicatensis": finding,
        "mirrorcursor": MirrorCursor.objects.create(type_codes="TKDEV", updated_at=NOW),
        "mirroredcontact": make_contact(nsi),
        "mirrorednsi": nsi,
        "feedback": Feedback.objects.create(page="/guidance/toolkits/maps-for-change/", useful=True),
        "zeroresultsearch": ZeroResultSearch.objects.create(words="nothing"),
        "riskflagguidance": make_flag_page(),
        "toolkitguidance": make_toolkit_page(),
        "user": robin,
        "rollout": make_rollout(),
        "toolkit": make_toolkit(),
        "toolkitlist": ToolkitList.objects.get_or_create()[0],
    }
    return {name: str(row.pk) for name, row in rows.items()} | {"dbtaskresult": str(task.id)}


def asked(client: Client, row: Row, **parts: str) -> Any:
    return getattr(client, row.method)(row.path.format(**parts), row.data)


def kind_of(answer: Any) -> str:
    """What an answer amounts to, where a status alone does not say."""
    page = answer.content.decode(errors="replace")
    if answer.status_code == 302 and answer["Location"].startswith("/sign-in/"):
        return "sign in"
    if answer.status_code == 302 and answer["Location"].startswith("/admin/login/"):
        return "no role"
    request = answer.wsgi_request
    if answer.status_code == 302 and (request.method, request.path) == ("GET", "/"):
        # Sent to where the work of their role is.
        return "no role"
    if answer.status_code == 403:
        return "limited" if "This person’s record has limited access" in page else "no role"
    return str(answer.status_code)


@pytest.mark.parametrize("route", OF_A_CASE)
def test_an_address_of_a_case(route: str, robin: User) -> None:
    row = OF_A_CASE[route]
    told = {}
    for role in Role:
        robin.roles = {role}
        robin.save()
        for crn in (OWN, OTHERS, RESTRICTED, EXCLUDED, UNKNOWN):
            told[role.name, crn] = kind_of(asked(client_of(robin), row, crn=crn))
    limited = "limited"
    allowed = {OWN: str(row.answer), OTHERS: "404", RESTRICTED: limited, EXCLUDED: limited, UNKNOWN: "404"}
    assert told == {
        (role.name, crn): (answer if role in row.roles else "no role")
        for role in Role
        for crn, answer in allowed.items()
    }
    assert kind_of(asked(Client(), row, crn=OWN)) == "sign in"


@pytest.mark.parametrize("route", OF_NO_CASE)
def test_an_address_of_no_case(route: str, robin: User, rows_of: dict[str, str]) -> None:
    row = OF_NO_CASE[route]
    told = {}
    for role in Role:
        robin.roles = {role}
        robin.save()
        told[role] = kind_of(asked(client_of(robin), row, **rows_of))
    assert {role for role in Role if told[role] == str(row.answer)} == row.roles, told
    assert {told[role] for role in Role if role not in row.roles} <= {"no role"}, told
    assert kind_of(asked(Client(), row, **rows_of)) == "sign in" or route == "admin/logout/"


@pytest.mark.parametrize("label", MODELS)
def test_a_list_in_the_administration(label: str, robin: User, rows_of: dict[str, str]) -> None:
    rights = dict(zip(("view", "add", "change", "delete"), MODELS[label], strict=True))
    pages = [(route, doing) for route, of, doing in routes_of_models() if of == label]
    told: dict[tuple[str, str], str] = {}
    for role in Role:
        robin.roles = {role}
        robin.save()
        client = client_of(robin)
        for route, _ in pages:
            here = route.replace("<path:object_id>", rows_of.get(label.split(".")[1], ""))
            told[role.name, route] = kind_of(client.get(f"/{here}", follow=route.endswith("<path:object_id>/")))
    expected = {
        (role.name, route): "200" if role in rights[doing] else "no role" for role in Role for route, doing in pages
    }
    assert told == expected
    assert kind_of(Client().get(f"/admin/{label.replace('.', '/')}/")) == "sign in"


def test_the_administrations_pages_of_one_room_are_for_whoever_may_see_something_of_it(robin: User) -> None:
    for role in Role:
        robin.roles = {role}
        robin.save()
        client = client_of(robin)
        for app in {label.split(".")[0] for label in MODELS}:
            may = any(role in rights[0] for label, rights in MODELS.items() if label.startswith(f"{app}."))
            expected = "200" if may else ("404" if role in STAFF else "no role")
            assert kind_of(client.get(f"/admin/{app}/")) == expected, (role, app)


def test_somebody_without_any_role_is_refused_everywhere(robin: User, rows_of: dict[str, str]) -> None:
    robin.roles = set()
    robin.save()
    client = client_of(robin)
    for row in (*OF_A_CASE.values(), *OF_NO_CASE.values()):
        if row.path != "/admin/logout/":
            assert kind_of(asked(client, row, crn=OWN, **rows_of)) == "no role", row.path
