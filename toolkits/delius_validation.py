"""Validation of toolkits against Delius's NSI types, with messages on what to change."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from delius.reads.nsi_types import CodeDescription, NsiType, nsi_types
from toolkits.models import Rollout, Toolkit


@dataclass(frozen=True, slots=True)
class Problem:
    """A validation error: the toolkit's field, and what to do."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckedToolkit:
    """A toolkit and its validation errors; `has_ended` where it was not checked because its last day has passed."""

    toolkit: Toolkit
    problems: tuple[Problem, ...] = ()
    has_ended: bool = False

    @property
    def is_urgent(self) -> bool:
        """Whether sessions are refused: there are errors, and the toolkit is offered."""
        return bool(self.problems) and self.toolkit.is_offered


def check_toolkits(*, on: date) -> list[CheckedToolkit]:
    """Validate every toolkit for use from a day on, in the order of the list.

    Reads NSI types uncached. Raises DeliusError where Delius does not answer.
    """
    toolkits = list(Toolkit.objects.all())
    if not toolkits:
        return []
    known = {each.code: each for each in nsi_types({toolkit.nsi_type_code for toolkit in toolkits})}
    for_rar = {each.code for each in nsi_types()}
    not_over = Q(ends_on=None) | Q(ends_on__gte=on)
    providers = set(Rollout.objects.filter(not_over).order_by().values_list("provider_code", flat=True))
    return [
        CheckedToolkit(toolkit, has_ended=True)
        if toolkit.active_to and toolkit.active_to < on
        else CheckedToolkit(toolkit, tuple(_problems(toolkit, known.get(toolkit.nsi_type_code), for_rar, providers)))
        for toolkit in toolkits
    ]


def problems_with(toolkit: Toolkit, nsi_type: NsiType) -> Iterator[Problem]:
    """Yield what Delius would refuse of a new NSI of a toolkit: its sub type, status and session count."""
    yield from _sub_type_problems(toolkit, nsi_type)
    if toolkit.nsi_status_code not in {each.code for each in nsi_type.statuses}:
        message = f"{nsi_type.code} has no status {toolkit.nsi_status_code}: choose {_names(nsi_type.statuses)}"
        yield Problem("nsi_status_code", message)
    yield from _length_problems(toolkit, nsi_type)


def _problems(
    toolkit: Toolkit, nsi_type: NsiType | None, for_rar: Collection[str], providers: Collection[str]
) -> Iterator[Problem]:
    code = toolkit.nsi_type_code
    if nsi_type is None:
        yield Problem("nsi_type_code", f"Delius has no NSI type {code}: choose another NSI type")
        return
    if not nsi_type.selectable:
        yield Problem("nsi_type_code", f"NSI type {code} can no longer be used in Delius: choose another NSI type")
    elif code not in for_rar:
        yield Problem("nsi_type_code", f"Delius does not allow {code} for RAR: choose another NSI type")
    yield from problems_with(toolkit, nsi_type)
    shut_out = [] if nsi_type.provider_codes is None else sorted(set(providers) - set(nsi_type.provider_codes))
    if shut_out:
        message = (
            f"Delius does not let {', '.join(shut_out)} use NSI type {code}: ask for it to be allowed there, or end "
            "their rollout"
        )
        yield Problem("nsi_type_code", message)


def _sub_type_problems(toolkit: Toolkit, nsi_type: NsiType) -> Iterator[Problem]:
    given = toolkit.nsi_sub_type_code
    if given and not nsi_type.sub_types:
        yield Problem("nsi_sub_type_code", f"{nsi_type.code} has no sub types in Delius: take the sub type out")
    elif nsi_type.sub_types and given not in {each.code for each in nsi_type.sub_types}:
        message = f"Delius demands a sub type for {nsi_type.code}: choose {_names(nsi_type.sub_types)}"
        yield Problem("nsi_sub_type_code", message)


def _length_problems(toolkit: Toolkit, nsi_type: NsiType) -> Iterator[Problem]:
    length, unit = toolkit.nsi_length, nsi_type.length_unit
    least, most = nsi_type.minimum_length, nsi_type.maximum_length
    if not unit:
        if length is not None:
            yield Problem("nsi_length", f"{nsi_type.code} takes no session count in Delius: take it out")
    elif length is None or (least is not None and length < least) or (most is not None and length > most):
        limits = " and ".join(f"{words} {limit}" for words, limit in (("at least", least), ("at most", most)) if limit)
        yield Problem("nsi_length", f"Delius demands a session count for {nsi_type.code}: enter {limits or 'one'}")


def _names(found: Iterable[CodeDescription]) -> str:
    return " or ".join(f"{each.description} ({each.code})" for each in found) or "another NSI type"
