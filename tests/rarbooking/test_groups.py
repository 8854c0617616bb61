"""What each group sees of the admin, and what it does not."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
SEES = {
    "Content designer": {"ToolkitGuidance", "RiskFlagGuidance", "Feedback", "FruitlessSearch"},
    "Toolkit administrator": {"Toolkit", "Rollout", "ToolkitList"},
    "Service support": {"Booking", "DuplicateNsis", "SyncedCase", "MirroredNsi", "MirroredContact"},
}


@pytest.fixture(autouse=True)
def groups(db: None) -> None:
    """The groups, also where an earlier test emptied the whole database."""
    import_module("rarbooking.migrations.0002_groups").make_groups(apps, SimpleNamespace(connection=connection))


def member(group: str, django_user_model: Any) -> Client:
    user = django_user_model.objects.create(username=group.upper().replace(" ", "."), is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("group", sorted(SEES))
def test_a_group_sees_its_own_part_of_the_admin_and_no_other(group: str, django_user_model: Any) -> None:
    client = member(group, django_user_model)
    shown = client.get(reverse("admin:index"))
    assert {model["object_name"] for app in shown.context["app_list"] for model in app["models"]} == SEES[group]
    everything = {
        reverse(f"admin:{model['admin_url'].strip('/').split('/')[-2]}_{model['object_name'].lower()}_changelist")
        for app in _of_superuser(django_user_model)
        for model in app["models"]
    }
    allowed = {address for address in everything if client.get(address).status_code == 200}
    assert {address.strip("/").split("/")[-1] for address in allowed} == {name.lower() for name in SEES[group]}


@pytest.mark.parametrize("group", ["Content designer", "Service support"])
def test_the_use_of_toolkits_is_for_those_who_administer_them(group: str, django_user_model: Any) -> None:
    assert member(group, django_user_model).get(reverse("toolkit-use")).status_code == 403


def test_only_support_settles_bookings(django_user_model: Any) -> None:
    may = {
        group: django_user_model.objects.get(groups__name=group).has_perm("booking.settle_booking")
        for group in SEES
        if member(group, django_user_model)
    }
    assert may == {"Content designer": False, "Toolkit administrator": False, "Service support": True}


@pytest.mark.django_db(transaction=True)
def test_the_groups_are_made_in_a_database_that_has_nothing_yet() -> None:
    call_command("migrate", "rarbooking", "0001", verbosity=0)
    Group.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM auth_permission")
    call_command("migrate", verbosity=0)
    counts = {group.name: group.permissions.count() for group in Group.objects.all()}
    assert counts == {"Content designer": 10, "Toolkit administrator": 10, "Service support": 8}


def _of_superuser(django_user_model: Any) -> Any:
    client = Client()
    client.force_login(django_user_model.objects.create_superuser("EVERY.BODY", password="a-long-enough-password"))
    return client.get(reverse("admin:index")).context["app_list"]
