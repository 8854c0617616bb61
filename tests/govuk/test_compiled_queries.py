"""A query that is compiled once answers as Django's own does."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Booking, BookingState, Draft
from booking.selectors import draft_of, draft_with_booking, work_under_way
from rarbooking.identity.session_store import SessionStore
from rarbooking.models import Session, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create(username="SOMEBODY")


def book(user: User, crn: str, **values: object) -> Booking:
    now = timezone.now()
    fields = {"id": uuid.uuid4(), "state": BookingState.SUBMITTED, "event_id": 1, "sensitive": False}
    return Booking.objects.create(user=user, crn=crn, start=now, end=now + timedelta(hours=1), **(fields | values))


def test_a_draft_is_the_row_of_this_person_and_case(user: User) -> None:
    other = User.objects.create(username="ELSE")
    answers = {"when": {"date_day": "1"}, "notes": {"notes": "50% off, “quoted”"}}
    saved = Draft.objects.create(user=user, crn="X000001", answers=answers)
    Draft.objects.create(user=user, crn="X000002", answers={"rar": {"rar": "no"}})
    Draft.objects.create(user=other, crn="X000001")
    found = draft_of(user_id=user.pk, crn="X000001")
    columns = [field.attname for field in Draft._meta.concrete_fields]
    as_django_reads_it = Draft.objects.get(pk=saved.pk)
    assert [getattr(found, name) for name in columns] == [getattr(as_django_reads_it, name) for name in columns]
    found.step = "when"
    found.save()
    assert Draft.objects.get(pk=saved.pk).step == "when"


def test_a_draft_knows_its_booking_while_that_is_under_way(user: User) -> None:
    Draft.objects.create(user=user, crn="X000001", answers={"rar": {"rar": "no"}})
    draft, under_way = draft_with_booking(user_id=user.pk, crn="X000001")
    assert under_way is None
    booking = book(user, draft.crn, id=draft.booking_id)
    found, under_way = draft_with_booking(user_id=user.pk, crn="X000001")
    assert (found, found.answers, under_way) == (draft, draft.answers, booking.id)
    Booking.objects.update(state=BookingState.REFUSED)
    assert draft_with_booking(user_id=user.pk, crn="X000001")[1] is None
    assert draft_with_booking(user_id=user.pk, crn="X000002")[0].pk is None


def test_what_is_under_way_is_this_persons_and_neither_cancelled_nor_seen(user: User) -> None:
    other = User.objects.create(username="ELSE")

    book(user, "X000001")
    book(user, "X000002", state=BookingState.CANCELLED)
    book(user, "X000003", outcome_seen_at=timezone.now())
    book(other, "X000004")
    Draft.objects.create(user=user, crn="X000005", answers={"rar": {"rar": "no"}})
    Draft.objects.create(user=user, crn="X000006", answers={})
    Draft.objects.create(user=other, crn="X000007", answers={"rar": {"rar": "no"}})
    for _ in range(2):
        found = work_under_way(user_id=user.pk)
        assert [each.crn for each in found.bookings] == ["X000001"]
        assert isinstance(found.bookings[0].id, uuid.UUID)
        assert found.drafts == {"X000005"}
    assert work_under_way(user_id=other.pk).drafts == {"X000007"}


def test_a_session_is_read_with_its_user_until_it_expires(user: User) -> None:
    store = SessionStore()
    store.create()
    Session.objects.filter(pk=store.session_key).update(user=user, last_seen_at=timezone.now())
    read = SessionStore(store.session_key)
    read.load()
    assert read.row
    assert read.row.user == user
    assert read.row.last_seen_at == Session.objects.get(pk=store.session_key).last_seen_at
    Session.objects.filter(pk=store.session_key).update(expire_date=timezone.now())
    again = SessionStore(store.session_key)
    again.load()
    assert again.row is None
