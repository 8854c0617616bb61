"""Finding or creating the NSI of a toolkit, in the simulator's record."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from delius.client import get_client
from delius.errors import Forbidden, NotFound, Refused, Unavailable
from delius.london import LONDON
from delius.nsis import FoundNsi, NsiTypeDefaults, create_nsi, find_nsi, find_or_create_nsi
from delius.records import Event
from tests.delius.scripted import Answer, ScriptedUpstream
from tests.delius.values import (
    BRIAN,
    CHOICES_AND_CHANGES,
    CLARA,
    DEV,
    DEVELOPING_DIALOGUES,
    EDIE,
    FRANK,
    GITA,
    HARROW_END,
    MAPS_FOR_CHANGE,
    NEW_ME_MOT,
    NOW,
    ROBIN,
    SKILLS_FOR_RELATIONSHIPS,
    TODAY,
    URN,
    an_event,
)
from tests.simulator_process import Simulator

pytestmark = pytest.mark.usefixtures("frozen")


def on_requirement(crn: str, *, sentence: int = 0) -> dict[str, Any]:
    event = get_client().events(crn)[sentence]
    requirement = next(each for each in get_client().requirements(crn, event.event_id) if each.is_rar)
    return {"crn": crn, "event": event, "requirement_id": requirement.requirement_id}


def find_or_create(crn: str, nsi_type: NsiTypeDefaults, *, sentence: int = 0, **changes: Any) -> FoundNsi:
    return find_or_create_nsi(
        **{
            **on_requirement(crn, sentence=sentence),
            "nsi_type": nsi_type,
            "officer": HARROW_END,
            "username": ROBIN,
            "urn": URN,
            "now": NOW,
            "today": TODAY,
            **changes,
        }
    )


def of_type(simulator: Simulator, crn: str, nsi_type: NsiTypeDefaults) -> list[dict[str, Any]]:
    return [nsi for nsi in simulator.nsis(crn) if nsi["type"] == nsi_type.type_code]


def test_where_there_is_none_an_nsi_is_created_on_the_requirement(simulator: Simulator):
    found = find_or_create(BRIAN, DEVELOPING_DIALOGUES)
    (nsi,) = of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)
    where = on_requirement(BRIAN)
    assert (found.nsi_id, found.created, found.others) == (nsi["nsiId"], True, ())
    assert (nsi["eventId"], nsi["requirementId"]) == (where["event"].event_id, where["requirement_id"])


def test_a_new_nsi_is_referred_today_in_its_toolkits_status_from_a_minute_ago_and_not_started(simulator: Simulator):
    find_or_create(BRIAN, DEVELOPING_DIALOGUES)
    (nsi,) = of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)
    assert nsi["referralDate"] == "2026-06-10"
    assert (nsi["status"], nsi["statusDate"]) == ("INPROG", "2026-06-10T09:59:00")
    assert [nsi[name] for name in ("startDate", "expectedStartDate", "expectedEndDate", "endDate")] == [None] * 4


def test_an_nsi_made_right_after_midnight_has_its_status_from_the_day_it_is_referred_on(simulator: Simulator):
    midnight = datetime(2026, 6, 11, 0, 0, 30, tzinfo=LONDON)
    simulator.freeze(midnight.isoformat())
    find_or_create(BRIAN, DEVELOPING_DIALOGUES, now=midnight, today=midnight.date())
    (nsi,) = of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)
    assert (nsi["referralDate"], nsi["statusDate"]) == ("2026-06-11", "2026-06-11T00:00:00")


def test_a_new_nsi_is_managed_by_the_officer_and_created_by_the_person_who_asked(simulator: Simulator):
    find_or_create(BRIAN, DEVELOPING_DIALOGUES)
    (nsi,) = of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)
    assert [nsi[name] for name in ("provider", "team", "staff")] == ["N90", "N90AAA", "N90A001"]
    assert (nsi["intendedProvider"], nsi["createdBy"]) == ("N90", ROBIN)


def test_a_new_nsi_bears_our_urn_as_its_external_reference(simulator: Simulator):
    find_or_create(BRIAN, DEVELOPING_DIALOGUES)
    (nsi,) = of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)
    assert (nsi["externalReference"], nsi["notes"]) == (URN, None)


@pytest.mark.parametrize(
    ("notes", "recorded"),
    [("", URN), ("Workbook.", f"Workbook.\n\n{URN}"), ("x" * 4000, f"{'x' * (4000 - len(URN) - 2)}\n\n{URN}")],
)
def test_the_urn_goes_into_the_notes_too_where_the_setting_says_so(
    simulator: Simulator, settings: Settings, notes: str, recorded: str
):
    settings.NSI_URN_IN_NOTES = True
    find_or_create(BRIAN, replace(DEVELOPING_DIALOGUES, notes=notes))
    (nsi,) = of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)
    assert nsi["notes"] == recorded
    assert len(nsi["notes"]) <= 4000


def test_a_length_is_sent_where_the_type_has_a_unit(simulator: Simulator):
    find_or_create(BRIAN, SKILLS_FOR_RELATIONSHIPS)
    assert [nsi["length"] for nsi in of_type(simulator, BRIAN, SKILLS_FOR_RELATIONSHIPS)] == [10]


def test_a_sub_type_is_sent_where_the_toolkit_has_one(simulator: Simulator):
    find_or_create(BRIAN, NEW_ME_MOT)
    assert [nsi["subType"] for nsi in of_type(simulator, BRIAN, NEW_ME_MOT)] == ["TKNEW1"]


@pytest.mark.parametrize(
    "unsound",
    [
        replace(SKILLS_FOR_RELATIONSHIPS, length=None),
        replace(DEVELOPING_DIALOGUES, length=10),
        replace(NEW_ME_MOT, sub_type_code=None),
        replace(DEVELOPING_DIALOGUES, status_code="NOSUCH"),
    ],
)
def test_defaults_that_delius_does_not_take_are_refused_with_its_reason(simulator: Simulator, unsound):
    before = simulator.nsis(BRIAN)
    with pytest.raises(Refused) as caught:
        find_or_create(BRIAN, unsound)
    assert caught.value.reason
    assert simulator.nsis(BRIAN) == before


def test_the_same_nsi_serves_the_next_appointment(simulator: Simulator):
    first = find_or_create(BRIAN, DEVELOPING_DIALOGUES)
    second = find_or_create(BRIAN, DEVELOPING_DIALOGUES, urn=URN.replace("1", "2"))
    assert (second.nsi_id, second.created) == (first.nsi_id, False)
    assert len(of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)) == 1


def test_an_nsi_recorded_by_hand_in_delius_is_reused(simulator: Simulator):
    (nsi,) = of_type(simulator, CLARA, CHOICES_AND_CHANGES)
    assert find_or_create(CLARA, CHOICES_AND_CHANGES) == FoundNsi(nsi_id=nsi["nsiId"], created=False)
    assert simulator.requests("create_nsi") == []


def test_of_two_duplicates_the_one_with_more_appointments_is_used_and_the_other_named(simulator: Simulator):
    earlier, later = sorted(of_type(simulator, DEV, CHOICES_AND_CHANGES), key=lambda nsi: nsi["referralDate"])
    hung = [contact["nsiId"] for contact in simulator.contacts(DEV)]
    assert hung.count(earlier["nsiId"]) > hung.count(later["nsiId"])
    found = find_or_create(DEV, CHOICES_AND_CHANGES)
    assert (found.nsi_id, found.created) == (earlier["nsiId"], False)
    assert [other.nsi_id for other in found.others] == [later["nsiId"]]


def test_of_two_duplicates_the_one_that_was_picked_is_used(simulator: Simulator):
    for nsi in of_type(simulator, DEV, CHOICES_AND_CHANGES):
        assert find_or_create(DEV, CHOICES_AND_CHANGES, preferred=nsi["nsiId"]).nsi_id == nsi["nsiId"]


def test_what_is_about_to_be_created_can_still_be_stopped(simulator: Simulator):
    def stop() -> None:
        raise RuntimeError("Stop")

    with pytest.raises(RuntimeError, match="Stop"):
        find_or_create(BRIAN, DEVELOPING_DIALOGUES, about_to_create=stop)
    assert simulator.requests("create_nsi") == []


def test_a_soft_deleted_nsi_is_not_reused(simulator: Simulator):
    (deleted,) = of_type(simulator, EDIE, DEVELOPING_DIALOGUES)
    found = find_or_create(EDIE, DEVELOPING_DIALOGUES)
    assert found.created
    assert found.nsi_id != deleted["nsiId"]


def test_an_ended_nsi_is_not_reused(simulator: Simulator):
    (ended,) = of_type(simulator, FRANK, MAPS_FOR_CHANGE)
    found = find_or_create(FRANK, MAPS_FOR_CHANGE)
    assert found.created
    assert found.nsi_id != ended["nsiId"]


def test_an_nsi_of_another_requirement_is_not_reused(simulator: Simulator):
    first = find_or_create(GITA, DEVELOPING_DIALOGUES, sentence=0)
    second = find_or_create(GITA, DEVELOPING_DIALOGUES, sentence=1)
    assert first.created
    assert second.created
    assert len({nsi["requirementId"] for nsi in of_type(simulator, GITA, DEVELOPING_DIALOGUES)}) == 2


def test_an_nsi_of_no_requirement_is_not_reused(simulator: Simulator):
    event = get_client().events(BRIAN)[0]
    simulator.add_nsi(BRIAN, "TKDEV", eventId=event.event_id, requirementId=None)
    assert find_or_create(BRIAN, DEVELOPING_DIALOGUES).created


def test_an_event_referred_in_the_future_is_refused_before_anything_is_sent(simulator: Simulator):
    where = on_requirement(BRIAN)
    event = Event.for_writing(event_id=where["event"].event_id, referral_date=TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="future"):
        find_or_create(BRIAN, DEVELOPING_DIALOGUES, event=event)
    assert simulator.requests("create_nsi") == []


@pytest.mark.parametrize("referral_date", [None, TODAY])
def test_an_event_referred_today_or_on_an_unknown_day_can_have_an_nsi(referral_date: date | None):
    event = an_event(on_requirement(BRIAN)["event"].event_id, referral_date)
    assert find_or_create(BRIAN, DEVELOPING_DIALOGUES, event=event).created


def test_somebody_without_a_part_in_the_provider_may_not_create_an_nsi(simulator: Simulator):
    elsewhere = replace(HARROW_END, provider_code="N91")
    with pytest.raises((Forbidden, Refused)):
        find_or_create(BRIAN, DEVELOPING_DIALOGUES, officer=elsewhere)
    assert of_type(simulator, BRIAN, DEVELOPING_DIALOGUES) == []


def test_an_nsi_on_somebody_unknown_is_not_found():
    with pytest.raises(NotFound):
        find_nsi(crn="X999999", event_id=1, requirement_id=1, nsi_type=DEVELOPING_DIALOGUES)


@pytest.mark.parametrize("kind", ["drop_after", "malformed"])
def test_an_nsi_created_without_an_answer_is_found_when_read_back(simulator: Simulator, kind: str):
    where = on_requirement(BRIAN)
    simulator.fault("create_nsi", kind)
    with pytest.raises(Unavailable) as caught:
        find_or_create(BRIAN, DEVELOPING_DIALOGUES)
    assert caught.value.may_have_taken_effect
    found = find_nsi(
        crn=BRIAN,
        event_id=where["event"].event_id,
        requirement_id=where["requirement_id"],
        nsi_type=DEVELOPING_DIALOGUES,
        urn=URN,
    )
    assert found
    assert [nsi["nsiId"] for nsi in of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)] == [found.nsi_id]
    again = find_or_create(BRIAN, DEVELOPING_DIALOGUES)
    assert (again.nsi_id, again.created) == (found.nsi_id, False)


def test_an_nsi_that_never_arrived_is_not_found_when_read_back(simulator: Simulator):
    where = on_requirement(BRIAN)
    simulator.fault("create_nsi", "drop_before")
    with pytest.raises(Unavailable) as caught:
        find_or_create(BRIAN, DEVELOPING_DIALOGUES)
    assert caught.value.may_have_taken_effect
    identity = {"crn": BRIAN, "event_id": where["event"].event_id, "requirement_id": where["requirement_id"]}
    assert find_nsi(**identity, nsi_type=DEVELOPING_DIALOGUES, urn=URN) is None


@pytest.mark.parametrize("returned", [True, False])
def test_our_own_nsi_is_known_among_duplicates_where_delius_returns_its_reference(simulator: Simulator, returned: bool):
    simulator.switch(returnsExternalReference=returned)
    where = on_requirement(BRIAN)
    identity = {"crn": BRIAN, "event_id": where["event"].event_id, "requirement_id": where["requirement_id"]}
    ours = simulator.add_nsi(BRIAN, "TKDEV", referralDate="2026-06-01", externalReference=URN)
    later = simulator.add_nsi(BRIAN, "TKDEV", referralDate="2026-06-05")
    found = find_nsi(**identity, nsi_type=DEVELOPING_DIALOGUES, urn=URN)
    assert found
    assert found.nsi_id == (ours if returned else later)["nsiId"]


def test_where_nsis_cannot_be_read_none_is_created(simulator: Simulator):
    simulator.fault("nsis", "status", status=500)
    with pytest.raises(Unavailable) as caught:
        find_or_create(BRIAN, DEVELOPING_DIALOGUES)
    assert not caught.value.may_have_taken_effect
    assert simulator.requests("create_nsi") == []


def test_an_nsi_that_somebody_recorded_a_moment_before_ours_was_refused_is_reused(upstream: ScriptedUpstream):
    recorded = {"nsiId": 7, "nsiType": {"code": "TKDEV"}, "requirement": {"requirementId": 1}, "active": True}
    upstream.answers(
        Answer({"nsis": []}), Answer({"userMessage": "There is one already"}, 400), Answer({"nsis": [recorded]})
    )
    found = find_or_create_nsi(
        crn=BRIAN,
        event=an_event(),
        requirement_id=1,
        nsi_type=DEVELOPING_DIALOGUES,
        officer=HARROW_END,
        username=ROBIN,
        urn=URN,
        now=NOW,
        today=TODAY,
    )
    assert (found.nsi_id, found.created) == (7, False)
    assert [request.method for request in upstream.received] == ["GET", "POST", "GET"]


def test_where_another_requirement_has_the_only_nsi_allowed_the_refusal_stands(simulator: Simulator):
    simulator.allow_duplicates("TKDEV", False)
    find_or_create(GITA, DEVELOPING_DIALOGUES, sentence=0)
    with pytest.raises(Refused, match="duplicates"):
        find_or_create(GITA, DEVELOPING_DIALOGUES, sentence=1)


def test_finding_and_creating_can_be_done_apart(simulator: Simulator):
    where = on_requirement(BRIAN)
    identity = {"crn": BRIAN, "event_id": where["event"].event_id, "requirement_id": where["requirement_id"]}
    assert find_nsi(**identity, nsi_type=DEVELOPING_DIALOGUES) is None
    nsi_id = create_nsi(
        **where,
        nsi_type=DEVELOPING_DIALOGUES,
        officer=HARROW_END,
        username=ROBIN,
        urn=URN,
        now=NOW,
        today=TODAY,
    )
    found = find_nsi(**identity, nsi_type=DEVELOPING_DIALOGUES)
    assert found
    assert found.nsi_id == nsi_id
