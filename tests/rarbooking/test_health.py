"""What the platform is told when it probes."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from rarbooking.observability.health.checks import invalidate_upstream_health
from tests.simulator_process import Simulator

PROBES = ("/health", "/health/liveness", "/health/readiness", "/info")
UPSTREAMS = ("hmppsAuth", "deliusIntegration")
ASKED = {"auth_health", "delius_health"}
NOBODY_LISTENS = "http://127.0.0.1:1"
NO_CACHE = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    invalidate_upstream_health()
    yield
    invalidate_upstream_health()


def states(body: dict) -> dict[str, str]:
    return {name: each["status"] for name, each in body["components"].items()}


def test_liveness_asks_nothing_of_database_cache_or_upstream(
    settings: Settings, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    settings.HMPPS_AUTH_URL = settings.DELIUS_INTEGRATION_URL = NOBODY_LISTENS
    settings.CACHES = NO_CACHE
    with django_assert_num_queries(0):
        answer = Client().get("/health/liveness")
    assert (answer.status_code, answer.json()) == (200, {"status": "UP"})


def test_readiness_names_database_migrations_and_cache_and_asks_nothing_of_upstream(simulator: Simulator) -> None:
    answer = Client().get("/health/readiness")
    assert answer.status_code == 200
    assert answer.json()["status"] == "UP"
    assert states(answer.json()) == {"db": "UP", "migrations": "UP", "cache": "UP"}
    assert not ASKED & {each["operation"] for each in simulator.requests()}


def test_an_outage_of_everything_upstream_leaves_the_service_ready(settings: Settings) -> None:
    settings.HMPPS_AUTH_URL = settings.DELIUS_INTEGRATION_URL = NOBODY_LISTENS
    assert Client().get("/health/readiness").status_code == 200


def test_a_migration_that_is_not_applied_makes_the_service_unready_and_is_counted() -> None:
    MigrationRecorder.Migration.objects.filter(app="booking").latest("id").delete()
    answer = Client().get("/health/readiness")
    assert (answer.status_code, answer.json()["status"]) == (503, "DOWN")
    assert states(answer.json()) == {"db": "UP", "migrations": "DOWN", "cache": "UP"}
    assert answer.json()["components"]["migrations"]["details"]["unapplied"] == 1


def test_a_migration_of_a_newer_release_does_not_stop_an_older_one_from_being_ready() -> None:
    MigrationRecorder.Migration.objects.create(app="booking", name="9999_from_the_next_release")
    assert Client().get("/health/readiness").status_code == 200


def test_a_cache_that_does_not_work_makes_the_service_unready_and_nothing_is_told_of_where_it_is(
    settings: Settings,
) -> None:
    settings.CACHES = NO_CACHE
    answer = Client().get("/health/readiness")
    assert answer.status_code == 503
    assert states(answer.json()) == {"db": "UP", "migrations": "UP", "cache": "DOWN"}
    assert set(answer.json()["components"]["cache"]["details"]) == {"milliseconds"}
    assert b"127.0.0.1" not in answer.content


def test_health_tells_of_the_upstream_services_with_how_long_each_took(simulator: Simulator) -> None:
    answer = Client().get("/health")
    assert answer.status_code == 200
    assert states(answer.json()) == dict.fromkeys(("db", "migrations", "cache", *UPSTREAMS), "UP")
    for name in UPSTREAMS:
        assert set(answer.json()["components"][name]["details"]) == {"milliseconds"}
        assert answer.json()["components"][name]["details"]["milliseconds"] >= 0


@pytest.mark.parametrize(
    ("operation", "component"),
    [("auth_health", "hmppsAuth"), ("delius_health", "deliusIntegration")],
)
def test_health_says_which_upstream_service_is_not_healthy(
    simulator: Simulator, operation: str, component: str
) -> None:
    simulator.fault(operation, "status", status=503)
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "DOWN")
    assert [name for name, state in states(answer.json()).items() if state == "DOWN"] == [component]


def test_a_service_that_drops_the_connection_is_down_and_its_address_is_not_told(simulator: Simulator) -> None:
    simulator.fault("delius_health", "drop_before")
    answer = Client().get("/health")
    assert states(answer.json())["deliusIntegration"] == "DOWN"
    assert "127.0.0.1" not in answer.content.decode()


def test_a_service_that_does_not_answer_in_time_is_down(simulator: Simulator, settings: Settings) -> None:
    settings.HEALTH_UPSTREAM_TIMEOUT = 1
    simulator.fault("delius_health", "timeout_before", seconds=5)
    assert states(Client().get("/health").json())["deliusIntegration"] == "DOWN"


def test_probing_again_and_again_asks_each_upstream_service_once(simulator: Simulator, settings: Settings) -> None:
    settings.HEALTH_UPSTREAM_SECONDS = 3600
    for _ in range(5):
        assert Client().get("/health").status_code == 200
    assert sorted(each["operation"] for each in simulator.requests()) == sorted(ASKED)


def test_upstream_services_are_asked_again_once_their_answer_is_old(simulator: Simulator, settings: Settings) -> None:
    settings.HEALTH_UPSTREAM_SECONDS = 0
    simulator.fault("auth_health", "status", status=500)
    assert states(Client().get("/health").json())["hmppsAuth"] == "DOWN"
    assert states(Client().get("/health").json())["hmppsAuth"] == "UP"


def test_no_token_is_sent_to_be_told_of_health(simulator: Simulator) -> None:
    Client().get("/health")
    assert "token" not in {each["operation"] for each in simulator.requests()}


def test_info_says_which_build_of_which_commit_runs(settings: Settings) -> None:
    settings.BUILD_NUMBER = "2026-11-23.17.5ef99ec"
    settings.BUILD_TIME = "2026-11-23T06:00:00Z"
    settings.GIT_REF = "5ef99ec"
    assert Client().get("/info").json() == {
        "build": {"name": "rarbooking", "version": "2026-11-23.17.5ef99ec", "time": "2026-11-23T06:00:00Z"},
        "git": {"commit": {"id": "5ef99ec"}},
    }


@pytest.mark.parametrize("path", PROBES)
def test_probes_are_json_that_nobody_may_keep(simulator: Simulator, path: str) -> None:
    answer = Client().get(path)
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    json.loads(answer.content)


@pytest.mark.parametrize("path", PROBES)
def test_probes_are_answered_over_plain_http_where_pages_are_sent_to_https(
    simulator: Simulator, settings: Settings, path: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path).status_code == 200
    assert Client().get("/signed-out/").status_code == 301


@pytest.mark.parametrize("path", PROBES)
def test_probes_are_held_to_the_host_names_of_the_service(simulator: Simulator, path: str) -> None:
    assert Client().get(path, headers={"Host": "elsewhere.example"}).status_code == 400


@pytest.mark.parametrize("path", PROBES)
def test_probes_cannot_be_posted_to(path: str) -> None:
    assert Client().post(path).status_code == 405
