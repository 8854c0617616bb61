"""Which indexes PostgreSQL uses, of tables that are large enough for it to matter."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from bench.data.fill import fill
from bench.stack import stack
from scripts.servers import environment, postgres_binaries, run_python

BOOKINGS = 40_000

# What reads a large table whole, and may: what is at rest is counted every five minutes; a page of counts for
# administrators; lists of the mirror count themselves; the nightly purge.
MAY_READ_ALL = (
    "metrics",
    "admin: toolkits/use/",
    "admin: delius/",
    "purge_mirror",
)

pytestmark = pytest.mark.skipif(
    postgres_binaries() is None or shutil.which("redis-server") is None, reason="PostgreSQL or Redis is not here"
)


@pytest.fixture(scope="module")
def plans() -> Iterator[list[dict[str, Any]]]:
    with stack(durable=False) as servers:
        servers.make_database("grown")
        fill(servers, bookings=BOOKINGS)
        file = servers.folder / "plans.json"
        run_python("bench.measures.plans", str(file), env=environment(**{**servers.settings, "LOG_LEVEL": "CRITICAL"}))
        yield json.loads(file.read_text())


def test_nothing_that_people_or_workers_wait_for_reads_a_large_table_whole(plans: list[dict[str, Any]]) -> None:
    whole = {
        (plan["occasion"], plan["query"])
        for plan in plans
        for scan in plan["scans"]
        if scan["big"] and scan["whole"] and not plan["occasion"].startswith(MAY_READ_ALL)
    }
    assert whole == set()


@pytest.mark.parametrize(
    ("occasion", "table", "index"),
    [
        ("your cases", "booking_booking", "booking_with_news"),
        ("worker: take what is due", "booking_booking", "booking_due"),
        ("worker: withdraw NSIs", "booking_booking", "booking_withdrawing_nsi"),
        ("a booking is let go", "booking_booking", "booking_booking_pkey"),
        ("admin: booking/booking/?state__exact=needs_attention", "booking_booking", "booking_by_state"),
        ("admin: booking/booking/?q=…", "booking_booking", "booking_by_case"),
        ("admin: booking/booking/", "booking_booking", "booking_by_age"),
        ("admin: audit/auditevent/?q=…", "audit_auditevent", "audit_by_subject"),
        ("admin: audit/auditevent/?q=…", "audit_auditevent", "audit_by_correlation"),
        ("admin: audit/auditevent/?what__exact=BOOKING_BOOKED", "audit_auditevent", "audit_by_deed"),
        ("admin: delius/mirrorednsi/?q=…", "delius_mirrorednsi", "mirrored_nsi_by_crn"),
        ("your cases", "appointments_recordedoutcome", "recordedoutcome_news"),
        ("an appointment", "appointments_move", "move_by_contact"),
        ("worker: take what is due of outcome", "appointments_recordedoutcome", "recordedoutcome_due"),
        ("worker: take what is due of move", "appointments_move", "move_due"),
        ("admin: appointments/recordedoutcome/?q=…", "appointments_recordedoutcome", "recordedoutcome_by_contact"),
        ("admin: appointments/textmessage/?q=…", "appointments_textmessage", "text_by_case"),
        ("metrics", "booking_booking", "booking_by_state"),
        ("purge_mirror", "delius_mirroredcontact", "mirrored_contact_gone"),
        ("export_audit", "audit_auditevent", "audit_auditevent_at_f461ba89"),
    ],
)
def test_a_query_goes_by_its_index(plans: list[dict[str, Any]], occasion: str, table: str, index: str) -> None:
    asked = [plan for plan in plans if plan["occasion"] == occasion]
    assert asked
    assert index in {scan["index"] for plan in asked for scan in plan["scans"] if scan["table"] == table}
