"""Reads from the mirror, as of the last sync. Data to act on is read from Delius itself."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count

from delius.models import MirroredNsi


@dataclass(frozen=True)
class Duplicates:
    """Active NSIs of one type (and sub type) on one requirement, the latest referral first."""

    crn: str
    requirement_id: int
    type_code: str
    sub_type_code: str
    nsis: tuple[MirroredNsi, ...]


@dataclass(frozen=True)
class TypeUse:
    """How many NSIs there are of a type and sub type."""

    type_code: str
    sub_type_code: str
    nsis: int


def used_type_codes(crn: str) -> frozenset[str]:
    """Return the NSI types of the toolkits that a person has used or is using."""
    return frozenset(MirroredNsi.objects.filter(MirroredNsi.was_used(), crn=crn).values_list("type_code", flat=True))


def duplicates(crns: Collection[str] | None = None) -> list[Duplicates]:
    """Return where a requirement has several active NSIs of one type, optionally of some CRNs only, ordered by CRN.

    An NSI without a requirement is no duplicate, nor are NSIs of different sub types: they are of two toolkits.
    """
    active = MirroredNsi.objects.filter(MirroredNsi.is_active(), requirement_id__isnull=False)
    if crns is not None:
        active = active.filter(crn__in=crns)
    several = active.values("requirement_id", "type_code", "sub_type_code").annotate(nsis=Count("nsi_id"))
    requirements = several.filter(nsis__gt=1).values("requirement_id")
    candidates = sorted(
        active.filter(requirement_id__in=requirements), key=lambda nsi: (_group(nsi), _latest_first(nsi))
    )
    groups = ((key, tuple(nsis)) for key, nsis in groupby(candidates, key=_group))
    return [Duplicates(*key, nsis=nsis) for key, nsis in groups if len(nsis) > 1]


def most_used(team_code: str) -> list[TypeUse]:
    """Return the NSI types that a team has used or is using, the most used first."""
    used = MirroredNsi.objects.filter(MirroredNsi.was_used(), team_code=team_code)
    counted = used.values("type_code", "sub_type_code").annotate(nsis=Count("nsi_id"))
    return [TypeUse(**row) for row in counted.order_by("-nsis", "type_code", "sub_type_code")]


def use_by_team() -> dict[str, list[TypeUse]]:
    """Return, by team code, the NSI types that each team has used or is using, the most used first."""
    used = MirroredNsi.objects.filter(MirroredNsi.was_used()).exclude(team_code="")
    counted = used.values("team_code", "type_code", "sub_type_code").annotate(nsis=Count("nsi_id"))
    ordered = counted.order_by("team_code", "-nsis", "type_code", "sub_type_code")
    return {
        team: [TypeUse(each["type_code"], each["sub_type_code"], each["nsis"]) for each in rows]
        for team, rows in groupby(ordered, key=lambda each: each["team_code"])
    }


def _group(nsi: MirroredNsi) -> tuple[str, int, str, str]:
    assert nsi.requirement_id is not None
    return nsi.crn, nsi.requirement_id, nsi.type_code, nsi.sub_type_code


def _latest_first(nsi: MirroredNsi) -> tuple[int, int]:
    return -(nsi.referral_date.toordinal() if nsi.referral_date else 0), nsi.nsi_id
