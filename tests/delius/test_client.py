"""The calls, against the simulator and against upstreams that are untidier than it is."""

import os
from datetime import date

import pytest
from pytest_django import Settings

from delius import client as client_module
from delius.client import DeliusClient, get_client, reset_client
from delius.errors import DeliusContractError, Forbidden, NotFound
from delius.records import LocationRule
from tests.delius.scripted import Answer, Received, ScriptedUpstream
from tests.delius.values import BRIAN, CLARA, DEV, EDIE, HAL, ROBIN
from tests.simulator_process import Simulator

RESTRICTED, EXCLUDED, NOBODY = "X000011", "X000012", "X999999"


def test_a_staff_record_is_found_by_user_name(client: DeliusClient):
    staff = client.staff_by_username(ROBIN)
    assert (staff.username, staff.name, staff.staff_code, staff.staff_identifier) == (
        ROBIN,
        "Robin Sample",
        "N90A001",
        9001,
    )
    assert staff.provider
    assert (staff.provider.code, [team.code for team in staff.teams]) == ("N90", ["N90AAA"])


def test_a_user_without_a_staff_record_is_not_found(client: DeliusClient):
    with pytest.raises(NotFound):
        client.staff_by_username("NOEL.NOSTAFF")


def test_the_user_name_of_a_staff_record_is_the_one_asked_for(upstream: ScriptedUpstream):
    upstream.answers(Answer({"staffCode": "N90A001", "staffIdentifier": 9001, "username": "RobinSample"}))
    assert get_client().staff_by_username(ROBIN).username == ROBIN


def test_everybody_managed_is_listed_and_the_eligible_with_their_names(client: DeliusClient):
    managed = {entry.crn: entry for entry in client.managed_people(9001)}
    eligible = {entry.crn: entry for entry in client.eligible_people(ROBIN, limit=100)}
    assert {BRIAN, "X000006", HAL} <= managed.keys()
    assert BRIAN in eligible
    assert not {"X000006", HAL} & eligible.keys()
    assert (managed[BRIAN].surname, managed[BRIAN].first_name) == ("Example", None)
    assert (eligible[BRIAN].surname, eligible[BRIAN].first_name) == ("Example", "Brian")


def test_every_page_of_the_eligible_is_read(
    client: DeliusClient, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
):
    in_one_page = client.eligible_people(ROBIN, limit=100)
    monkeypatch.setattr(client_module, "PAGE_SIZE", 3)
    simulator.clear_requests()
    assert client.eligible_people(ROBIN, limit=100) == in_one_page
    assert len(simulator.requests("eligible_people")) == -(-len(in_one_page) // 3) > 1


def test_no_more_pages_of_the_eligible_are_read_than_are_wanted(
    client: DeliusClient, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(client_module, "PAGE_SIZE", 2)
    assert len(client.eligible_people(ROBIN, limit=3)) == 3
    assert len(simulator.requests("eligible_people")) == 2


def test_an_upstream_that_gives_the_same_page_for_ever_is_not_asked_for_ever(upstream: ScriptedUpstream):
    upstream.answers(Answer({"content": [{"crn": BRIAN, "firstName": "Brian", "surname": "Example"}]}))
    assert len(get_client().eligible_people(ROBIN, limit=100)) == 1
    assert len(upstream.received) == 2


def test_an_upstream_with_endless_pages_is_not_read_to_the_end(upstream: ScriptedUpstream):
    def next_page(request: Received) -> Answer:
        return Answer({"content": [{"crn": f"X{len(upstream.received):06}"}], "last": False})

    upstream.respond = next_page
    assert len(get_client().eligible_people(ROBIN, limit=10_000)) == client_module.MOST_PAGES


def test_sessions_in_the_contact_log_name_their_nsi_and_their_outcome(client: DeliusClient, simulator: Simulator):
    [nsi] = simulator.nsis(CLARA)
    simulator.add_contact(CLARA, start="2026-06-11T10:00", end=None)
    contacts = client.contacts(CLARA)
    assert {each.nsi_id for each in contacts} == {nsi["nsiId"], None}
    assert sorted((each.outcome_code, each.attended) for each in contacts if each.outcome_code) == [("ATTC", True)]


def test_every_page_of_the_contact_log_is_read(
    client: DeliusClient, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
):
    in_one_page = client.contacts(DEV)
    monkeypatch.setattr(client_module, "PAGE_SIZE", 3)
    simulator.clear_requests()
    assert client.contacts(DEV) == in_one_page
    assert [each["query"]["page"] for each in simulator.requests("contact_summary")] == ["0", "1"]


def test_a_contact_log_that_gives_the_same_page_for_ever_is_not_asked_for_ever(upstream: ScriptedUpstream):
    upstream.answers(Answer({"content": [{"contactId": 1}]}))
    assert len(get_client().contacts(BRIAN)) == 1
    assert len(upstream.received) == 2


def test_a_person_is_read_with_phone_manager_and_circumstances(client: DeliusClient):
    person = client.person(BRIAN)
    assert (person.crn, person.name) == (BRIAN, "Brian Example")
    assert person.phone_numbers[0].number.startswith("07700 900")
    assert person.languages
    assert person.languages.primary == "Welsh"
    assert [each.description for each in person.disabilities[0].adjustments] == ["Large print documents"]
    assert len(person.managers) == 3
    manager = person.active_manager
    assert manager
    assert manager.team
    assert (manager.staff_code, manager.staff_name, manager.team.code) == ("N90A001", "Robin Sample", "N90AAA")


def test_a_manager_whose_provider_has_no_code_is_read(client: DeliusClient):
    manager = client.person("X000017").active_manager
    assert manager
    assert manager.provider
    assert manager.provider.code is None


def test_a_person_who_may_be_seen_is_allowed(client: DeliusClient):
    assert client.access(BRIAN, ROBIN).allowed


@pytest.mark.parametrize(("crn", "word"), [(RESTRICTED, "restricted"), (EXCLUDED, "excluded")])
def test_limited_access_is_an_answer_with_delius_own_words(client: DeliusClient, crn: str, word: str):
    access = client.access(crn, ROBIN)
    assert not access.allowed
    assert access.message
    assert word in access.message


@pytest.mark.parametrize("body", [{"status": 403}, {"userRestricted": True}, b"", []])
def test_a_403_without_a_reason_is_not_taken_for_limited_access(upstream: ScriptedUpstream, body):
    upstream.answers(Answer(body, 403))
    with pytest.raises(Forbidden) as caught:
        get_client().access(BRIAN, ROBIN)
    assert caught.value.message == ""


def test_access_to_nobody_is_not_found(client: DeliusClient):
    with pytest.raises(NotFound):
        client.access(NOBODY, ROBIN)


def test_events_come_with_what_an_nsi_and_the_appointment_types_depend_on(client: DeliusClient):
    (event,) = client.events(BRIAN)
    assert event.referral_date
    assert event.referral_date < date.today()
    assert (event.active, event.cja, event.legacy) == (True, True, False)
    (older,) = client.events("X000010")
    assert (older.cja, older.legacy) == (False, True)


def test_requirements_come_with_rar_days(client: DeliusClient):
    (event,) = client.events(BRIAN)
    (requirement,) = client.requirements(BRIAN, event.event_id)
    assert requirement.is_rar
    assert (requirement.days_completed, requirement.days_ordered) == (2, 20)


def test_other_requirements_are_not_rar(client: DeliusClient):
    (event,) = client.events(HAL)
    assert [requirement.is_rar for requirement in client.requirements(HAL, event.event_id)] == [False]


def test_nsis_of_the_types_asked_for_are_read_deleted_ones_too(client: DeliusClient):
    (event,) = client.events(CLARA)
    (nsi,) = client.nsis(CLARA, event.event_id, ["TKCAC", "TKDEV"])
    assert (nsi.type_code, nsi.is_open, nsi.status_code) == ("TKCAC", True, "INPROG")
    assert nsi.managers[0].staff_code == "N90A001"
    (edies,) = client.events(EDIE)
    (deleted,) = client.nsis(EDIE, edies.event_id, ["TKDEV"])
    assert deleted.soft_deleted
    assert not deleted.is_open
    assert client.nsis(EDIE, edies.event_id, ["TKCAC"]) == ()


@pytest.mark.parametrize(
    ("operation", "field", "call"),
    [
        ("nsis", "nsis", lambda: get_client().nsis(BRIAN, 1, ["TKDEV"])),
        ("requirements", "requirements", lambda: get_client().requirements(BRIAN, 1)),
        ("eligible_people", "content", lambda: get_client().eligible_people(ROBIN, limit=1)),
    ],
)
def test_a_list_that_is_missing_is_not_taken_for_an_empty_one(upstream: ScriptedUpstream, operation, field, call):
    upstream.answers(Answer({}))
    with pytest.raises(DeliusContractError) as caught:
        call()
    assert caught.value.operation == operation


def test_appointment_types_have_their_location_rules(client: DeliusClient):
    types = {each.code: each for each in client.appointment_types()}
    assert types["COAP"].location is LocationRule.REQUIRED
    assert types["CHVS"].location is LocationRule.NOT_REQUIRED
    assert LocationRule.OPTIONAL in {each.location for each in types.values()}
    assert set(types["COAP"].order_types) == {"CJA", "LEGACY"}


def test_a_type_or_office_without_a_code_is_left_out(upstream: ScriptedUpstream):
    upstream.answers(Answer([{"contactType": None}, {"contactType": "COAP"}]))
    assert [each.code for each in get_client().appointment_types()] == ["COAP"]
    upstream.answers(Answer([{"description": "Nowhere"}, {"code": "N90HAR"}]))
    assert [each.code for each in get_client().office_locations("N90AAA")] == ["N90HAR"]


@pytest.mark.parametrize("naive", [False, True])
def test_appointments_have_their_times_with_or_without_an_offset(
    client: DeliusClient, simulator: Simulator, naive: bool
):
    simulator.reset(now="2026-06-10T10:00:00+01:00")
    simulator.switch(naiveTimes=naive)
    (event,) = client.events(CLARA)
    day = date(2026, 6, 24)
    found = client.contacts(CLARA, event_id=event.event_id, date_from=day, date_to=day)
    assert [(each.type_code, each.start and each.start.isoformat()) for each in found] == [
        ("COAP", "2026-06-24T14:00:00+01:00")
    ]


def test_one_client_serves_the_whole_process(simulator: Simulator):
    assert get_client() is get_client()


@pytest.mark.parametrize("setting", ["DELIUS_READ_TIMEOUT", "COMMUNITY_API_URL", "HMPPS_CLIENT_SECRET"])
def test_changed_settings_make_a_new_client(simulator: Simulator, settings: Settings, setting: str):
    before = get_client()
    setattr(settings, setting, getattr(settings, setting))
    assert get_client() is not before


def test_a_client_can_be_forgotten_where_there_is_none(simulator: Simulator):
    reset_client()
    reset_client()
    assert get_client().events(BRIAN)


def test_a_forked_process_has_a_client_and_connections_of_its_own(client: DeliusClient, simulator: Simulator):
    client.events(BRIAN)
    child = os.fork()
    if child == 0:
        try:
            sound = get_client() is not client and bool(get_client().events(BRIAN))
        except BaseException:
            sound = False
        os._exit(0 if sound else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert get_client() is client
    assert client.events(BRIAN)


def test_an_address_may_end_in_a_slash(simulator: Simulator, settings: Settings):
    settings.COMMUNITY_API_URL = f"{simulator.community_url}/"
    settings.HMPPS_AUTH_URL = f"{simulator.auth_url}/"
    assert get_client().events(BRIAN)
