"""A query that is compiled once answers as Django's own does."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Booking, BookingState, Draft
from booking.selectors import draft_of, work_under_way
from rarbooking.identity.session_store import SessionStore
from rarbooking.models import Session, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create(username="SOMEBODY")


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


def test_what_is_under_way_is_this_persons_and_neither_cancelled_nor_seen(user: User) -> None:
    other = User.objects.create(username="ELSE")

    def book(crn: str, **values: object) -> None:
        now = timezone.now()
        times = {"start": now, "end": now + timedelta(hours=1)}
        fields = {"user": user, "state": BookingState.SUBMITTED, "event_id": 1, "sensitive": False, **times}
        Booking.objects.create(id=uuid.uuid4(), crn=crn, **(fields | values))

    book("X000001")
    book("X000002", state=BookingState.CANCELLED)
    book("X000003", outcome_seen_at=timezone.now())
    book("X000004", user=other)
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
