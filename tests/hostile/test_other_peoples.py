"""What belongs to somebody else stays theirs, whatever address, field or id is changed for another."""

import uuid
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.core.signing import TimestampSigner
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking.models import Booking, BookingState, Draft
from guidance.services import previews, publishing
from tests.booking.journeys import answer_all, sent_by_the_page_of
from tests.booking.test_bad_input import errors_in
from tests.booking.test_confirming import CASE, confirm, toolkit_nsis, visits
from tests.guidance.factories import make_flag_page, make_toolkit_page, published
from tests.hostile.test_every_form import writes
from tests.hostile.world import GITA, World, rar_requirements, routes
from tests.same_page import text_of
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
# The case of a colleague of another team, one whose record is restricted, one that excludes Robin, and one of nobody.
OMAR, NOBODY = "X000014", "X999999"
BRIAN = "X000001"
NOT_ROBINS = [OMAR, "X000018", NOBODY]
CASE_ROUTES = [route for route in routes() if "<crn:crn>" in route]
BOOKING_ROUTES = [route for route in CASE_ROUTES if "<uuid:booking_id>" in route]


def at(route: str, *, crn: str, booking_id: object = "00000000-0000-0000-0000-000000000000", slug: str = "type") -> str:
    values = {"<crn:crn>": crn, "<uuid:booking_id>": str(booking_id), "<slug:slug>": slug}
    for parameter, value in values.items():
        route = route.replace(parameter, value)
    return f"/{route}"


def both(client: Client, path: str, data: Any = None) -> list[Any]:
    """The answers to a GET and to a POST, but for a method that an address does not know."""
    answers = client.get(path), client.post(path, data or {})
    return [answer for answer in answers if answer.status_code != 405]


class TestCases:
    @pytest.mark.parametrize("crn", NOT_ROBINS)
    def test_no_address_of_somebody_elses_case_says_that_it_is_there(self, world: World, crn: str) -> None:
        own = world.bookings[BookingState.SUBMITTED]
        unknown = text_of(world.robin.get("/cases/X888888/arrange/"))
        for route in CASE_ROUTES:
            for answer in both(world.robin, at(route, crn=crn, booking_id=own.pk), {"type": "COAP", "crn": GITA}):
                assert answer.status_code == 404, route
                assert text_of(answer) == unknown, route
        assert not Draft.objects.filter(crn=crn).exists()
        assert Booking.objects.get(pk=own.pk).state == BookingState.SUBMITTED
        assert writes(world.simulator) == []

    @pytest.mark.parametrize("name", ["crn", "case", "person", "username", "user", "find"])
    def test_a_crn_that_is_sent_along_changes_nobody_elses_case(
        self, robin: Client, simulator: Simulator, name: str
    ) -> None:
        answer_all(robin)
        extra = {name: OMAR}
        robin.post(f"{CASE}/notes/?{name}={OMAR}", {"notes": "Of Brian", **extra})
        robin.post(f"{CASE}/check/?{name}={OMAR}", {**sent_by_the_page_of(Draft.objects.get()), **extra})
        assert Booking.objects.get().crn == BRIAN
        assert visits(simulator, OMAR) == []
        assert len(visits(simulator)) == 1

    def test_finding_somebody_elses_crn_says_only_that_it_is_not_ones_own(self, robin: Client) -> None:
        answers = [robin.post("/", {"find": crn}, follow=True) for crn in (OMAR, NOBODY)]
        pages = [text_of(answer).replace(crn, "") for answer, crn in zip(answers, (OMAR, NOBODY), strict=True)]
        assert pages[0] == pages[1]
        assert "You do not have a case with the CRN" in pages[0]
        assert "Omar" not in pages[0]


class TestDrafts:
    def test_what_a_colleague_typed_for_the_same_case_is_neither_shown_nor_touched(self, world: World) -> None:
        of_terry = Draft.objects.get(user__username="TERRY.TWOTEAMS")
        Draft.objects.filter(pk=of_terry.pk).update(answers=of_terry.answers | {"notes": {"notes": "Terry’s words"}})
        before = Draft.objects.filter(pk=of_terry.pk).values()[0]
        extra = {"id": of_terry.pk, "draft": of_terry.pk, "draft_id": of_terry.pk, "user": of_terry.user_id}
        for slug in ("notes", "check", ""):
            answer = world.robin.get(f"/cases/{GITA}/arrange/{slug}/".replace("//", "/"), extra)
            assert "Terry’s words" not in answer.content.decode()
        world.robin.post(f"/cases/{GITA}/arrange/notes/", {"notes": "Mine", **extra})
        world.robin.post(f"/cases/{GITA}/arrange/discard/", extra)
        assert Draft.objects.filter(pk=of_terry.pk).values()[0] == before

    def test_a_colleagues_draft_cannot_be_confirmed_by_its_booking_id_and_fingerprint(self, world: World) -> None:
        of_terry = Draft.objects.get(user__username="TERRY.TWOTEAMS")
        bookings = Booking.objects.count()
        world.robin.post(f"/cases/{GITA}/arrange/check/", sent_by_the_page_of(of_terry))
        assert Booking.objects.count() == bookings
        assert writes(world.simulator) == []


class TestBookings:
    @pytest.fixture
    def of_terry(self, world: World) -> Booking:
        """Terry's booking of a case that Robin may see, under way and not sent."""
        booking: Booking = world.bookings[BookingState.SUBMITTED]
        booking.user = Draft.objects.get(user__username="TERRY.TWOTEAMS").user
        booking.save()
        return booking

    def test_a_colleagues_booking_of_a_case_that_one_may_see_is_not_there(
        self, world: World, of_terry: Booking
    ) -> None:
        before = Booking.objects.filter(pk=of_terry.pk).values()[0]
        for route in BOOKING_ROUTES:
            for answer in both(world.robin, at(route, crn=GITA, booking_id=of_terry.pk), {"user": of_terry.user_id}):
                assert answer.status_code == 404, route
        assert Booking.objects.filter(pk=of_terry.pk).values()[0] == before
        assert writes(world.simulator) == []

    @pytest.mark.parametrize("crn", [OMAR, BRIAN])
    def test_ones_own_booking_is_not_at_another_case_be_it_ones_own_or_not(self, world: World, crn: str) -> None:
        for route, own in product(BOOKING_ROUTES, (world.series, world.bookings[BookingState.SUBMITTED])):
            for answer in both(world.robin, at(route, crn=crn, booking_id=own.pk)):
                assert answer.status_code == 404, route
        assert not Draft.objects.filter(crn=crn).exists()
        assert Booking.objects.get(pk=world.bookings[BookingState.SUBMITTED].pk).state == BookingState.SUBMITTED

    def test_the_id_of_a_series_opens_nothing_that_the_id_of_a_booking_does_not(
        self, world: World, of_terry: Booking
    ) -> None:
        of_terry.series_id = of_terry.pk
        of_terry.save()
        for route, series_id in product(BOOKING_ROUTES, (of_terry.series_id, world.series.series_id)):
            for answer in both(world.robin, at(route, crn=GITA, booking_id=series_id)):
                assert answer.status_code == 404, route

    def test_a_colleagues_booking_id_in_the_hidden_field_carries_on_nothing_of_theirs(
        self, world: World, of_terry: Booking
    ) -> None:
        sent = sent_by_the_page_of(world.draft) | {"booking_id": str(of_terry.pk), "answers": "none"}
        answer = world.robin.post(f"/cases/{GITA}/arrange/check/", sent)
        assert str(of_terry.pk) not in answer.content.decode()
        assert Booking.objects.get(pk=of_terry.pk).state == BookingState.SUBMITTED
        assert writes(world.simulator) == []


class TestNsis:
    """The NSI that *Check your answers* showed comes back in a hidden field. It is used only if it could be anyway."""

    def other_nsi(self, simulator: Simulator, kind: str) -> str:
        second = rar_requirements(GITA)[1]
        own = rar_requirements(BRIAN)[0]
        of_another = {
            "eventId": second.event.event_id,
            "requirementId": second.requirement_id,
        }
        added = {
            "of another person": lambda: simulator.add_nsi("X000002", "TKDEV"),
            "of a person whose case one may not see": lambda: simulator.add_nsi(OMAR, "TKDEV"),
            "of another requirement": lambda: simulator.add_nsi(BRIAN, "TKDEV", **of_another),
            "of another person on this requirement": lambda: simulator.add_nsi(
                OMAR, "TKDEV", requirementId=own.requirement_id
            ),
            "of no requirement": lambda: simulator.add_nsi(BRIAN, "TKDEV", requirementId=None),
            "of another type": lambda: simulator.add_nsi(BRIAN, "TKMAP"),
            "soft-deleted": lambda: simulator.add_nsi(BRIAN, "TKDEV", softDeleted=True),
            "ended": lambda: simulator.add_nsi(BRIAN, "TKDEV", endDate=timezone.localdate().isoformat()),
        }
        return str(added[kind]()["nsiId"])

    @pytest.mark.parametrize(
        "kind",
        [
            "of another person",
            "of a person whose case one may not see",
            "of another requirement",
            "of another person on this requirement",
            "of no requirement",
            "of another type",
            "soft-deleted",
            "ended",
        ],
    )
    @pytest.mark.parametrize("usable", [0, 2])
    def test_an_nsi_that_is_not_offered_is_never_given_an_appointment(
        self, robin: Client, simulator: Simulator, kind: str, usable: int
    ) -> None:
        other = self.other_nsi(simulator, kind)
        offered = [simulator.add_nsi(BRIAN, "TKDEV")["nsiId"] for _ in range(usable)]
        answer_all(robin)
        robin.post(f"{CASE}/check/", {**sent_by_the_page_of(Draft.objects.get()), "nsi": other})
        (visit,) = visits(simulator)
        assert str(visit["nsiId"]) != other
        made = {nsi["nsiId"] for nsi in toolkit_nsis(simulator) if nsi["createdBy"] == "ROBIN.SAMPLE"}
        assert visit["nsiId"] in (offered or made)
        assert len(made) == (0 if usable else 1)
        assert not [each for each in simulator.contacts() if str(each["nsiId"]) == other]

    @pytest.mark.parametrize("tampered", ["", "0", "-1", "9" * 18, "9" * 40, "1.0", "1e3", "٣", "x", "\x00", "[]"])
    def test_what_is_no_nsi_is_as_if_none_were_sent(self, robin: Client, simulator: Simulator, tampered: str) -> None:
        answer_all(robin)
        robin.post(f"{CASE}/check/", {**sent_by_the_page_of(Draft.objects.get()), "nsi": tampered})
        assert [visit["nsiId"] for visit in visits(simulator)] == [nsi["nsiId"] for nsi in toolkit_nsis(simulator)]


class TestWhatIsOffered:
    """Each id that a question takes is one of those it offers. These are real ones of somebody or something else."""

    @pytest.mark.parametrize(
        ("step", "message"),
        [
            ("team", "Select the team this appointment is for"),
            ("type", "Select the type of appointment"),
            ("requirement", "Select the RAR requirement this counts towards"),
            ("sentence", "Select the sentence this appointment is for"),
            ("toolkit", "Select the RAR toolkit you will use"),
            ("record", "Select the record you will add this appointment to"),
            ("where", "Select a location for this appointment"),
            ("dates", "Select at least one repeat appointment, or go back and make it a one-off appointment"),
        ],
    )
    def test_an_id_that_is_not_offered_is_refused_and_the_answers_stay_as_they_were(
        self, world: World, step: str, message: str
    ) -> None:
        client = world.terry if step in {"team", "sentence"} else world.robin
        before = list(Draft.objects.order_by("pk").values("answers", "booking_id", "crn", "user_id"))
        for sent in self.not_offered(world)[step]:
            assert errors_in(client.post(f"/cases/{GITA}/arrange/{step}/", sent))[0] == message
        assert list(Draft.objects.order_by("pk").values("answers", "booking_id", "crn", "user_id")) == before

    @pytest.mark.parametrize("step", ["team", "type", "requirement", "sentence", "toolkit", "where", "dates"])
    def test_an_id_that_is_not_offered_is_asked_again_even_where_it_came_into_the_draft(
        self, world: World, step: str
    ) -> None:
        client, username = (
            (world.terry, "TERRY.TWOTEAMS") if step in {"team", "sentence"} else (world.robin, "ROBIN.SAMPLE")
        )
        draft = Draft.objects.get(user__username=username)
        for sent in self.not_offered(world)[step]:
            kept = {name: value if isinstance(value, str) else " ".join(value) for name, value in sent.items()}
            draft.answers = draft.answers | {step: kept}
            draft.save()
            client.post(f"/cases/{GITA}/arrange/check/", sent_by_the_page_of(draft))
            asked_again = client.get(f"/cases/{GITA}/arrange/check/")
            assert asked_again["Location"] == f"/cases/{GITA}/arrange/{step}/?problem=order"
        assert writes(world.simulator) == []

    def test_a_record_that_is_not_offered_is_not_used_even_where_it_came_into_the_draft(self, world: World) -> None:
        offered = {nsi["nsiId"] for nsi in toolkit_nsis(world.simulator, GITA)}
        before = {visit["contactId"] for visit in visits(world.simulator, GITA)}
        for sent in self.not_offered(world)["record"]:
            draft = world.draft
            draft.answers = draft.answers | {"record": sent, "repeat": {"repeat": "no"}}
            Draft.objects.update_or_create(
                user=draft.user, crn=GITA, defaults={"answers": draft.answers, "booking_id": uuid.uuid4()}
            )
            confirm(world.robin, crn=GITA)
        (made,) = (visit for visit in visits(world.simulator, GITA) if visit["contactId"] not in before)
        assert made["nsiId"] in offered

    def not_offered(self, world: World) -> dict[str, list[dict[str, Any]]]:
        of_brian = rar_requirements(BRIAN)[0]
        first, second = rar_requirements(GITA)
        other_nsi = world.simulator.add_nsi(BRIAN, "TKDEV")["nsiId"]
        on_second = world.simulator.add_nsi(
            GITA, "TKDEV", eventId=second.event.event_id, requirementId=second.requirement_id
        )["nsiId"]
        far = (timezone.localdate() + timedelta(days=22)).isoformat()
        return {
            "team": [{"team": "N90BBB"}, {"team": "N91AAA"}, {"team": "n90aaa"}],
            "type": [{"type": "CITA"}, {"type": "coap"}, {"type": "COAP,", "other": "COAP"}],
            "requirement": [
                {"requirement": f"{of_brian.event.event_id}-{of_brian.requirement_id}"},
                {"requirement": f"{first.event.event_id}-{second.requirement_id}"},
                {"requirement": str(first.requirement_id)},
            ],
            "sentence": [{"sentence": str(of_brian.event.event_id)}, {"sentence": f"0{first.event.event_id}"}],
            "toolkit": [{"toolkit": "nat1"}, {"toolkit": "TKDEV"}],
            "record": [{"record": str(other_nsi)}, {"record": str(on_second)}],
            "where": [{"office": "N90MIL"}, {"office": "N91CLF"}, {"office": "none"}],
            "dates": [{"dates": [far]}, {"dates": [timezone.localdate().isoformat()]}],
        }

    def test_another_type_that_is_not_offered_is_refused(self, world: World) -> None:
        answer = world.robin.post(f"/cases/{GITA}/arrange/type/", {"type": "other", "other": "COAP"})
        assert errors_in(answer) == ["Select another type of appointment from the list"]


class TestPreviews:
    """A reviewer's link is for one page, for some days."""

    def shared(self, token: str) -> Any:
        return Client().get(reverse("guidance:shared-preview", args=[token]))

    def test_a_link_that_was_tampered_with_shows_nothing(self) -> None:
        page, other = make_toolkit_page(), make_toolkit_page(title="Another", slug="another")
        token = previews.token_for(page)
        value, moment, signature = token.split(":")
        later = f"{value}:{'z' * len(moment)}:{signature}"
        of_other = f"{page.kind}~{other.pk}:{moment}:{signature}"
        of_other_kind = f"risk-flag~{page.pk}:{moment}:{signature}"
        unsigned = f"{value}:{moment}:"
        assert self.shared(token).status_code == 200
        for tampered in (later, of_other, of_other_kind, unsigned, token[:-1], f"{token}x", value, "x", "::", "é:é:é"):
            answer = self.shared(tampered)
            assert answer.status_code == 404, tampered
            assert "Another" not in answer.content.decode()

    def test_what_we_signed_for_something_else_is_no_link(self) -> None:
        page = make_toolkit_page()
        for salt in ("django.core.signing", "guidance", "guidance.previews "):
            assert self.shared(TimestampSigner(salt=salt).sign(f"{page.kind}~{page.pk}")).status_code == 404

    def test_a_link_ends_after_its_days_and_when_the_page_is_put_away(self, settings: Any) -> None:
        page = published(make_flag_page())
        token = previews.token_for(page)
        with time_machine.travel(timezone.now() + timedelta(days=settings.GUIDANCE_PREVIEW_DAYS, seconds=-60)):
            assert self.shared(token).status_code == 200
        with time_machine.travel(timezone.now() + timedelta(days=settings.GUIDANCE_PREVIEW_DAYS, seconds=60)):
            assert self.shared(token).status_code == 404
        publishing.archive(page, by=None, note="Not needed")
        assert self.shared(token).status_code == 404


def test_a_second_press_finds_ones_own_booking_and_nobody_elses(world: World) -> None:
    answer_all(world.robin, days=12)
    draft = Draft.objects.get(crn=BRIAN)
    sent = sent_by_the_page_of(draft)
    confirm(world.robin)
    answer = world.terry.post(f"{CASE}/check/", sent)
    assert str(draft.booking_id) not in answer.get("Location", "")
    assert len(visits(world.simulator)) == 1
