"""A backup restored, with the runbook's very commands, on a PostgreSQL of its own."""

import shutil
from collections.abc import Iterator
from datetime import date

import pytest

from bench import caseloads
from bench.journey import (
    ARRANGED,
    NOT_ARRANGED,
    UNDER_WAY,
    Browser,
    answer_questions,
    arrange,
    confirm_draft,
    sign_in,
    wanted,
)
from bench.load import settle
from bench.measures.reconcile import Reconciled, reconcile
from bench.restore import back_up, confirm_drafts, restore
from bench.stack import Stack, stack
from scripts.servers import postgres_binaries

pytestmark = pytest.mark.skipif(
    postgres_binaries() is None or shutil.which("redis-server") is None, reason="PostgreSQL or Redis is not here"
)
REFUSE = "UPDATE booking_booking SET state = 'refused'"


@pytest.fixture
def servers() -> Iterator[Stack]:
    with stack(durable=False, LOG_LEVEL="ERROR") as servers:
        servers.make_database("service")
        yield servers


def test_a_backup_restored_as_the_runbook_says_loses_nothing_and_makes_nothing_twice(servers: Stack) -> None:
    simulator = servers.simulator
    [booked, made, not_made, later] = [
        wanted(caseloads.crn(1, number), 0, today=date.today()) for number in range(1, 5)
    ]
    with servers.web(processes=1, threads=2) as web:
        browser = Browser(f"http://127.0.0.1:{web.port}")
        sign_in(browser, caseloads.username(1))
        assert arrange(browser, booked, confirmed=[]).outcome == ARRANGED
        simulator.fault("putAppointment", "drop_after", times=2)
        assert arrange(browser, made, confirmed=[]).outcome == UNDER_WAY
        simulator.fault("putNsi", "drop_before", times=2)
        assert arrange(browser, not_made, confirmed=[]).outcome == UNDER_WAY
        answer_questions(browser, later)
        back_up(servers)
        assert confirm_draft(browser, later.crn) == ARRANGED
    under_way = restore(servers)
    assert len(under_way) == 2
    settle(servers)
    # The draft that came back with the backup has long become an appointment, which is known by its reference.
    assert confirm_drafts(servers) == {ARRANGED: 1, UNDER_WAY: 0, NOT_ARRANGED: 0}
    found = reconcile(servers, [], under_way_in_backup=under_way)
    assert found == Reconciled(
        told_arranged=0,
        told_under_way=0,
        told_nothing=0,
        bookings=4,
        booked=4,
        refused=0,
        cancelled=0,
        needs_attention=0,
        appointments_in_delius=4,
        nsis_in_delius=4,
        unsettled=0,
        lost=0,
        doubled=0,
        duplicate_nsis=0,
        nsis_left_behind=0,
        unaccounted=0,
    )
    # Had those under way been refused: Delius has them, and nobody here would know.
    servers.postgres.sql(REFUSE, database=servers.database)
    assert reconcile(servers, [], under_way_in_backup=under_way).lost == 2
