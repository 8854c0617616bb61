"""What the database itself refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.toolkits.factories import make_placeholder, make_rollout, make_toolkit
from toolkits.models import Rollout, Toolkit

pytestmark = [pytest.mark.django_db, pytest.mark.database]

# SQLite names the columns of a broken unique constraint and PostgreSQL the constraint.
ONE_PLACEHOLDER = "toolkit_only_one_placeholder|toolkits_toolkit.is_placeholder"
NSI_CODES = "toolkit_nsi_codes_unique|toolkits_toolkit.nsi_type_code, toolkits_toolkit.nsi_sub_type_code"
ONE_ROW = "rollout_one_per_provider_and_team|toolkits_rollout.provider_code, toolkits_rollout.team_code"


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    """Expect the database to name a constraint, and leave the test's transaction usable."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        yield


def test_there_is_never_a_second_placeholder():
    make_placeholder()
    with refused_by(ONE_PLACEHOLDER):
        make_placeholder(name="Another", slug="another", nsi_sub_type_code="SUB")


def test_the_placeholder_has_no_nsi_type_but_nat1():
    with refused_by("toolkit_placeholder_is_nat1"):
        make_toolkit(is_placeholder=True, nsi_type_code="TKDEV")


def test_no_other_toolkit_takes_nat1():
    with refused_by("toolkit_placeholder_is_nat1"):
        make_toolkit(nsi_type_code="NAT1")


def test_there_may_be_many_toolkits_that_are_not_the_placeholder():
    make_placeholder()
    make_toolkit()
    make_toolkit()
    assert Toolkit.objects.filter(is_placeholder=False).count() == 2


@pytest.mark.parametrize("field", ["active_from", "active_to"])
def test_the_placeholder_is_always_active(field):
    with refused_by("toolkit_placeholder_always_active"):
        make_placeholder(**{field: date(2026, 1, 1)})


def test_two_toolkits_never_share_an_nsi_type_and_sub_type():
    make_toolkit(nsi_type_code="TKNEW", nsi_sub_type_code="TKNEW1")
    with refused_by(NSI_CODES):
        make_toolkit(nsi_type_code="TKNEW", nsi_sub_type_code="TKNEW1")


def test_two_toolkits_never_share_an_nsi_type_without_a_sub_type():
    make_toolkit(nsi_type_code="TKDEV")
    with refused_by(NSI_CODES):
        make_toolkit(nsi_type_code="TKDEV")


def test_two_toolkits_may_be_sub_types_of_one_nsi_type():
    make_toolkit(nsi_type_code="TKNEW", nsi_sub_type_code="TKNEW1")
    make_toolkit(nsi_type_code="TKNEW", nsi_sub_type_code="TKNEW2")
    assert Toolkit.objects.count() == 2


def test_two_toolkits_never_share_a_slug():
    make_toolkit(slug="new-me-mot")
    with refused_by("slug"):
        make_toolkit(slug="new-me-mot")


def test_two_toolkits_never_share_a_name_whatever_the_case():
    make_toolkit(name="New Me MOT")
    with refused_by("toolkit_name_unique"):
        make_toolkit(name="New me mot")


def test_a_toolkit_cannot_end_before_it_starts():
    with refused_by("toolkit_last_day_not_before_first"):
        make_toolkit(active_from=date(2026, 3, 2), active_to=date(2026, 3, 1))


def test_a_toolkit_may_be_active_for_one_day():
    toolkit = make_toolkit(active_from=date(2026, 3, 1), active_to=date(2026, 3, 1))
    assert Toolkit.objects.filter(Toolkit.active_on(date(2026, 3, 1))).get() == toolkit


def test_a_toolkit_may_end_without_having_a_first_day():
    toolkit = make_toolkit(active_to=date(2026, 3, 1))
    assert Toolkit.objects.filter(Toolkit.active_on(date(2000, 1, 1))).get() == toolkit


def test_a_session_count_of_nought_is_refused():
    with refused_by("toolkit_length_at_least_one"):
        make_toolkit(nsi_length=0)


def test_notes_longer_than_delius_takes_are_refused():
    make_toolkit(nsi_notes="n" * 4000)
    with refused_by("toolkit_notes_fit_delius"):
        make_toolkit(nsi_notes="n" * 4001)


@pytest.mark.parametrize("field", ["nsi_type_code", "nsi_sub_type_code", "nsi_status_code"])
@pytest.mark.parametrize("code", ["TK DEV", "TKDEV ", "TKDEV\n"])
def test_a_code_with_a_space_in_it_is_not_a_code(field, code):
    toolkit = Toolkit(name="Sample", slug="sample", nsi_type_code="TKX1")
    setattr(toolkit, field, code)
    with pytest.raises(ValidationError) as refusal:
        toolkit.full_clean()
    assert refusal.value.message_dict == {field: ["Enter the code as it is in Delius, without spaces"]}


def test_a_toolkit_reads_as_its_name():
    assert str(make_toolkit(name="Stepping Stones")) == "Stepping Stones"


def test_a_team_has_one_row_at_most():
    make_rollout(team_code="N90AAA")
    with refused_by(ONE_ROW):
        make_rollout(team_code="N90AAA", starts_on=date(2027, 1, 1))


def test_a_provider_has_one_row_of_its_own_at_most():
    make_rollout()
    with refused_by(ONE_ROW):
        make_rollout(starts_on=date(2027, 1, 1))


def test_a_rollout_cannot_end_before_it_starts():
    with refused_by("rollout_last_day_not_before_first"):
        make_rollout(starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 1))


def test_a_rollout_belongs_to_a_provider():
    with refused_by("rollout_has_provider"):
        make_rollout(provider_code="", team_code="N90AAA")


@pytest.mark.parametrize(("field", "code"), [("provider_code", "N-9"), ("team_code", "N90 A"), ("team_code", "n90a")])
def test_a_rollout_takes_codes_only_as_delius_writes_them(field, code):
    rollout = Rollout(provider_code="N90", starts_on=date(2026, 1, 1))
    setattr(rollout, field, code)
    with pytest.raises(ValidationError) as refusal:
        rollout.full_clean()
    assert list(refusal.value.message_dict) == [field]


def test_a_rollout_reads_as_whom_it_is_for():
    assert str(make_rollout(team_code="N90AAA")) == "Team N90AAA"
    assert str(make_rollout()) == "All teams of N90"
