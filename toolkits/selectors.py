"""Read access to toolkits: the only module of this app that other apps import. Cached (toolkits/cache.py)."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ImproperlyConfigured

from govuk.sorting import SortKey, sort_key
from toolkits import cache
from toolkits.models import PLACEHOLDER_NSI_TYPE_CODE, ToolkitOrder

__all__ = [
    "PLACEHOLDER_NSI_TYPE_CODE",
    "ToolkitChoice",
    "ToolkitOrder",
    "ToolkitsNotLoaded",
    "all_toolkits",
    "is_transitioned",
    "nsi_type_codes",
    "order_of_list",
    "placeholder",
    "toolkit_by_slug",
    "toolkits_for",
    "toolkits_in_use",
]


class ToolkitsNotLoaded(ImproperlyConfigured):
    """There is no placeholder toolkit: the reference data was never loaded."""

    def __init__(self) -> None:
        super().__init__("There is no placeholder toolkit. Run: manage.py load_toolkits")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolkitChoice:
    """A toolkit, with the defaults of a new NSI.

    `nsi_sub_type_code` is None where the NSI type has no sub types. `nsi_length` counts sessions and is None
    where the type has no unit of length: Delius refuses a length there and demands one elsewhere.
    `nsi_notes` may be empty.
    """

    name: str
    slug: str
    nsi_type_code: str
    nsi_sub_type_code: str | None
    nsi_status_code: str
    nsi_length: int | None
    nsi_notes: str
    is_placeholder: bool


def is_transitioned(*, provider_code: str, team_code: str, on: date) -> bool:
    """Whether a team records RAR with toolkits on a date; the first and last days count.

    A team's own rollout row beats its provider's, also where it has ended or starts later. A team with
    neither is not transitioned, nor is one whose provider has no code ("").
    """
    rows = cache.rollout(provider_code)
    deciding_row = rows.get(team_code) or rows.get("")
    return bool(deciding_row and deciding_row.contains(on))


def toolkits_for(*, provider_code: str, team_code: str, on: date) -> list[ToolkitChoice]:
    """Return the toolkits a team may choose from on a date: none where it is not transitioned on that date.

    The placeholder is never among them. They are in the configured order, and alphabetical within it, ignoring case
    and accents.
    """
    if not is_transitioned(provider_code=provider_code, team_code=team_code, on=on):
        return []
    active = (each for each in _toolkits() if each.is_active(on) and not each.choice.is_placeholder)
    return [each.choice for each in sorted(active, key=_sort_key)]


def placeholder() -> ToolkitChoice:
    """Return the placeholder toolkit (NAT1), which teams that are not transitioned use.

    Raises `ToolkitsNotLoaded` where the reference data is missing.
    """
    found = next((each.choice for each in _toolkits() if each.choice.is_placeholder), None)
    if found is None:
        raise ToolkitsNotLoaded
    return found


def toolkit_by_slug(slug: str) -> ToolkitChoice | None:
    """Return the toolkit of that slug, or None where there is none.

    The placeholder and toolkits no longer active are found too, so that a booking made with one can still be
    described: whether a toolkit may be chosen is for `toolkits_for` to say.
    """
    return next((each.choice for each in _toolkits() if each.choice.slug == slug), None)


def all_toolkits() -> list[ToolkitChoice]:
    """Return every toolkit in alphabetical order, the placeholder and those no longer active too."""
    return [each.choice for each in sorted(_toolkits(), key=lambda each: _sort_key(each)[1])]


def toolkits_in_use(on: date) -> list[ToolkitChoice]:
    """Return the toolkits that some team may use on a date, the placeholder too, in alphabetical order."""
    active = (each for each in _toolkits() if each.is_active(on))
    return [each.choice for each in sorted(active, key=lambda each: _sort_key(each)[1])]


def order_of_list() -> ToolkitOrder:
    """Return in which order practitioners are offered toolkits."""
    chosen = cache.order()
    return ToolkitOrder(chosen) if chosen else ToolkitOrder.ALPHABETICAL


def nsi_type_codes() -> frozenset[str]:
    """Return the NSI types of all toolkits that are offered, of the placeholder and of those no longer active too.

    An unconfirmed code that is not offered may be that of something else.
    """
    return frozenset(each.choice.nsi_type_code for each in _toolkits() if each.is_offered)


@dataclass(frozen=True, slots=True)
class _Toolkit:
    """A toolkit with its active days, its configured order, and whether it is offered at all."""

    choice: ToolkitChoice
    days: cache.DateRange
    order: int
    is_offered: bool

    def is_active(self, on: date) -> bool:
        return self.is_offered and self.days.contains(on)


def _toolkits() -> list[_Toolkit]:
    return [
        _Toolkit(
            choice=ToolkitChoice(
                name=row["name"],
                slug=row["slug"],
                nsi_type_code=row["nsi_type_code"],
                nsi_sub_type_code=row["nsi_sub_type_code"] or None,
                nsi_status_code=row["nsi_status_code"],
                nsi_length=row["nsi_length"],
                nsi_notes=row["nsi_notes"],
                is_placeholder=row["is_placeholder"],
            ),
            days=cache.DateRange(first=row["active_from"], last=row["active_to"]),
            order=row["order"],
            is_offered=row["code_confirmed"] or row["offered_unconfirmed"] or row["is_placeholder"],
        )
        for row in cache.toolkits()
    ]


def _sort_key(toolkit: _Toolkit) -> tuple[int, SortKey]:
    # Not left to the database: SQLite and PostgreSQL differ on where accents and small letters go.
    return toolkit.order, sort_key(toolkit.choice.name)
