"""The calls to Community API and Delius API that the product makes, from typed values to typed records."""

import os
import threading
from collections.abc import Callable, Sequence
from datetime import date
from itertools import count
from typing import Any, TypeVar

import requests
from django.core.signals import setting_changed
from django.dispatch import receiver
from pydantic import BaseModel, ValidationError

from delius import conf
from delius.errors import Forbidden
from delius.records import (
    Access,
    AppointmentType,
    CaseloadEntry,
    Contact,
    ContactsPage,
    CreatedAppointment,
    CreatedNsi,
    Event,
    Nsi,
    OfficeLocation,
    Person,
    PersonalCircumstance,
    Registration,
    Requirement,
    StaffMember,
)
from delius.transport import Operation, Parameters, Query, Service, Transport, json_of, unusable
from delius.writes import NewAppointment, NewNsi

R = TypeVar("R", bound=BaseModel)

PAGE_SIZE = 200
MOST_PAGES = 50
PROVIDER = "PROVIDER_"

_COMMUNITY, _DELIUS = Service.COMMUNITY_API, Service.DELIUS_API
_PERSON = "/secure/offenders/crn/{crn}"
_EVENT = _PERSON + "/convictions/{event_id}"

STAFF = Operation("staff_by_username", _COMMUNITY, "GET", "/secure/staff/username/{username}")
ELIGIBLE = Operation(
    "eligible_people", _COMMUNITY, "GET", "/secure/staff/username/{username}/manage-supervisions-eligible-offenders"
)
MANAGED = Operation(
    "managed_people", _COMMUNITY, "GET", "/secure/staff/staffIdentifier/{staff_identifier}/managedOffenders"
)
PERSON = Operation("person_all", _COMMUNITY, "GET", _PERSON + "/all")
ACCESS = Operation("user_access", _COMMUNITY, "GET", _PERSON + "/user/{username}/userAccess")
EVENTS = Operation("convictions", _COMMUNITY, "GET", _PERSON + "/convictions")
REQUIREMENTS = Operation("requirements", _COMMUNITY, "GET", _EVENT + "/requirements")
NSIS = Operation("nsis", _COMMUNITY, "GET", _EVENT + "/nsis")
APPOINTMENT_TYPES = Operation("appointment_types", _COMMUNITY, "GET", "/secure/appointment-types")
OFFICE_LOCATIONS = Operation("office_locations", _COMMUNITY, "GET", "/secure/teams/{team_code}/office-locations")
CONTACTS = Operation("contact_summary", _COMMUNITY, "GET", _PERSON + "/contact-summary")
CIRCUMSTANCES = Operation("personal_circumstances", _COMMUNITY, "GET", _PERSON + "/personalCircumstances")
REGISTRATIONS = Operation("registrations", _COMMUNITY, "GET", _PERSON + "/registrations")
CREATE_APPOINTMENT = Operation("create_appointment", _COMMUNITY, "POST", _PERSON + "/sentence/{event_id}/appointments")
CREATE_NSI = Operation("create_nsi", _DELIUS, "POST", "/v1/nsi")


class DeliusClient:
    """Community API and Delius API. Safe to use from several threads.

    Every method raises Unavailable where there is no usable answer, NotFound, Forbidden and Refused as upstream
    answers. A read raises DeliusContractError for an answer that lacks what we act on.
    """

    def __init__(self, connection: conf.Connection) -> None:
        self._transport = Transport(connection)

    def close(self) -> None:
        """Let go of the pooled connections."""
        self._transport.close()

    def providers_written_for(self, username: str) -> frozenset[str]:
        """Return the codes of the providers in whose name something may be created on behalf of a user.

        Creating an NSI or a contact needs the authority `PROVIDER_<code>` for each provider that it names (Delius API).
        """
        authorities = self._transport.authorities(username)
        return frozenset(each.removeprefix(PROVIDER) for each in authorities if each.startswith(PROVIDER))

    def staff_by_username(self, username: str) -> StaffMember:
        """Return a user's staff record. Raises NotFound for a user without one."""
        answer = self._read(STAFF, {"username": username})
        return _one(STAFF, StaffMember, {**_object(STAFF, answer), "username": username})

    def eligible_people(self, username: str, *, limit: int) -> tuple[CaseloadEntry, ...]:
        """Return, with their names, those on a user's caseload with one active sentence and a RAR requirement.

        Reads pages until the last one, or until there are `limit` people.
        """
        found: dict[str, CaseloadEntry] = {}
        for number in range(MOST_PAGES):
            # The document names the paging parameters pageNumber and pageSize; Spring, which reads them, page and size.
            query = {"page": number, "size": PAGE_SIZE, "pageNumber": number, "pageSize": PAGE_SIZE}
            answer = _object(ELIGIBLE, self._read(ELIGIBLE, {"username": username}, query))
            page = {each.crn: each for each in _each(ELIGIBLE, CaseloadEntry.model_validate, answer.get("content"))}
            has_more = not page.keys() <= found.keys() and answer.get("last") is not True
            found |= page
            if not has_more or len(found) >= limit:
                break
        return tuple(found.values())[:limit]

    def managed_people(self, staff_identifier: int) -> tuple[CaseloadEntry, ...]:
        """Return everybody whom a member of staff manages now, with their surnames."""
        answer = self._read(MANAGED, {"staff_identifier": staff_identifier}, {"current": "true"})
        return _each(MANAGED, CaseloadEntry.model_validate, answer)

    def person(self, crn: str) -> Person:
        """Return a person with everything that we show of them. Who may see it is for `access` to say."""
        return _one(PERSON, Person, self._read(PERSON, {"crn": crn}))

    def access(self, crn: str, username: str) -> Access:
        """Return whether a user may see a person's record, and if not, why."""
        response = self._transport.send(ACCESS, {"crn": crn, "username": username})
        if response.status_code != requests.codes.forbidden:
            return _one(ACCESS, Access, json_of(ACCESS, response))
        try:
            return Access.model_validate(response.json())
        except (requests.JSONDecodeError, ValidationError):
            raise Forbidden from None

    def events(self, crn: str, *, active_only: bool = True) -> tuple[Event, ...]:
        """Return a person's events, by default those that are active."""
        answer = self._read(EVENTS, {"crn": crn}, {"activeOnly": _boolean(active_only)})
        return _each(EVENTS, Event.model_validate, answer)

    def requirements(self, crn: str, event_id: int) -> tuple[Requirement, ...]:
        """Return the active requirements of an event; soft-deleted ones may be among them."""
        answer = self._read(REQUIREMENTS, {"crn": crn, "event_id": event_id}, {"activeOnly": "true"})
        return _each(REQUIREMENTS, Requirement.model_validate, _object(REQUIREMENTS, answer).get("requirements"))

    def nsis(self, crn: str, event_id: int, codes: Sequence[str]) -> tuple[Nsi, ...]:
        """Return every NSI of some types on an event: of any requirement, ended and soft-deleted ones too."""
        answer = self._read(NSIS, {"crn": crn, "event_id": event_id}, {"nsiCodes": list(codes)})
        return _each(NSIS, Nsi.model_validate, _object(NSIS, answer).get("nsis"))

    def appointment_types(self) -> tuple[AppointmentType, ...]:
        """Return the types that an appointment may have. Types without a code cannot be used and are left out."""
        answer = self._read(APPOINTMENT_TYPES, {})
        return _each(APPOINTMENT_TYPES, AppointmentType.model_validate, _with("contactType", answer))

    def office_locations(self, team_code: str) -> tuple[OfficeLocation, ...]:
        """Return a team's offices, duplicates included. Raises NotFound for an unknown or inactive team."""
        answer = self._read(OFFICE_LOCATIONS, {"team_code": team_code})
        return _each(OFFICE_LOCATIONS, OfficeLocation.model_validate, _with("code", answer))

    def contacts(
        self,
        crn: str,
        *,
        event_id: int | None = None,
        date_from: date | None = None,
        date_to: date | None = None,
    ) -> tuple[Contact, ...]:
        """Return the appointments in a person's contact log, with the NSI that each hangs from.

        All of them, or those of an event, or those on some days, the first and the last included. Reads pages until one
        says that it is the last, or has nothing that was not there before.
        """
        filters: dict[str, str | int | list[str]] = {"appointmentsOnly": "true", "pageSize": PAGE_SIZE}
        if event_id is not None:
            filters["convictionId"] = event_id
        if date_from:
            filters["contactDateFrom"] = date_from.isoformat()
        if date_to:
            filters["contactDateTo"] = date_to.isoformat()
        found: dict[int, Contact] = {}
        for number in count():
            answer = _object(CONTACTS, self._read(CONTACTS, {"crn": crn}, {**filters, "page": number}))
            page = {each.contact_id: each for each in _each(CONTACTS, Contact.model_validate, answer.get("content"))}
            has_more = not page.keys() <= found.keys() and answer.get("last") is not True
            found |= page
            if not has_more:
                break
        return tuple(found.values())

    def contacts_page(
        self, crn: str, *, number: int, size: int, date_from: date | None = None, date_to: date | None = None
    ) -> ContactsPage:
        """Return one page, counted from 0, of the appointments in a person's contact log, latest first.

        Of all of them, or of those on some days, the first and the last included.
        """
        query: dict[str, str | int | list[str]] = {"appointmentsOnly": "true", "page": number, "pageSize": size}
        if date_from:
            query["contactDateFrom"] = date_from.isoformat()
        if date_to:
            query["contactDateTo"] = date_to.isoformat()
        answer = _object(CONTACTS, self._read(CONTACTS, {"crn": crn}, query))
        return _one(CONTACTS, ContactsPage, answer)

    def personal_circumstances(self, crn: str) -> tuple[PersonalCircumstance, ...]:
        """Return a person's circumstances, past and present."""
        answer = _object(CIRCUMSTANCES, self._read(CIRCUMSTANCES, {"crn": crn}))
        return _each(CIRCUMSTANCES, PersonalCircumstance.model_validate, answer.get("personalCircumstances") or [])

    def registrations(self, crn: str) -> tuple[Registration, ...]:
        """Return the risk flags on a person's record, those that were removed too."""
        answer = _object(REGISTRATIONS, self._read(REGISTRATIONS, {"crn": crn}))
        return _each(REGISTRATIONS, Registration.model_validate, answer.get("registrations") or [])

    def create_nsi(self, new: NewNsi, *, username: str) -> CreatedNsi:
        """Create an NSI on behalf of a user.

        Raises Refused with Delius API's reason, Forbidden where the user has no part in the provider named, and
        Unavailable, which says whether the NSI may have been created.
        """
        return _one(CREATE_NSI, CreatedNsi, self._write(CREATE_NSI, {}, new.to_json(), username=username))

    def create_appointment(self, crn: str, event_id: int, new: NewAppointment, *, username: str) -> CreatedAppointment:
        """Create an appointment on behalf of a user.

        Raises Refused with Community API's reason, Clash where the person has an appointment at that time, and
        Unavailable, which says whether the appointment may have been created.
        """
        parameters: Parameters = {"crn": crn, "event_id": event_id}
        answer = self._write(CREATE_APPOINTMENT, parameters, new.to_json(), username=username)
        return _one(CREATE_APPOINTMENT, CreatedAppointment, answer)

    def _read(self, operation: Operation, parameters: Parameters, query: Query | None = None) -> Any:
        return json_of(operation, self._transport.send(operation, parameters, query=query))

    def _write(self, operation: Operation, parameters: Parameters, body: dict[str, Any], *, username: str) -> Any:
        return json_of(operation, self._transport.send(operation, parameters, body=body, username=username))


_lock = threading.Lock()
_client: DeliusClient | None = None


def get_client() -> DeliusClient:
    """Return the process's client, made from the settings when it is first asked for."""
    global _client
    with _lock:
        if _client is None:
            _client = DeliusClient(conf.connection())
        return _client


def reset_client() -> None:
    """Forget the process's client, so that the next one is made from the settings as they are then."""
    global _client
    with _lock:
        client, _client = _client, None
    if client:
        client.close()


def _forget_inherited_client() -> None:
    """Let a forked process open connections of its own; its parent goes on using these, so they are not closed."""
    global _client, _lock
    _lock = threading.Lock()
    _client = None


os.register_at_fork(after_in_child=_forget_inherited_client)


@receiver(setting_changed)
def _follow_settings(*, setting: str, **kwargs: Any) -> None:
    if setting.startswith(("HMPPS_", "COMMUNITY_API_", "DELIUS_")):
        reset_client()


def _one(operation: Operation, record: type[R], answer: Any) -> R:
    try:
        return record.model_validate(answer)
    except ValidationError as error:
        raise unusable(operation, *_fields(error)) from None


def _each(operation: Operation, read: Callable[[Any], R], answer: Any) -> tuple[R, ...]:
    if not isinstance(answer, list):
        raise unusable(operation, "list")
    try:
        return tuple(read(item) for item in answer)
    except ValidationError as error:
        raise unusable(operation, *_fields(error)) from None


def _object(operation: Operation, answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise unusable(operation)
    return answer


def _with(name: str, answer: Any) -> Any:
    """Leave out the items of a list that lack what they would be chosen by."""
    return (
        [item for item in answer if not isinstance(item, dict) or item.get(name)]
        if isinstance(answer, list)
        else answer
    )


def _fields(error: ValidationError) -> list[str]:
    """Return the names of the fields at fault. Only names: the error itself holds values too."""
    return sorted({".".join(part for part in each["loc"] if isinstance(part, str)) for each in error.errors()})


def _boolean(value: bool) -> str:
    return "true" if value else "false"
