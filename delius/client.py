"""Typed client of the integration service's operations."""

import os
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.core.signals import setting_changed
from django.dispatch import receiver
from pydantic import BaseModel, ValidationError

from delius import conf
from delius.http import circuit_breaker
from delius.http.transport import Operation, Parameters, Query, Transport, contract_error, json_of
from delius.records import (
    Appointment,
    AppointmentPage,
    AppointmentType,
    Case,
    CasePage,
    ChangePage,
    EnsuredNsi,
    Nsi,
    NsiType,
    Office,
    OutcomeType,
    RiskFlag,
    User,
)
from delius.request_bodies import NewAppointment, NewNsi, NewOutcome, NewTime
from delius.upstream import Service

R = TypeVar("R", bound=BaseModel)

_CASE = "/cases/{crn}"
_CONTACT = f"{_CASE}/contacts/{{contact_id}}"
IDEMPOTENCY_HEADER = "Idempotency-Key"

GET_USER = Operation("getUser", "GET", "/users/{username}")
GET_CASES = Operation("getCases", "GET", "/users/{username}/cases")
GET_CASE = Operation("getCase", "GET", _CASE)
GET_RISK_FLAGS = Operation("getRiskFlags", "GET", f"{_CASE}/risk-flags")
GET_NSIS = Operation("getNsis", "GET", f"{_CASE}/nsis")
PUT_NSI = Operation("putNsi", "PUT", f"{_CASE}/nsis/{{reference}}")
WITHDRAW_NSI = Operation("withdrawNsi", "DELETE", f"{_CASE}/nsis/{{reference}}")
GET_APPOINTMENTS = Operation("getAppointments", "GET", f"{_CASE}/appointments")
GET_APPOINTMENT_BY_REFERENCE = Operation("getAppointmentByReference", "GET", f"{_CASE}/appointments/{{reference}}")
PUT_APPOINTMENT = Operation("putAppointment", "PUT", f"{_CASE}/appointments/{{reference}}")
GET_APPOINTMENT = Operation("getAppointment", "GET", _CONTACT)
PUT_OUTCOME = Operation("putOutcome", "PUT", f"{_CONTACT}/outcome")
RESCHEDULE = Operation("reschedule", "PUT", f"{_CONTACT}/reschedule")
GET_APPOINTMENT_TYPES = Operation("getAppointmentTypes", "GET", "/appointment-types")
GET_OUTCOMES = Operation("getOutcomes", "GET", "/appointment-types/{type_code}/outcomes")
GET_NSI_TYPES = Operation("getNsiTypes", "GET", "/nsi-types")
GET_OFFICES = Operation("getOffices", "GET", "/teams/{team_code}/offices")
GET_CHANGES = Operation("getChanges", "GET", "/changes")


class CaseSort(StrEnum):
    """Sort orders of a case list."""

    NAME = "NAME"
    CRN = "CRN"
    NEXT_APPOINTMENT = "NEXT_APPOINTMENT"
    RAR_DAYS_LEFT = "RAR_DAYS_LEFT"


class CaseScope(StrEnum):
    """Whose cases a case list has: those that the user manages, or those that their teams do."""

    USER = "USER"
    TEAMS = "TEAMS"


class CasesOnly(StrEnum):
    """The cases that a case list is limited to."""

    OUTCOMES_TO_RECORD = "OUTCOMES_TO_RECORD"
    RAR_DAYS_AT_RISK = "RAR_DAYS_AT_RISK"


class DeliusClient:
    """The integration service. Safe to use from several threads.

    `username` is the user to act for: what is written is recorded in their name, and limited access is decided for
    them. Every method raises Unavailable where there is no usable answer, and DeliusContractError for one that lacks
    what we act on; those of one case raise NotFound and LimitedAccess; writes raise Refused and Conflict.
    """

    def __init__(self, connection: conf.Connection) -> None:
        self._transport = Transport(connection)

    def close(self) -> None:
        """Close the pooled connections."""
        self._transport.close()

    def has_token(self, username: str | None = None) -> bool:
        """Return whether a token is cached, for a user where one is named."""
        return self._transport.has_token(username)

    def renew_token(self) -> None:
        """Fetch a new client token from HMPPS Auth. Raises Unavailable."""
        self._transport.renew_token()

    def user(self, username: str) -> User:
        """Return a Delius user, their staff record and their teams. Raises NotFound for an unknown user."""
        return _one(GET_USER, User, self._read(GET_USER, {"username": username}, username=username))

    def cases(
        self,
        username: str,
        *,
        search: str,
        sort: CaseSort,
        page: int,
        size: int,
        scope: CaseScope = CaseScope.USER,
        only: CasesOnly | None = None,
    ) -> CasePage:
        """Return a page (from 0) of the cases that a user, or their teams, manage.

        Raises NotFound for a user without a staff record.
        """
        query: dict[str, str | int | list[str]] = {"sort": sort.value, "page": page, "size": size}
        if search:
            query["search"] = search
        if scope is not CaseScope.USER:
            query["scope"] = scope.value
        if only:
            query["only"] = only.value
        return _one(GET_CASES, CasePage, self._read(GET_CASES, {"username": username}, query, username=username))

    def case(self, crn: str, *, username: str) -> Case:
        """Return a person's case; one with limited access has `access` and `relation` only."""
        return _one(GET_CASE, Case, self._read(GET_CASE, {"crn": crn}, {"username": username}, username=username))

    def risk_flags(self, crn: str, *, username: str) -> tuple[RiskFlag, ...]:
        """Return a person's active risk flags."""
        answer = self._read(GET_RISK_FLAGS, {"crn": crn}, username=username)
        return _each(GET_RISK_FLAGS, RiskFlag, answer, "riskFlags")

    def nsis(self, crn: str, *, event_id: int, username: str) -> tuple[Nsi, ...]:
        """Return every NSI of an event that is not soft-deleted, those that have ended too."""
        answer = self._read(GET_NSIS, {"crn": crn}, {"eventId": event_id}, username=username)
        return _each(GET_NSIS, Nsi, answer, "nsis")

    def put_nsi(self, crn: str, reference: str, new: NewNsi, *, username: str) -> EnsuredNsi:
        """Ensure that a requirement has an open NSI of a type, by `reference`; idempotent.

        Raises Conflict (REFERENCE_SPENT) where the NSI with the reference was soft-deleted.
        """
        parameters: Parameters = {"crn": crn, "reference": reference}
        return _one(PUT_NSI, EnsuredNsi, self._write(PUT_NSI, parameters, new.to_json(), username=username))

    def withdraw_nsi(self, crn: str, reference: str, *, username: str) -> None:
        """Soft-delete the NSI with a reference; idempotent.

        Raises Conflict (IN_USE) where it has an appointment, NotFound where there never was one.
        """
        self._write(WITHDRAW_NSI, {"crn": crn, "reference": reference}, None, username=username)

    def appointments(
        self,
        crn: str,
        *,
        username: str,
        page: int,
        size: int,
        date_from: date | None = None,
        date_to: date | None = None,
        latest_first: bool = False,
        without_outcome: bool = False,
    ) -> AppointmentPage:
        """Return a page (from 0) of a person's appointments on some days, the first and the last included.

        `without_outcome` leaves out those that have an outcome.
        """
        query: dict[str, str | int | list[str]] = {"page": page, "size": size}
        if date_from:
            query["from"] = date_from.isoformat()
        if date_to:
            query["to"] = date_to.isoformat()
        if latest_first:
            query["order"] = "LAST"
        if without_outcome:
            query["withoutOutcome"] = "true"
        return _one(
            GET_APPOINTMENTS, AppointmentPage, self._read(GET_APPOINTMENTS, {"crn": crn}, query, username=username)
        )

    def put_appointment(self, crn: str, reference: str, new: NewAppointment, *, username: str) -> Appointment:
        """Create an appointment with `reference`; idempotent.

        Raises Conflict: OVERLAP, NSI_CLOSED, or REFERENCE_SPENT where the appointment with the reference was
        soft-deleted or is another one.
        """
        parameters: Parameters = {"crn": crn, "reference": reference}
        answer = self._write(PUT_APPOINTMENT, parameters, new.to_json(), username=username)
        return _one(PUT_APPOINTMENT, Appointment, answer)

    def appointment_by_reference(self, crn: str, reference: str, *, username: str) -> Appointment:
        """Return the appointment with a reference. Raises NotFound where there is none or it was deleted."""
        answer = self._read(GET_APPOINTMENT_BY_REFERENCE, {"crn": crn, "reference": reference}, username=username)
        return _one(GET_APPOINTMENT_BY_REFERENCE, Appointment, answer)

    def appointment(self, crn: str, contact_id: int, *, username: str) -> Appointment:
        """Return one appointment. Raises NotFound where the person has none with this id, or it was deleted."""
        answer = self._read(GET_APPOINTMENT, {"crn": crn, "contact_id": contact_id}, username=username)
        return _one(GET_APPOINTMENT, Appointment, answer)

    def put_outcome(
        self, crn: str, contact_id: int, new: NewOutcome, *, request_id: UUID, username: str
    ) -> Appointment:
        """Record the outcome of an appointment, and return the appointment; idempotent by `request_id`.

        Raises Conflict (CHANGED) where the appointment is not of the version that was read.
        """
        answer = self._write(
            PUT_OUTCOME,
            {"crn": crn, "contact_id": contact_id},
            new.to_json(),
            username=username,
            headers={IDEMPOTENCY_HEADER: str(request_id)},
        )
        return _one(PUT_OUTCOME, Appointment, answer)

    def reschedule(self, crn: str, contact_id: int, reference: str, new: NewTime, *, username: str) -> Appointment:
        """Move an appointment, and return the new one, which gets `reference`; idempotent by it.

        Raises Conflict: CHANGED where the appointment is not of the version that was read, OVERLAP, NSI_CLOSED, or
        REFERENCE_SPENT where the appointment with the reference was soft-deleted or is another one.
        """
        parameters: Parameters = {"crn": crn, "contact_id": contact_id}
        answer = self._write(RESCHEDULE, parameters, new.to_json(reference=reference), username=username)
        return _one(RESCHEDULE, Appointment, answer)

    def outcomes(self, type_code: str) -> tuple[OutcomeType, ...]:
        """Return the outcomes that appointments of a type may have. Raises NotFound for an unknown type."""
        return _each(GET_OUTCOMES, OutcomeType, self._read(GET_OUTCOMES, {"type_code": type_code}), "outcomes")

    def appointment_types(self) -> tuple[AppointmentType, ...]:
        """Return the appointment types."""
        return _each(GET_APPOINTMENT_TYPES, AppointmentType, self._read(GET_APPOINTMENT_TYPES, {}), "appointmentTypes")

    def nsi_types(self, codes: Sequence[str] = ()) -> tuple[NsiType, ...]:
        """Return NSI types by code (at most 50; unknown ones are left out); without codes, all that RAR allows."""
        query: Query | None = {"code": list(codes)} if codes else None
        return _each(GET_NSI_TYPES, NsiType, self._read(GET_NSI_TYPES, {}, query), "nsiTypes")

    def offices(self, team_code: str) -> tuple[Office, ...]:
        """Return the open offices of a team. Raises NotFound for a team that is unknown or closed."""
        return _each(GET_OFFICES, Office, self._read(GET_OFFICES, {"team_code": team_code}), "offices")

    def changes(self, nsi_type_codes: Sequence[str], *, after: str, size: int) -> ChangePage:
        """Return a page of the feed of changes to NSIs of some types and their appointments.

        `after` is the `next` of the previous page, empty for the first one.
        """
        query: dict[str, str | int | list[str]] = {"nsiTypeCode": list(nsi_type_codes), "size": size}
        if after:
            query["after"] = after
        return _one(GET_CHANGES, ChangePage, self._read(GET_CHANGES, {}, query))

    def _read(
        self, operation: Operation, parameters: Parameters, query: Query | None = None, *, username: str | None = None
    ) -> Any:
        return json_of(operation, self._transport.send(operation, parameters, query=query, username=username))

    def _write(
        self,
        operation: Operation,
        parameters: Parameters,
        body: dict[str, Any] | None,
        *,
        username: str,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        response = self._transport.send(operation, parameters, body=body, username=username, headers=headers)
        return json_of(operation, response)


_lock = threading.Lock()
_client: DeliusClient | None = None


def get_client() -> DeliusClient:
    """Return the process's client, created lazily from the settings."""
    global _client
    with _lock:
        if _client is None:
            _client = DeliusClient(conf.connection())
        return _client


circuit_breaker.register_trial_request(Service.HMPPS_AUTH, lambda: get_client().renew_token())
circuit_breaker.register_trial_request(Service.DELIUS, lambda: get_client().appointment_types())


def reset_client() -> None:
    """Close the process's client and reset circuit breakers; the next client is created from current settings."""
    global _client
    circuit_breaker.reset()
    with _lock:
        client, _client = _client, None
    if client:
        client.close()


def _reset_client_in_child() -> None:
    """Drop the client in a forked process, without closing connections that its parent uses."""
    global _client, _lock
    _lock = threading.Lock()
    _client = None


os.register_at_fork(after_in_child=_reset_client_in_child)


@receiver(setting_changed)
def _follow_settings(*, setting: str, **kwargs: Any) -> None:
    if setting.startswith(("HMPPS_", "DELIUS_")):
        reset_client()


def _one(operation: Operation, record: type[R], answer: Any) -> R:
    try:
        return record.model_validate(answer)
    except ValidationError as error:
        raise contract_error(operation, *_fields(error)) from None


def _each(operation: Operation, record: type[R], answer: Any, name: str) -> tuple[R, ...]:
    items = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise contract_error(operation, name)
    try:
        return tuple(record.model_validate(item) for item in items)
    except ValidationError as error:
        raise contract_error(operation, *_fields(error)) from None


def _fields(error: ValidationError) -> list[str]:
    """Return the names of invalid fields, without values, which the error itself holds."""
    return sorted({".".join(part for part in each["loc"] if isinstance(part, str)) for each in error.errors()})
