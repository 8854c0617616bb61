"""Every address needs sign-in, except those listed here."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from rarbooking.roles import Role
from tests.people import account, client_of

OPEN_TO_ALL = {
    "sign-in/": "sends the browser to HMPPS Auth",
    "sign-in/callback/": "takes HMPPS Auth's answer",
    "sign-out/": "ends a session",
    "signed-out/": "says that the session ended",
    "health": "how the service and what it leans on are, without internals",
    "health/liveness": "the platform's probe",
    "health/readiness": "the platform's probe",
    "info": "which version runs",
    "metrics": "asks for a token of its own",
    "guidance/preview/shared/<str:token>/": "a draft of guidance, for whoever has a signed link that has not expired",
    "admin/login/": "the administration's own sign-in",
}


def addresses(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, prefix + str(each.pattern))
        else:
            yield prefix + str(each.pattern), each


def test_only_the_listed_addresses_are_open_without_signing_in() -> None:
    found = {
        route
        for route, pattern in addresses(get_resolver().url_patterns)
        if getattr(pattern.callback, "login_required", True) is False
    }
    assert found == set(OPEN_TO_ALL)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/guidance/",
        "/cases/X000001/arrange/",
        "/cases/X000001/arrange/type/",
        "/cases/X000001/arrange/check/",
        "/cases/X000001/appointments/00000000-0000-0000-0000-000000000000/",
    ],
)
def test_somebody_who_has_not_signed_in_is_sent_to_sign_in_and_back(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={path}")


@pytest.mark.django_db
def test_the_administration_is_closed_to_practitioners(django_user_model: Any) -> None:
    client = Client()
    client.force_login(django_user_model.objects.create(username="ROBIN.SAMPLE"))
    assert client.get("/admin/booking/booking/")["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/cases/X000001/schedule/",
        "/cases/X000001/arrange/type/",
        "/guidance/",
        "/guidance/search/",
        "/no-such-page/",
    ],
)
def test_every_page_has_the_way_to_sign_out(robin: Client, path: str) -> None:
    page = robin.get(path).content.decode()
    assert re.search(r'<form method="post" action="/sign-out/">.*?>Sign out</button>', page, re.DOTALL)


@pytest.mark.django_db
def test_the_administration_has_the_way_to_sign_out() -> None:
    page = client_of(account("SOMEBODY", Role.SERVICE_SUPPORT)).get("/admin/booking/booking/").content.decode()
    assert re.search(r'action="/admin/logout/">.*?>Sign out</button>', page, re.DOTALL)
