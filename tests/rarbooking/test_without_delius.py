"""What works while Delius does not: guidance and the administration ask nothing of it, and nothing of HMPPS Auth."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from delius.http.signals import request_ended, request_not_sent
from guidance.urls import urlpatterns
from tests.guidance.pages import flag, toolkit

pytestmark = pytest.mark.django_db
NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def asked(robin: Client, settings: Settings) -> Iterator[list[str]]:
    """Each request that is sent to a service, or would be but for its circuit breaker. No service can be reached."""
    settings.HMPPS_AUTH_URL = NOBODY_LISTENS
    settings.DELIUS_INTEGRATION_URL = NOBODY_LISTENS
    cache.clear()
    operations: list[str] = []

    def note(sender: Any, *, operation: str, **rest: Any) -> None:
        operations.append(operation)

    request_ended.connect(note)
    request_not_sent.connect(note)
    yield operations
    request_ended.disconnect(note)
    request_not_sent.disconnect(note)


@pytest.fixture
def pages(db: None) -> dict[str, str]:
    """Every address of guidance that takes no secret, by its name."""
    a_toolkit, a_flag = toolkit("Maps for Change"), flag("Weapons")
    toolkit("Moving On")
    return {
        "index": reverse("guidance:index"),
        "toolkits": reverse("guidance:toolkits"),
        "compare": f"{reverse('guidance:compare')}?toolkit=maps-for-change&toolkit=moving-on",
        "toolkit": reverse("guidance:toolkit", args=[a_toolkit.slug]),
        "risk-flags": reverse("guidance:risk-flags"),
        "risk-flag": reverse("guidance:risk-flag", args=[a_flag.slug]),
        "search": f"{reverse('guidance:search')}?q=maps",
        "feedback-given": reverse("guidance:feedback-given"),
    }


def test_every_page_of_guidance_is_shown_and_asks_nothing_of_any_service(
    robin: Client, asked: list[str], pages: dict[str, str]
) -> None:
    elsewhere = {"feedback", "preview", "shared-preview"}
    assert pages.keys() | elsewhere == {pattern.name for pattern in urlpatterns}
    for address in pages.values():
        answer = robin.get(address)
        assert answer.status_code == 200, address
        assert "Delius is not answering" not in answer.content.decode()
    assert asked == []


def test_every_list_of_the_administration_is_shown_and_asks_nothing_of_any_service(
    admin_client: Client, asked: list[str]
) -> None:
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in admin.site._registry
    ]
    assert len(lists) > 10
    for address in [reverse("admin:index"), reverse("toolkit-use"), *lists]:
        assert admin_client.get(address, follow=True).status_code == 200, address
    assert asked == []


def test_guidance_can_be_written_and_published_in_the_administration(admin_client: Client, asked: list[str]) -> None:
    page = toolkit("Maps for Change")
    answer = admin_client.get(reverse("admin:guidance_toolkitguidance_change", args=[page.pk]))
    assert answer.status_code == 200
    assert asked == []


def test_a_page_that_needs_delius_would_be_noticed(robin: Client, asked: list[str]) -> None:
    assert robin.get("/").status_code == 503
    assert asked
