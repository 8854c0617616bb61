"""While a release is rolled out, the one before it goes on serving, on the database as the new one migrated it."""

import json
import re
import uuid
from typing import Any

import pytest

from scripts.released_migrations import last_migrations, released
from scripts.servers import ROOT, Postgres, manage
from tests.ops.old_release import OldRelease, connected_to

TO_THE_RELEASE = """
import json
import re
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
MigrationExecutor(connection).migrate([tuple(each) for each in json.loads('{targets}')])
"""


@pytest.fixture(scope="module")
def old() -> OldRelease:
    """The release that is in production."""
    return OldRelease(released())


@pytest.fixture(scope="module")
def migrated(postgres: Postgres, old: OldRelease, django_db_blocker: Any) -> list[Any]:
    """The rows that the old release wrote before its database, in use, was migrated under it."""
    postgres.client("createdb", "released")
    url = postgres.url_of("released")
    targets = json.dumps(released())
    done = manage("shell", "--command", TO_THE_RELEASE.format(targets=targets), DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    with django_db_blocker.unblock(), connected_to(url):
        rows, wrong = old.writes_a_row_of_everything()
    assert wrong == []
    done = manage("migrate", "--no-input", "--verbosity=0", DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    return rows


def copy_of(postgres: Postgres) -> str:
    """Copy the migrated database, and return where the copy is."""
    name = f"copy_{uuid.uuid4().hex}"
    postgres.client("createdb", "-T", "released", name)
    return postgres.url_of(name)


def at_work(old: OldRelease, rows: list[Any], url: str) -> list[str]:
    """Have the old release go on with its rows and write new ones; return what went wrong."""
    with connected_to(url):
        wrong = old.goes_on_with(rows)
        _, not_written = old.writes_a_row_of_everything()
    return wrong + not_written


def test_the_release_before_reads_writes_changes_and_deletes_everything_on_the_migrated_database(
    postgres: Postgres, old: OldRelease, migrated: list[Any], django_db_blocker: Any
) -> None:
    assert len(migrated) == len(old.models) > 20
    with django_db_blocker.unblock():
        assert at_work(old, migrated, copy_of(postgres)) == []


@pytest.mark.parametrize(
    ("change", "noticed"),
    [
        ("ALTER TABLE booking_draft ADD later integer NOT NULL DEFAULT 0; "
         "ALTER TABLE booking_draft ALTER later DROP DEFAULT", "booking.Draft: insert"),
        ("ALTER TABLE booking_booking DROP reason", "booking.Booking: read"),
        ("ALTER TABLE booking_journeycount RENAME TO booking_count", "booking.JourneyCount: read"),
        ("ALTER TABLE toolkits_toolkit RENAME slug TO short_name", "toolkits.Toolkit: insert"),
        ("ALTER TABLE booking_booking ALTER team_code TYPE varchar(6) USING left(team_code, 6)",
         "booking.Booking: update"),
        ("ALTER TABLE booking_booking ADD CHECK (type_name <> 'x')", ""),
        ("UPDATE booking_upstreamattempt SET status = 200; "
         "ALTER TABLE booking_upstreamattempt ALTER status SET NOT NULL", "booking.UpstreamAttempt: insert"),
    ],
    ids=["a column that must be filled", "a column dropped", "a table renamed", "a column renamed", "narrower",
         "nothing that matters", "no longer optional"],
)  # fmt: skip
def test_a_change_that_the_release_before_cannot_live_with_is_noticed(
    postgres: Postgres,
    old: OldRelease,
    migrated: list[Any],
    django_db_blocker: Any,
    change: str,
    noticed: str,
) -> None:
    url = copy_of(postgres)
    postgres.client("psql", "--quiet", "-v", "ON_ERROR_STOP=1", "--command", change, url)
    with django_db_blocker.unblock():
        wrong = at_work(old, migrated, url)
    assert [each for each in wrong if each.startswith(noticed)] if noticed else wrong == [], wrong


def test_a_migration_that_waits_for_a_table_gives_up_before_it_holds_up_those_behind_it(postgres: Postgres) -> None:
    template = (ROOT / "ops/helm/rarbooking/templates/migrate.yaml").read_text()
    [options] = re.findall(r"name: PGOPTIONS\n +value: (.+)", template)
    asked = (
        "from django.db import connection; c = connection.cursor(); c.execute('SHOW lock_timeout'); print(c.fetchone())"
    )
    shown = manage("shell", "--command", asked, DATABASE_URL=postgres.url, PGOPTIONS=options)
    assert "('10s',)" in shown.stdout


def test_what_is_in_production_is_part_of_what_there_is_now() -> None:
    now = dict(last_migrations())
    assert set(dict(released())) <= set(now)
    assert all(name <= now[app] for app, name in released())
