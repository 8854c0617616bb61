"""Every address of the product, with something at it: found from the product itself, so that a new one is tried too."""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from appointments.models import ChangeDraft, ChangeKind, ChangeState, Move, RecordedOutcome, TextKind, TextMessage
from appointments.moving import SLUGS as MOVE_SLUGS
from audit.models import AuditEvent
from booking.journey.steps import STEPS
from booking.models import Booking, BookingHistory, BookingState, Draft, DuplicateNsis, UpstreamAttempt
from booking.tasks import resume_due_bookings
from delius import selectors as delius
from delius.models import MirrorCursor
from delius.selectors import RarRequirement
from delius.writes.appointments import NAMESPACE
from guidance.admin.workflow import STEPS as LIFE
from guidance.models import Feedback, ZeroResultSearch
from guidance.services import previews, publishing
from rarbooking.web.request_bodies import force_utf8
from tests.booking.journeys import day_in, typed
from tests.delius.factories import make_contact, make_nsi
from tests.guidance.factories import make_flag_page, make_toolkit_page, published, rewritten
from tests.rarbooking.test_nothing_is_open import addresses
from tests.simulator_process import Simulator
from toolkits.models import ToolkitList

# Two sentences with a RAR requirement each. Robin manages the case; Terry has two teams, one of them Robin's.
GITA = "X000006"
OF_NOBODY = (
    "sign-in/",
    "sign-out/",
    "signed-out/",
    "health",
    "info",
    "metrics",
    "guidance/preview/shared/",
    "admin/login/",
)
OF_TERRY = frozenset({"team", "sentence"})
SPECIAL = {
    r"admin/^(?P<app_label>": "/admin/booking/",
    r"admin/(?P<url>": "/admin/no-such-page/",
    "admin/r/": "/admin/r/{content_type}/{booking}/",
    "admin/rarbooking/user/<id>/password/": "/admin/rarbooking/user/{user}/password/",
}
PARTS_OF_A_CASE = {"/arrange/": "journey", "/move/": "moving", "/outcome/": "outcomes"}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Visit:
    """An address of a route, and who goes there."""

    route: str
    path: str
    client: Client


def as_served(client: Client) -> Client:
    """Return a client whose requests come in by the door of `rarbooking.wsgi`."""
    handler: Any = client.handler
    client.handler = lambda environ: handler(force_utf8(environ))  # type: ignore[assignment]
    return client


def routes() -> list[str]:
    """Return every route of the product."""
    return [route for route, _ in addresses(get_resolver().url_patterns)]


def area_of(route: str) -> str:
    """Return the part of the product that a route belongs to: what one test walks through."""
    first, second, third = (*route.split("/"), "", "")[:3]
    if first == "admin":
        return f"admin-{second}-{third}" if second in {app.label for app in apps.get_app_configs()} else "admin"
    if first == "cases":
        return next((name for part, name in PARTS_OF_A_CASE.items() if part in route), "cases")
    return {"guidance": "guidance", "": "cases"}.get(first, "service")


AREAS = sorted({area_of(route) for route in routes()})


def rar_requirements(crn: str, *, username: str = "ROBIN.SAMPLE") -> tuple[RarRequirement, ...]:
    """The RAR requirements in force of a person whose case somebody may see."""
    return delius.rar_requirements(delius.case(crn, username=username), on=timezone.localdate())


class World:
    """People, drafts, bookings, guidance and reference data, so that every address has something at it."""

    def __init__(self, *, sign_in: Callable[[str], Client], admin: Client, simulator: Simulator) -> None:
        self.simulator = simulator
        self.robin, self.terry = as_served(sign_in("ROBIN.SAMPLE")), as_served(sign_in("TERRY.TWOTEAMS"))
        self.admin, self.nobody = as_served(admin), as_served(Client())
        for _ in range(2):
            simulator.add_nsi(GITA, "TKDEV")
        self.past, self.coming, _ = (self._visit(days=days) for days in (-3, 30, 37))
        self.draft = self._draft(self.robin, "ROBIN.SAMPLE")
        self._draft(self.terry, "TERRY.TWOTEAMS", rar="no")
        self.bookings = {state: self._booking(state) for state in BookingState}
        self.series = self._booking(BookingState.REFUSED, series_id=uuid.uuid4())
        self.move, self.outcome = self._move(), self._outcome()
        self._guidance()
        self._rows()
        simulator.clear_requests()

    def visits(self, area: str) -> list[Visit]:
        """Return an address, or more, for every route of an area."""
        return [visit for route in routes() if area_of(route) == area for visit in self._visits(route)]

    def pages_besides(self) -> list[Visit]:
        """Return pages that have forms for addresses of visits, and are no visits: looking again goes on to Delius."""
        bookings = [*self.bookings.values(), self.series]
        return [Visit("", f"/cases/{GITA}/appointments/{each.series_id or each.pk}/", self.robin) for each in bookings]

    def _visits(self, route: str) -> Iterator[Visit]:
        special = next((address for start, address in SPECIAL.items() if route.startswith(start)), None)
        if special:
            content_type = ContentType.objects.get_for_model(Booking).pk
            booking, user = self.bookings[BookingState.BOOKED].pk, self.draft.user_id
            yield Visit(route, special.format(content_type=content_type, booking=booking, user=user), self._who(route))
            return
        for values in self._values(route, PARAMETER.findall(route)):
            path = "/" + PARAMETER.sub("{}", route).format(*(values[name] for name in PARAMETER.findall(route)))
            yield Visit(route, path, self._who(route, values.get("slug", "")))

    def _who(self, route: str, slug: str = "") -> Client:
        if route.startswith(OF_NOBODY):
            return self.nobody
        if route.startswith(("admin/", "guidance/preview/")):
            return self.admin
        return self.terry if slug in OF_TERRY else self.robin

    def _values(self, route: str, names: list[str]) -> list[dict[str, Any]]:
        """Return what may stand for a route's parameters. A name that is not known here has to be made known."""
        if route.startswith("cases/"):
            found = {
                "crn": GITA,
                "booking_id": self._booking_for(route),
                "contact_id": self._contact_for(route),
                "move_id": self.move.pk,
                "change_id": self.outcome.pk,
            }
            questions = MOVE_SLUGS if "/move/" in route else [step.slug for step in STEPS]
            slugs = questions if "slug" in names else [""]
            return [{name: (found | {"slug": slug})[name] for name in names} for slug in slugs]
        if route.startswith("admin/guidance/") and "pk" in names:
            kind = route.split("/")[2]
            steps = [step.name for step in LIFE] if "name" in names else [""]
            return [{"pk": self.page_for(kind, step), "name": step, "version": 1} for step in steps]
        if route.startswith("guidance/"):
            page = self.flag if "risk-flags" in route else self.toolkit
            found = {"slug": page.slug, "kind": page.kind, "pk": page.pk, "token": previews.token_for(page)}
            return [{name: found[name] for name in names}]
        if names == ["object_id"]:
            app, model = route.split("/")[1:3]
            return [{"object_id": apps.get_model(app, model)._default_manager.order_by("pk")[0].pk}]
        assert not names, f"Say in tests/hostile/world.py what stands for {names} in {route}"
        return [{}]

    def _booking_for(self, route: str) -> uuid.UUID:
        if route.endswith("/again/"):
            return self.series.pk
        return self.bookings[BookingState.SUBMITTED if route.endswith("/cancel/") else BookingState.BOOKED].pk

    def _contact_for(self, route: str) -> int:
        """Return an appointment that can be moved or called off, or else one whose outcome can be recorded."""
        return self.coming if "/move/" in route or route.endswith(("/cancel/", "/text/")) else self.past

    def page_for(self, kind: str, step: str) -> int:
        """Return the guidance to which a step of its life can be done."""
        archived, page = self.pages[kind]
        return (archived if step == "unarchive" else page).pk

    def _draft(self, client: Client, username: str, *, rar: str = "yes") -> Draft:
        """What somebody has answered: everything, so that each question may be visited."""
        requirement = rar_requirements(GITA, username=username)[0]
        event = requirement.event.event_id
        days = [(timezone.localdate() + timedelta(days=7 + 7 * week)).isoformat() for week in (1, 2)]
        answers = typed() | {
            "team": {"team": "N90AAA"},
            "rar": {"rar": rar},
            "requirement": {"requirement": f"{event}-{requirement.requirement_id}"},
            "sentence": {"sentence": str(event)},
            "when": {**day_in(7), "start_time": "9am", "end_time": "10am"},
            "repeat": {"repeat": "yes", "frequency": "week", "number": "2"},
            "dates": {"dates": " ".join(days)},
            "repeat-rar": {"repeat_rar": rar},
            "notes": {"notes": "Bring it", "notes_repeat": "no"},
            "sensitive": {"sensitive": "no", "sensitive_repeat": "no"},
        }
        answers |= {"toolkit": {"toolkit": "developing-dialogues"}}
        return Draft.objects.create(user_id=client.session["_auth_user_id"], crn=GITA, answers=answers)

    def _visit(self, *, days: int) -> int:
        """An appointment in Delius, some days from now."""
        day = timezone.localdate() + timedelta(days=days)
        added = self.simulator.add_contact(
            GITA,
            start=f"{day}T09:00",
            end=f"{day}T10:00",
            type="COAP",
            officeLocationCode="N90HAR",
            externalReference=f"{NAMESPACE}{uuid.uuid4()}",
        )
        return int(added["contactId"])

    def _move(self) -> Move:
        """A move that was recorded, and the answers of one that is not confirmed."""
        answers = {
            "why": {"requested_by": "PERSON", "reason": "Asked for another day"},
            "which": {"which": "alone"},
            "when": {**day_in(31), "start_time": "9am", "end_time": "10am"},
            "where": {"office": "N90WHF"},
        }
        start = timezone.now() + timedelta(days=30)
        usual = {"user_id": self.draft.user_id, "crn": GITA, "contact_id": self.coming}
        ChangeDraft.objects.create(**usual, kind=ChangeKind.MOVE, answers=answers)
        return Move.objects.create(
            **usual,
            state=ChangeState.RECORDED,
            version=1,
            type_code="COAP",
            type_name="Office visit",
            appointment_start=start,
            requested_by="PERSON",
            new_contact_id=self.coming + 1000,
            start=start,
            end=start + timedelta(hours=1),
        )

    def _outcome(self) -> RecordedOutcome:
        """An outcome that was recorded, and the answers of one that is not confirmed."""
        usual = {"user_id": self.draft.user_id, "crn": GITA, "contact_id": self.past}
        answers = {"attendance": "unacceptable-absence", "enforcement_unacceptable-absence": "ROM", "notes": "Rang"}
        ChangeDraft.objects.create(**usual, kind=ChangeKind.OUTCOME, answers=answers)
        return RecordedOutcome.objects.create(
            **usual,
            state=ChangeState.RECORDED,
            version=1,
            type_code="COAP",
            type_name="Office visit",
            appointment_start=timezone.now() - timedelta(days=3),
            outcome_code="ATTC",
            outcome_name="Attended - Complied",
            attended=True,
        )

    def _booking(self, state: BookingState, **values: Any) -> Booking:
        start = timezone.now() + timedelta(days=40)
        usual = {
            "user_id": self.draft.user_id,
            "crn": GITA,
            "state": state,
            "event_id": 1,
            "provider_code": "N90",
            "team_code": "N90AAA",
            "staff_code": "N90A001",
            "type_code": "COAP",
            "type_name": "Office visit",
            "start": start,
            "end": start + timedelta(hours=1),
            "sensitive": False,
            "requirement_id": 2,
            "toolkit_name": "Developing Dialogues",
            "toolkit_slug": "developing-dialogues",
            "nsi_type_code": "TKDEV",
            "nsi_status_code": "INPROG",
        }
        return Booking.objects.create(**usual | values)

    def _guidance(self) -> None:
        self.toolkit = published(make_toolkit_page(needs=["Housing"], offence_types=["Any"], settings=["one-to-one"]))
        self.flag = published(make_flag_page())
        published(make_toolkit_page(title="Stepping Stones", slug="stepping-stones", needs=["Housing"]))
        self.pages = {}
        for kind, page, make in (
            ("toolkitguidance", self.toolkit, make_toolkit_page),
            ("riskflagguidance", self.flag, make_flag_page),
        ):
            away = make(title="Put away", slug="put-away", **({} if make is make_toolkit_page else {"code": "AWAY"}))
            away = publishing.archive(away, by=None, note="Not needed")
            page = rewritten(page, summary="Newer")
            page = publishing.schedule(page, by=None, note="Later", at=timezone.now() + timedelta(days=1))
            self.pages[kind] = (away, page)

    def _rows(self) -> None:
        needs_attention = self.bookings[BookingState.NEEDS_ATTENTION]
        TextMessage.objects.create(
            user_id=self.draft.user_id,
            crn=GITA,
            contact_id=self.past + 1000,
            kind=TextKind.ARRANGED,
            appointment_start=timezone.now(),
            consent_at=timezone.now(),
        )
        BookingHistory.objects.create(booking=needs_attention, to_state=BookingState.NEEDS_ATTENTION)
        UpstreamAttempt.objects.create(booking=needs_attention, operation="putNsi", correlation_id="a")
        now = timezone.now()
        DuplicateNsis.objects.create(
            crn=GITA,
            event_id=1,
            requirement_id=2,
            nsi_type_code="TKDEV",
            chosen_nsi_id=3,
            other_nsi_ids=[4],
            seen_at=now,
        )
        make_contact(make_nsi())
        MirrorCursor.objects.create(type_codes="TKDEV", updated_at=now)
        Feedback.objects.create(page="/guidance/toolkits/maps-for-change/", useful=True)
        ZeroResultSearch.objects.create(words="nothing")
        ToolkitList.objects.create()
        Group.objects.get_or_create(name="Somebody")
        resume_due_bookings.enqueue()
        assert AuditEvent.objects.exists()
