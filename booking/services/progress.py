"""From a booking to an appointment in Delius.

Each step can be run again from where the booking stands; what is unknown is read back before it is sent again.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from booking.formats import LONDON
from booking.models import Booking, BookingState
from booking.services import duplicates, schedule
from booking.services.attempts import AttemptLog
from booking.services.confirm import booking_key, release_draft
from booking.services.leases import WAIT_SECONDS, Held, lease
from booking.services.states import UNDER_WAY, move
from delius import contacts, nsis, selectors
from delius.attempts import recorded_by
from delius.errors import Clash, DeliusContractError, DeliusError, Forbidden, LeftAlone, NotFound, Refused, Unavailable
from delius.nsis import FoundNsi, NsiTypeDefaults
from delius.records import Event
from delius.writes import NewAppointment, Officer

# A write whose answer was lost has mostly happened by then.
FIRST_LOOK = timedelta(seconds=5)

NOT_ALLOWED = "Your Delius account is not allowed to record this for this team."
NO_LONGER_THERE = "Delius no longer has the sentence or requirement this was for."

logger = structlog.get_logger(__name__)


class SomebodyElsesIsUnknown(Exception):
    """Another booking may have made the NSI that this one is about to make; `until` is when that will be known."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Another booking may have made this NSI")
        self.until = until


def run(booking_id: Any, *, wait_seconds: float = WAIT_SECONDS, try_counted: bool = False) -> Booking:
    """Take a booking as far as it goes now, and return it.

    Where Delius gives no answer, the booking stays under way and a worker is woken later. Where Delius is left alone
    because it does not answer, a try that the caller has counted (`try_counted`) is given back: it was none. Raises
    booking.services.leases.Busy where another process is at work on it, or on the same NSI.
    """
    with lease(booking_key(booking_id), wait_seconds=wait_seconds) as held:
        booking = Booking.objects.select_related("user").get(id=booking_id)
        if booking.state not in UNDER_WAY:
            release_draft(booking)
            return booking
        next_try_at = None
        with recorded_by(AttemptLog(booking)):
            try:
                _advance(booking, held)
            except SomebodyElsesIsUnknown as waiting:
                next_try_at = waiting.until
            except LeftAlone as refused:
                next_try_at = timezone.now() + timedelta(seconds=refused.retry_after)
                if try_counted:
                    Booking.objects.filter(id=booking.id, tries__gt=0).update(tries=F("tries") - 1)
            except DeliusError as fault:
                logger.warning("booking_waits", booking=str(booking.id), fault=type(fault).__name__)
        if booking.state in UNDER_WAY:
            schedule.next_try(booking, at=next_try_at or _next_look(booking))
        else:
            release_draft(booking)
        if booking.state == BookingState.BOOKED:
            selectors.forget_appointments(booking.crn)
        return booking


def _advance(booking: Booking, held: Held) -> None:
    if booking.sent_at and booking.state in {BookingState.SUBMITTED, BookingState.NSI_READY}:
        _become_uncertain(booking, "The process ended before it had an answer")
    if booking.state == BookingState.UNCERTAIN:
        _read_back(booking)
    if booking.state == BookingState.SUBMITTED and booking.counts_towards_rar:
        _ready_nsi(booking, held)
    if booking.state == BookingState.NSI_READY or (
        booking.state == BookingState.SUBMITTED and not booking.counts_towards_rar
    ):
        _create_appointment(booking, held)


def _ready_nsi(booking: Booking, held: Held) -> None:
    if nsi_id := _nsi_of_the_series(booking):
        _use_nsi(booking, FoundNsi(nsi_id=nsi_id, created=False), "of its series")
        return
    now = timezone.now()
    assert booking.requirement_id is not None
    with lease(_nsi_key(booking)) as held_nsi:

        def about_to_create() -> None:
            _wait_for_others(booking)
            held.renew()
            held_nsi.renew()
            _put_on_record(booking, sent_at=timezone.now())

        try:
            found = nsis.find_or_create_nsi(
                crn=booking.crn,
                event=Event.for_writing(event_id=booking.event_id, referral_date=booking.event_referral_date),
                requirement_id=booking.requirement_id,
                nsi_type=_nsi_type(booking),
                officer=_officer(booking),
                username=booking.user.username,
                urn=booking.urn,
                now=now,
                today=now.astimezone(LONDON).date(),
                preferred=booking.preferred_nsi_id,
                about_to_create=about_to_create,
            )
        except (Unavailable, DeliusContractError) as fault:
            _unknown_or_raise(booking, fault, what="NSI")
        except (Refused, Clash, Forbidden, NotFound) as answer:
            _refuse(booking, answer)
        else:
            _use_nsi(booking, found, "created" if found.created else "reused")
            duplicates.note(booking, others=found.others)


def _nsi_of_the_series(booking: Booking) -> int | None:
    """Return the NSI that the appointment this one repeats, or another repeat, hangs from."""
    if booking.series_id is None:
        return None
    siblings = Booking.objects.filter(
        series_id=booking.series_id, requirement_id=booking.requirement_id, nsi_type_code=booking.nsi_type_code
    )
    return siblings.exclude(nsi_id=None).values_list("nsi_id", flat=True).first()


def _wait_for_others(booking: Booking) -> None:
    """Raise SomebodyElsesIsUnknown while another booking may be making the NSI that this one needs."""
    others = Booking.objects.filter(
        crn=booking.crn,
        event_id=booking.event_id,
        requirement_id=booking.requirement_id,
        nsi_type_code=booking.nsi_type_code,
        nsi_id__isnull=True,
        sent_at__gt=timezone.now() - _settling_period(),
    ).exclude(id=booking.id)
    latest = others.order_by("-sent_at").values_list("sent_at", flat=True).first()
    if latest:
        raise SomebodyElsesIsUnknown(until=latest + _settling_period())


def _use_nsi(booking: Booking, found: FoundNsi, how: str) -> None:
    move(
        booking,
        BookingState.NSI_READY,
        detail=f"NSI {found.nsi_id} {how}",
        nsi_id=found.nsi_id,
        nsi_created=found.created,
        sent_at=None,
    )


def _create_appointment(booking: Booking, held: Held) -> None:
    held.renew()
    _put_on_record(booking, sent_at=timezone.now())
    try:
        created = contacts.create_appointment(
            crn=booking.crn,
            event_id=booking.event_id,
            appointment=NewAppointment(
                type_code=booking.type_code,
                start=booking.start,
                end=booking.end,
                officer=_officer(booking),
                office_code=booking.office_code,
                notes=booking.notes,
                sensitive=booking.sensitive,
                nsi_id=booking.nsi_id,
            ),
            username=booking.user.username,
        )
    except Unavailable as fault:
        _unknown_or_raise(booking, fault, what="appointment")
    except Clash as clash:
        _clashed(booking, clash)
    except (Refused, Forbidden, NotFound) as answer:
        _refuse(booking, answer)
    else:
        _booked(booking, created.appointment_id, "created")


def _booked(booking: Booking, appointment_id: int, how: str) -> None:
    detail = f"Appointment {appointment_id} {how}"
    move(booking, BookingState.BOOKED, detail=detail, appointment_id=appointment_id, sent_at=None)


def _clashed(booking: Booking, clash: Clash) -> None:
    """A clash on something that may have been sent before may be with the appointment that we ourselves made."""
    sent_before = booking.history.filter(to_state=BookingState.UNCERTAIN).exists()
    if sent_before and (found := _appointment_in_delius(booking)):
        _booked(booking, found, "was ours")
        return
    move(
        booking,
        BookingState.REFUSED,
        detail="Clash with another appointment",
        reason=str(clash),
        clash=True,
        sent_at=None,
    )


def _refuse(booking: Booking, answer: Refused | Clash | Forbidden | NotFound) -> None:
    reasons = {Forbidden: NOT_ALLOWED, NotFound: NO_LONGER_THERE}
    reason = reasons.get(type(answer)) or str(answer)
    move(booking, BookingState.REFUSED, detail=type(answer).__name__, reason=reason, sent_at=None)


def _unknown_or_raise(booking: Booking, fault: Unavailable | DeliusContractError, *, what: str) -> None:
    if isinstance(fault, Unavailable) and fault.may_have_taken_effect:
        _become_uncertain(booking, f"No answer to creating the {what}")
        return
    if booking.sent_at:
        _put_on_record(booking, sent_at=None)
    raise fault


def _become_uncertain(booking: Booking, detail: str) -> None:
    """The time to settle counts from when we gave up waiting: what we sent may have left us later than we noted."""
    move(booking, BookingState.UNCERTAIN, detail=detail, sent_at=timezone.now())


def _put_on_record(booking: Booking, *, sent_at: datetime | None) -> None:
    """Write down that something is about to be sent, or that it certainly was not.

    Whoever finds a booking with a send on record, after a crash, reads back before sending anything.
    """
    booking.sent_at = sent_at
    booking.save(update_fields=["sent_at", "updated_at"])


def _read_back(booking: Booking) -> None:
    """Find out what became of what we sent; go back a step only when it is certain that it was not done."""
    if booking.counts_towards_rar and booking.nsi_id is None:
        _read_back_nsi(booking)
        return
    found = _appointment_in_delius(booking)
    if found:
        _booked(booking, found, "found")
    elif _has_settled(booking):
        before = BookingState.NSI_READY if booking.counts_towards_rar else BookingState.SUBMITTED
        move(booking, before, detail="No appointment was made", sent_at=None)


def _read_back_nsi(booking: Booking) -> None:
    assert booking.requirement_id is not None
    with lease(_nsi_key(booking)):
        found = nsis.find_nsi(
            crn=booking.crn,
            event_id=booking.event_id,
            requirement_id=booking.requirement_id,
            nsi_type=_nsi_type(booking),
            urn=booking.urn,
            preferred=booking.preferred_nsi_id,
        )
        if found:
            _use_nsi(booking, found, "found")
            duplicates.note(booking, others=found.others)
        elif _has_settled(booking):
            move(booking, BookingState.SUBMITTED, detail="No NSI was made", sent_at=None)


def _appointment_in_delius(booking: Booking) -> int | None:
    """Return the appointment that this booking made, if Delius has one: not one that another booking made."""
    others = Booking.objects.filter(crn=booking.crn, start=booking.start, appointment_id__isnull=False)
    return contacts.find_appointment(
        crn=booking.crn,
        event_id=booking.event_id,
        type_code=booking.type_code,
        start=booking.start,
        end=booking.end,
        nsi_id=booking.nsi_id,
        not_among={each.appointment_id for each in others if each.appointment_id},
    )


def _next_look(booking: Booking) -> datetime:
    now = timezone.now()
    if booking.state == BookingState.UNCERTAIN and booking.sent_at:
        looks = (booking.sent_at + FIRST_LOOK, booking.sent_at + _settling_period())
        if due := [at for at in looks if at > now]:
            return due[0]
    return now + schedule.delay(booking.tries)


def _has_settled(booking: Booking) -> bool:
    return booking.sent_at is None or timezone.now() - booking.sent_at >= _settling_period()


def _settling_period() -> timedelta:
    """How long Delius may still be working on something that we sent, before "not there" means "not done"."""
    return timedelta(seconds=settings.BOOKING_SETTLING_SECONDS)


def _nsi_key(booking: Booking) -> str:
    return f"nsi:{booking.crn}:{booking.event_id}:{booking.requirement_id}:{booking.nsi_type_code}"


def _nsi_type(booking: Booking) -> NsiTypeDefaults:
    return NsiTypeDefaults(
        type_code=booking.nsi_type_code,
        sub_type_code=booking.nsi_sub_type_code or None,
        status_code=booking.nsi_status_code,
        length=booking.nsi_length,
        notes=booking.nsi_notes,
    )


def _officer(booking: Booking) -> Officer:
    return Officer(provider_code=booking.provider_code, team_code=booking.team_code, staff_code=booking.staff_code)
