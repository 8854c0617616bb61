"""What an administrator can see of the mirror, and that nobody can change it there."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from delius.models import MirrorCursor, MirroredContact, MirroredNsi
from tests.delius.factories import ENDED, GONE, SOFT_DELETED, make_contact, make_nsi
from tests.delius.values import BRIAN, CLARA, NOW

pytestmark = pytest.mark.django_db

MODELS = (MirrorCursor, MirroredNsi, MirroredContact)
NAMES = [model._meta.model_name for model in MODELS]
OF_A_CASE = NAMES[1:]


@pytest.fixture
def rows(db: None) -> dict[str, Any]:
    """One row of each table, by the model's name."""
    nsi = make_nsi()
    cursor = MirrorCursor.objects.create(type_codes="TKDEV", next="7", updated_at=NOW)
    return dict(zip(NAMES, (cursor, nsi, make_contact(nsi)), strict=True))


def page(name: str, kind: str, *args: Any) -> str:
    return reverse(f"admin:delius_{name}_{kind}", args=args)


def shown(client: Client, name: str, **query: str) -> set[Any]:
    response = client.get(page(name, "changelist"), query)
    assert response.status_code == 200
    return {row.pk for row in response.context["cl"].queryset}


@pytest.mark.parametrize("name", NAMES)
def test_a_row_can_be_looked_at(admin_client: Client, rows: dict[str, Any], name: str):
    assert shown(admin_client, name) == {rows[name].pk}
    assert admin_client.get(page(name, "change", rows[name].pk)).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_nobody_adds_changes_or_deletes_a_row(admin_client: Client, rows: dict[str, Any], name: str):
    row = rows[name]
    before = vars(type(row).objects.get(pk=row.pk))
    assert admin_client.get(page(name, "add")).status_code == 403
    assert admin_client.post(page(name, "change", row.pk), {"crn": CLARA, "next": "8"}).status_code == 403
    assert admin_client.post(page(name, "delete", row.pk), {"post": "yes"}).status_code == 403
    after = vars(type(row).objects.get(pk=row.pk))
    assert before | {"_state": None} == after | {"_state": None}


@pytest.mark.parametrize("name", NAMES)
def test_only_a_role_that_may_view_a_table_sees_it(django_user_model: Any, rows: dict[str, Any], name: str):
    user = django_user_model.objects.create_user("support", is_staff=True)
    support = Client()
    support.force_login(user)
    assert support.get(page(name, "changelist")).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename=f"view_{name}"))
    assert shown(support, name) == {rows[name].pk}


@pytest.mark.parametrize("name", OF_A_CASE)
def test_a_row_is_found_by_how_its_crn_begins(admin_client: Client, rows: dict[str, Any], name: str):
    assert shown(admin_client, name, q=BRIAN) == shown(admin_client, name, q=f"CRN {BRIAN}\xa0") == {rows[name].pk}
    assert shown(admin_client, name, q=BRIAN[:3].lower()) == {rows[name].pk}
    assert shown(admin_client, name, q=BRIAN[1:]) == shown(admin_client, name, q=CLARA) == set()


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ({"soft_deleted__exact": "1"}, SOFT_DELETED),
        ({"end_date__isempty": "0"}, ENDED),
        ({"gone_since__isempty": "0"}, GONE),
        ({"type_code": "TKMAP"}, {"type_code": "TKMAP"}),
    ],
    ids=["soft-deleted", "ended", "gone", "type"],
)
def test_nsis_can_be_narrowed_down(admin_client: Client, query: dict[str, str], values: dict[str, Any]):
    make_nsi()
    wanted = make_nsi(**values)
    assert shown(admin_client, "mirrorednsi", **query) == {wanted.pk}


@pytest.mark.parametrize("column", ["moved_from", "gone_since"])
def test_appointments_moved_or_gone_can_be_found(admin_client: Client, column: str):
    nsi = make_nsi()
    make_contact(nsi)
    wanted = make_contact(nsi, **{column: NOW})
    assert shown(admin_client, "mirroredcontact", **{f"{column}__isempty": "0"}) == {wanted.pk}
