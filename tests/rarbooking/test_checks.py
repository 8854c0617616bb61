"""A deployment that would send anything in plain text over the network is not let through."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as settings_in_use
from django.core.checks import run_checks

from rarbooking.checks import connections_are_encrypted, texts_are_on_or_off

POSTGRES = {"ENGINE": "django.db.backends.postgresql", "HOST": "database.example"}
REDIS = {"BACKEND": "django.core.cache.backends.redis.RedisCache"}


@pytest.fixture(autouse=True)
def encrypted(settings: Any) -> None:
    """Settings that nothing is to be said of."""
    settings.HMPPS_AUTH_URL = settings.HMPPS_AUTH_PUBLIC_URL = "https://auth.example/auth"
    settings.DELIUS_INTEGRATION_URL = "https://delius-integration.example"


def connect_to(monkeypatch: pytest.MonkeyPatch, **database: Any) -> None:
    # In place: nothing connects here, and Django warns of a setting that is replaced.
    monkeypatch.setitem(settings_in_use.DATABASES, "default", POSTGRES | database)


def said() -> list[str | None]:
    return [message.id for message in connections_are_encrypted(None)]


def test_nothing_is_said_of_a_deployment_that_encrypts_everything(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_to(monkeypatch, OPTIONS={"sslmode": "verify-full"})
    settings.CACHES = {"default": REDIS | {"LOCATION": "rediss://:password@redis.example:6379/0"}}
    settings.AUDIT_QUEUE_URL = "https://sqs.example/queue"
    settings.SENTRY_DSN = "https://key@sentry.example/1"
    assert said() == []


@pytest.mark.parametrize("name", ["HMPPS_AUTH_URL", "DELIUS_INTEGRATION_URL", "AUDIT_QUEUE_URL"])
def test_a_service_over_plain_http_is_an_error_unless_it_is_on_this_machine(settings: Any, name: str) -> None:
    setattr(settings, name, "http://127.0.0.1:8100/service")
    assert said() == []
    setattr(settings, name, "http://service.example")
    assert said() == ["rarbooking.E001"]


def test_traces_in_plain_text_are_warned_about(settings: Any) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector.example:4318"
    assert said() == ["rarbooking.W002"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, ["rarbooking.E002"]),
        ({"sslmode": "disable"}, ["rarbooking.E002"]),
        ({"sslmode": "prefer"}, ["rarbooking.E002"]),
        ({"sslmode": "require"}, ["rarbooking.W001"]),
        ({"sslmode": "verify-full"}, []),
    ],
)
def test_a_database_has_to_encrypt_and_is_to_be_verified(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, str], found: list[str]
) -> None:
    connect_to(monkeypatch, OPTIONS=options)
    assert said() == found
    connect_to(monkeypatch, OPTIONS=options, HOST="127.0.0.1")
    assert said() == []


@pytest.mark.parametrize(
    ("location", "options", "found"),
    [
        ("redis://redis.example:6379/0", {}, ["rarbooking.E003"]),
        ("rediss://redis.example:6379/0", {"ssl_cert_reqs": "none"}, ["rarbooking.E004"]),
        ("rediss://redis.example:6379/0", {}, []),
        ("redis://127.0.0.1:6379/0", {}, []),
    ],
)
def test_redis_has_to_encrypt_and_is_verified(
    settings: Any, location: str, options: dict[str, str], found: list[str]
) -> None:
    settings.CACHES = {"default": REDIS | {"LOCATION": location, "OPTIONS": options}}
    assert said() == found


def test_it_is_asked_by_manage_py() -> None:
    asked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=settings_in_use.BASE_DIR,
        env={**os.environ, "DELIUS_INTEGRATION_URL": "http://delius-integration.example"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "rarbooking.E001" in asked.stderr


def test_it_is_asked_by_the_checks_of_a_deployment_and_not_while_developing(settings: Any) -> None:
    settings.DELIUS_INTEGRATION_URL = "http://delius-integration.example"
    found = {message.id for message in run_checks(include_deployment_checks=True)}
    assert "rarbooking.E001" in found
    assert "rarbooking.E001" not in {message.id for message in run_checks()}


def test_texts_that_are_half_set_up_are_told_of(settings: Any) -> None:
    settings.NOTIFY_API_KEY, settings.NOTIFY_ARRANGED_TEMPLATE_ID, settings.NOTIFY_MOVED_TEMPLATE_ID = "key", "", ""
    (warning,) = texts_are_on_or_off(None)
    assert "NOTIFY_ARRANGED_TEMPLATE_ID, NOTIFY_MOVED_TEMPLATE_ID" in warning.msg
    settings.NOTIFY_API_KEY = ""
    assert texts_are_on_or_off(None) == []
