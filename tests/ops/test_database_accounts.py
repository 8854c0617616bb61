"""Two database accounts: one owns the tables, the other serves people and cannot touch what was recorded."""

import psycopg
import pytest

from scripts.servers import Postgres, manage, serving

OWNER, SERVICE = "rarbooking_owner", "rarbooking"
RECORD = "from audit.events import record; record(what='CASE_VIEWED', who='ROBIN.SAMPLE', subject_id='X000001')"
MADE = (
    "from django.contrib.auth import get_user_model; from booking.models import Draft; "
    "user = get_user_model().objects.create(username='ROBIN.SAMPLE'); "
    "draft = Draft.objects.create(user=user, crn='X000001', answers={}); "
    "Draft.objects.update(answers={'type': {'type': 'COAP'}}); print(Draft.objects.all().delete()[0])"
)


@pytest.fixture(scope="module")
def urls(postgres: Postgres) -> dict[str, str]:
    """The address of a migrated database for each account."""
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {OWNER} LOGIN")
        admin.execute(f"CREATE ROLE {SERVICE} LOGIN")
        admin.execute(f"CREATE DATABASE rarbooking OWNER {OWNER}")
    found = {name: f"postgres://{name}@127.0.0.1:{postgres.port}/rarbooking" for name in (OWNER, SERVICE)}
    for command in (("migrate", "--no-input", "--verbosity=0"), ("grant_database", SERVICE)):
        done = manage(*command, DATABASE_URL=found[OWNER])
        assert done.returncode == 0, done.stderr
    return found


def test_the_service_works_with_an_account_that_owns_nothing(urls: dict[str, str]) -> None:
    with serving("--workers=1", DATABASE_URL=urls[SERVICE]) as site:
        assert site.get("/health/readiness").status_code == 200
        assert site.get("/sign-in/").status_code == 302
    kept = manage("shell", "--command", MADE, DATABASE_URL=urls[SERVICE])
    assert kept.stdout.split()[-1:] == ["1"], kept.stderr
    queue = "https://sqs.invalid/queue"
    recorded = manage("shell", "--command", RECORD, DATABASE_URL=urls[SERVICE], AUDIT_QUEUE_URL=queue)
    assert recorded.returncode == 0, recorded.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET who = 'SOMEBODY.ELSE'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent CASCADE",
        "INSERT INTO audit_permittedpurge (before) VALUES (now())",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_never_changed ON audit_auditevent",
        "DROP TABLE audit_auditevent CASCADE",
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TABLE of_my_own (id integer)",
        "DELETE FROM django_migrations",
    ],
)
def test_that_account_cannot_change_what_was_recorded_or_any_table(urls: dict[str, str], statement: str) -> None:
    with (
        psycopg.connect(urls[SERVICE]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_the_audit_is_purged_with_the_account_that_owns_it(urls: dict[str, str]) -> None:
    assert manage("purge_audit", DATABASE_URL=urls[OWNER]).returncode == 0
    assert manage("purge_audit", DATABASE_URL=urls[SERVICE]).returncode != 0


def test_the_owner_is_not_taken_for_the_account_that_serves_people(urls: dict[str, str]) -> None:
    refused = manage("grant_database", OWNER, DATABASE_URL=urls[OWNER])
    assert refused.returncode != 0
    assert "owns the tables" in refused.stderr
