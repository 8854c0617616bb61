"""How PostgreSQL answers what the product asks: the plan of every query, on the occasions on which it is asked.

Run on a database of a size that matters; what it writes is rolled back. The queries are those that the product makes
when its own pages, commands and worker are run, not a list of them.

    DATABASE_URL=… python -m bench.measures.plans <file to write>
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django import setup

EXPLAINED = ("SELECT", "(SELECT", "UPDATE", "DELETE", "INSERT INTO")
COLUMNS = re.compile(r"^(SELECT(?: DISTINCT)?) .+? (FROM .*)$", re.DOTALL)
VALUES = re.compile(r"\) VALUES .*$", re.DOTALL)
MARKS = re.compile(r"%s(?:, %s)+")
QUOTED_TABLE = re.compile(r'"\w+"\.')
BIG = 10_000
# The number of a journey that nobody else makes.
UNUSED = 5_000


@dataclass(frozen=True)
class Scan:
    """How one table was read: by which index, if any.

    `big` says that it has 10,000 rows or more, and `whole` that all of it was read, with no index and no limit.
    """

    table: str
    index: str
    big: bool
    whole: bool


@dataclass(frozen=True)
class Plan:
    """How one query was answered."""

    occasion: str
    query: str
    milliseconds: float
    blocks: int
    scans: tuple[Scan, ...]


@dataclass
class Explainer:
    """Has PostgreSQL explain each query that a connection is about to run, by running it and taking that back."""

    big_tables: frozenset[str]
    occasion: str = ""
    plans: list[Plan] = field(default_factory=list)
    _is_explaining: bool = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]
    ) -> Any:
        """Explain a query, then run it."""
        if self.occasion and not (self._is_explaining or many) and sql.startswith(EXPLAINED):
            self._is_explaining = True
            try:
                self._explain(context["connection"], sql, params)
            finally:
                self._is_explaining = False
        return execute(sql, params, many, context)

    def _explain(self, connection: Any, sql: str, params: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT explaining")
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            [found] = cursor.fetchone()[0]
            cursor.execute("ROLLBACK TO SAVEPOINT explaining")
        root = found["Plan"]
        self.plans.append(
            Plan(
                occasion=self.occasion,
                query=in_short(sql),
                milliseconds=round(found["Planning Time"] + found["Execution Time"], 2),
                blocks=root.get("Shared Hit Blocks", 0) + root.get("Shared Read Blocks", 0),
                scans=tuple(self._scans(root)),
            )
        )

    def _scans(self, node: Mapping[str, Any], *, limited: bool = False) -> Iterator[Scan]:
        kind = node["Node Type"]
        limited = limited or kind == "Limit"
        if "Scan" in kind and kind not in ("Bitmap Heap Scan", "CTE Scan", "Subquery Scan", "Function Scan"):
            table = node.get("Relation Name") or self._table_of(node.get("Index Name", ""))
            yield Scan(
                table=table,
                index=node.get("Index Name", ""),
                big=table in self.big_tables,
                whole=kind == "Seq Scan" and not limited,
            )
        for child in node.get("Plans", ()):
            # Whatever sorts or counts has read everything before a limit counts.
            yield from self._scans(child, limited=limited and kind not in ("Sort", "Aggregate", "Hash"))

    def _table_of(self, index: str) -> str:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_indexes WHERE indexname = %s", [index])
            row = cursor.fetchone()
        return row[0] if row else ""


def in_short(sql: str) -> str:
    """Return a query without its columns and values, by which it can be known again."""
    short = VALUES.sub(") VALUES …", sql)
    short = COLUMNS.sub(r"\1 … \2", short)
    return QUOTED_TABLE.sub("", MARKS.sub("%s, …", short)).replace('"', "")


class InProcess:
    """Sends a journey's requests to the product in this process, and HMPPS Auth's to where it is."""

    def __init__(self, explainer: Explainer, auth_url: str) -> None:
        from django.test import Client

        self._client = Client(SERVER_NAME="127.0.0.1")
        self._explainer = explainer
        self._auth = urlsplit(auth_url).netloc

    def get(self, address: str, *, name: str) -> Any:
        return self._answer("GET", address, name, {})

    def post(self, address: str, fields: Mapping[str, str], *, name: str) -> Any:
        return self._answer("POST", address, name, fields)

    def _answer(self, method: str, address: str, name: str, fields: Mapping[str, str]) -> Any:
        from bench.journey import Answer

        if urlsplit(address).netloc == self._auth:
            got = requests.request(method, address, data=fields or None, allow_redirects=False, timeout=10)
            return Answer(got.status_code, got.text, got.headers.get("Location", ""))
        self._explainer.occasion = name
        response = self._client.generic(
            method,
            address,
            urlencode(fields),
            content_type="application/x-www-form-urlencoded",
        )
        self._explainer.occasion = ""
        return Answer(response.status_code, response.content.decode(), response.headers.get("Location", ""))


def main() -> int:
    """Explain everything, and write the plans; return the exit status."""
    setup()
    from django.conf import settings
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [BIG])
        big = frozenset(row[0] for row in cursor.fetchall())
    explainer = Explainer(big)
    with connection.execute_wrapper(explainer), transaction.atomic():
        _pages(explainer, settings.HMPPS_AUTH_URL)
        _administration(explainer)
        _worker(explainer)
        _the_clock(explainer)
        transaction.set_rollback(True)
    Path(sys.argv[1]).write_text(json.dumps([asdict(each) for each in explainer.plans], indent=1))
    return 0


@contextmanager
def _on(explainer: Explainer, occasion: str) -> Iterator[None]:
    explainer.occasion = occasion
    try:
        yield
    finally:
        explainer.occasion = ""


def _pages(explainer: Explainer, auth_url: str) -> None:
    from bench import caseloads
    from bench.journey import ARRANGED, arrange, sign_in, wanted
    from booking.models import Booking

    browser = InProcess(explainer, auth_url)
    sign_in(browser, caseloads.username(1))
    crn = caseloads.crn(1, 1)
    arranged = arrange(browser, wanted(crn, UNUSED, today=date.today()), confirmed=[])
    assert arranged.outcome == ARRANGED, arranged
    booking = f"/cases/{crn}/appointments/{arranged.booking_id}/"
    contact = Booking.objects.get(id=arranged.booking_id).appointment_id
    for name, address in {
        "calendar": f"{booking}calendar.ics",
        "an appointment": f"/cases/{crn}/appointments/{contact}/",
        "move an appointment": f"/cases/{crn}/appointments/{contact}/move/",
        "state of a booking": f"{booking}state/",
        "a person": f"/cases/{crn}/",
        "schedule": f"/cases/{crn}/schedule/",
        "risk flags": f"/cases/{crn}/risk-flags/",
        "guidance": "/guidance/toolkits/developing-dialogues/",
        "search in guidance": "/guidance/search/?q=alcohol",
    }.items():
        browser.get(address, name=name)


def _administration(explainer: Explainer) -> None:
    from django.test import Client

    from booking.models import Booking
    from rarbooking.models import User
    from rarbooking.roles import Role

    client = Client(SERVER_NAME="127.0.0.1")
    somebody = User(username="INVENTED.ADMIN")
    somebody.roles = frozenset(Role)
    somebody.save()
    client.force_login(somebody)
    some = Booking.objects.exclude(appointment_id=None).first()
    assert some
    for address in (
        "booking/booking/",
        "booking/booking/?state__exact=needs_attention",
        "booking/booking/?state__exact=booked",
        f"booking/booking/?q={some.crn}",
        f"booking/booking/?q={some.id}",
        f"booking/booking/{some.id}/change/",
        "booking/duplicatensis/",
        "appointments/recordedoutcome/",
        "appointments/recordedoutcome/?state__exact=needs_attention",
        f"appointments/recordedoutcome/?q={some.crn}",
        "appointments/move/",
        "appointments/move/?state__exact=needs_attention",
        f"appointments/move/?q={some.crn}",
        "appointments/textmessage/",
        f"appointments/textmessage/?q={some.crn}",
        "audit/auditevent/",
        f"audit/auditevent/?q={some.crn}",
        "audit/auditevent/?what__exact=BOOKING_BOOKED",
        "delius/mirrorednsi/",
        f"delius/mirrorednsi/?q={some.crn}",
        "delius/mirroredcontact/",
        f"delius/mirroredcontact/?q={some.crn}",
        "rarbooking/user/",
        "toolkits/use/",
    ):
        shown = re.sub(r"[0-9a-f-]{36}", "…", address).replace(some.crn, "…")
        with _on(explainer, f"admin: {shown}"):
            answer = client.get(f"/admin/{address}")
        assert answer.status_code == 200, (address, answer.status_code)


def _worker(explainer: Explainer) -> None:
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from appointments.models import Move, RecordedOutcome
    from appointments.services.delivery.resume import DELIVERY as CHANGES
    from booking.models import Booking, BookingState
    from booking.services.delivery import cancellation, processing
    from booking.services.delivery.resume import DELIVERY
    from booking.services.delivery.withdrawal import withdraw_due
    from cases.delivery.resuming import claim

    now = timezone.now()
    waiting = Booking.objects.filter(state=BookingState.SUBMITTED).values("id")[:40]
    Booking.objects.filter(id__in=waiting).update(next_try_at=now)
    with _on(explainer, "worker: take what is due"):
        claim(DELIVERY, Booking, due_by=now)
    kinds: tuple[Any, ...] = (RecordedOutcome, Move)
    for kind in kinds:
        due = kind.objects.filter(state=BookingState.SUBMITTED).values("id")[:40]
        kind.objects.filter(id__in=due).update(next_try_at=now)
        with _on(explainer, f"worker: take what is due of {kind.kind}"):
            claim(CHANGES, kind, due_by=now)
    with _on(explainer, "worker: take a task"):
        DBTaskResult.objects.ready().filter(backend_name="default", queue_name__in=["default"]).get_locked()
    # As the journey left it, but as if no answer had come.
    booking = Booking.objects.select_related("user").filter(crn__startswith="Y").latest("created_at")
    booking.state, booking.appointment_id, booking.nsi_id = BookingState.SUBMITTED, None, None
    booking.save()
    with _on(explainer, "worker: send again"):
        assert processing.process(booking).state == BookingState.BOOKED
    booking.state, booking.appointment_id, booking.nsi_created = BookingState.SUBMITTED, None, True
    booking.save()
    with _on(explainer, "a booking is let go"):
        assert cancellation.cancel_unsent(booking.id)
    Booking.objects.filter(id=booking.id).update(withdraw_nsi_at=now)
    with _on(explainer, "worker: withdraw NSIs"):
        withdraw_due()


def _the_clock(explainer: Explainer) -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from appointments.services import retention
    from audit.export import events_between
    from audit.retention import purge as purge_audit
    from booking.services.retention import purge_bookings, purge_drafts
    from delius.mirror.retention import purge as purge_mirror
    from rarbooking.observability.metrics import StateCollector

    now = timezone.now()
    for occasion, work in {
        "metrics": lambda: list(StateCollector().collect()),
        "purge_drafts": lambda: purge_drafts(before=now - timedelta(days=30)),
        "purge_bookings": lambda: purge_bookings(before=now - timedelta(days=729)),
        "purge_changes": lambda: retention.purge_changes(before=now - timedelta(days=721)),
        "purge_changes: what was typed": lambda: retention.erase_typed_text(before=now - timedelta(days=30)),
        "purge_changes: texts": lambda: retention.purge_text_messages(before=now - timedelta(days=729)),
        "purge_mirror": lambda: purge_mirror(before=now - timedelta(days=399)),
        "purge_audit": lambda: purge_audit(before=now - timedelta(days=729)),
        "clearsessions": lambda: call_command("clearsessions"),
        "prune_db_task_results": lambda: call_command("prune_db_task_results", verbosity=0),
        "export_audit": lambda: list(events_between(date.today(), date.today())),
    }.items():
        with _on(explainer, occasion):
            work()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rarbooking.settings")
    sys.exit(main())
