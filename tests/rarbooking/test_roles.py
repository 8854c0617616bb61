"""What each role lets somebody see of the service and of its administration, and what it does not."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from cases.permissions import ARRANGE, SEE_CASES
from guidance.permissions import READ_GUIDANCE
from rarbooking.identity.landing import landing_url
from rarbooking.roles import ROLE_PERMISSIONS, Role, roles_from_authorities
from tests.people import account, client_of

pytestmark = pytest.mark.django_db
SEES = {
    Role.CONTENT_DESIGNER: {"ToolkitGuidance", "RiskFlagGuidance", "Feedback", "ZeroResultSearch"},
    Role.TOOLKIT_ADMINISTRATOR: {"Toolkit", "Rollout", "ToolkitList", "JourneyCount"},
    Role.SERVICE_SUPPORT: {
        "AuditEvent",
        "Booking",
        "DBTaskResult",
        "DuplicateNsis",
        "JourneyCount",
        "MirrorCursor",
        "MirroredContact",
        "MirroredNsi",
        "Move",
        "RecordedOutcome",
        "TextMessage",
        "User",
    },
}


@pytest.mark.parametrize("role", sorted(SEES))
def test_a_role_sees_its_own_part_of_the_admin_and_no_other(role: Role) -> None:
    client = client_of(account("SOMEBODY", role))
    shown = client.get(reverse("admin:index"))
    assert {model["object_name"] for app in shown.context["app_list"] for model in app["models"]} == SEES[role]
    lists = {
        model._meta.object_name: reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in site._registry
    }
    assert {name for name, address in lists.items() if client.get(address).status_code == 200} == SEES[role]


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.READ_WRITE])
def test_practitioners_may_not_enter_the_admin(role: Role) -> None:
    assert client_of(account("SOMEBODY", role)).get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("role", list(Role))
def test_whoever_has_a_role_may_read_guidance(role: Role) -> None:
    assert account("SOMEBODY", role).has_perm(READ_GUIDANCE)


def test_only_practitioners_see_cases_and_only_some_of_them_arrange_appointments() -> None:
    assert {role for role in Role if account("SOMEBODY", role).has_perm(SEE_CASES)} == {
        Role.READ_ONLY,
        Role.READ_WRITE,
    }
    assert {role for role in Role if account("SOMEBODY", role).has_perm(ARRANGE)} == {Role.READ_WRITE}


def test_several_roles_add_up() -> None:
    both = account("SOMEBODY", Role.READ_ONLY, Role.SERVICE_SUPPORT)
    assert all(
        both.has_perm(each) for each in ROLE_PERMISSIONS[Role.READ_ONLY] | ROLE_PERMISSIONS[Role.SERVICE_SUPPORT]
    )
    assert not both.has_perm(ARRANGE)


def test_an_account_that_was_turned_off_may_do_nothing() -> None:
    user = account("SOMEBODY", Role.READ_WRITE)
    user.is_active = False
    assert not user.has_perm(SEE_CASES)


def test_permissions_cost_no_query(django_assert_num_queries: Any) -> None:
    user = account("SOMEBODY", Role.READ_WRITE)
    with django_assert_num_queries(0):
        assert user.has_perm(ARRANGE)


def test_every_permission_of_a_model_is_one_that_the_model_has() -> None:
    known = {f"{each.content_type.app_label}.{each.codename}" for each in Permission.objects.select_related()}
    ours = {SEE_CASES, ARRANGE, READ_GUIDANCE}
    assert frozenset().union(*ROLE_PERMISSIONS.values()) - ours <= known


@pytest.mark.parametrize(
    ("authorities", "roles"),
    [
        (["ROLE_PROBATION", "ROLE_RAR_BOOKING__RW"], {Role.READ_WRITE}),
        (["ROLE_RAR_BOOKING__RO", "ROLE_RAR_SUPPORT__RW"], {Role.READ_ONLY, Role.SERVICE_SUPPORT}),
        (["ROLE_RAR_BOOKING__RW_TOO", "RAR", "role_rar_booking__rw"], set()),
        ([None, 7, {}], set()),
        ("ROLE_RAR_BOOKING__RW", set()),
        (None, set()),
    ],
)
def test_roles_are_those_of_our_names_among_the_authorities(authorities: Any, roles: set[Role]) -> None:
    assert roles_from_authorities(authorities) == roles


def test_a_roles_name_is_no_longer_than_hmpps_auth_takes() -> None:
    assert all(len(role.value) <= 30 for role in Role)


def test_somebody_who_may_only_read_is_offered_nothing_that_arranges(signed_in: Any) -> None:
    reader: Client = signed_in("REA.READONLY")
    found = reader.post("/", {"find": "X000001"}, follow=True)
    assert found.redirect_chain[-1][0] == "/cases/X000001/"
    page = found.content.decode()
    assert "Brian" in page
    assert "Arrange an appointment" not in page
    assert reader.get("/cases/X000001/arrange/").status_code == 403


@pytest.mark.parametrize(
    ("username", "landing"),
    [
        ("DANA.DESIGNER", "/admin/"),
        ("TAYLOR.TOOLKITS", "/admin/toolkits/toolkit/"),
        ("SUE.SUPPORT", "/admin/booking/booking/"),
    ],
)
def test_each_role_begins_where_its_work_is(db: None, username: str, landing: str) -> None:
    client = client_of(account(username))
    assert client.get("/", follow=True).redirect_chain == [(landing, 302)]
    assert client.get(landing).context["site_url"] == "/guidance/"
    assert client.post("/", {"find": "X000001"}).status_code == 403


def test_somebody_with_two_roles_begins_with_their_cases(db: None) -> None:
    assert landing_url(account("DUA.DOUBLE", Role.READ_WRITE, Role.SERVICE_SUPPORT)) == "/"


def test_somebody_who_may_only_read_guidance_begins_there() -> None:
    reader = SimpleNamespace(has_perm=lambda permission: permission == READ_GUIDANCE)
    assert landing_url(reader) == "/guidance/"


def test_somebody_without_a_role_is_refused_at_the_start(db: None, django_user_model: Any) -> None:
    assert client_of(django_user_model.objects.create(username="NIA.NOROLE")).get("/").status_code == 403


def test_the_page_for_a_missing_role_says_whom_to_ask(signed_in: Any) -> None:
    page = signed_in("REA.READONLY").get("/cases/X000001/arrange/").content.decode()
    assert "You do not have access to this page" in page
    assert "Your account does not have the role this page needs" in page
