"""What the rest of the house may ask about toolkits: the only module here that other rooms import."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ImproperlyConfigured

from toolkits.models import PLACEHOLDER_NSI_TYPE_CODE, Rollout, Toolkit, ToolkitList, ToolkitOrder

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
    """There is no placeholder toolkit to fall back on: the reference data was never loaded."""

    def __init__(self) -> None:
        super().__init__("There is no placeholder toolkit. Run: manage.py load_toolkits")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolkitChoice:
    """A toolkit, and what an NSI of it is created with.

    `nsi_sub_type_code` is None where the NSI type has no sub types. `nsi_length` counts sessions and is None
    where the type has no unit of length: Delius API refuses a length there and demands one elsewhere.
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
    deciding_row = (
        Rollout.objects.filter(provider_code=provider_code, team_code__in={"", team_code})
        .annotate(in_force=Rollout.in_force_on(on))
        .order_by("-team_code")
        .values_list("in_force", flat=True)
        .first()
    )
    return bool(deciding_row)


def toolkits_for(*, provider_code: str, team_code: str, on: date) -> list[ToolkitChoice]:
    """Return the toolkits a team may choose from on a date: none where it is not transitioned on that date.

    The placeholder is never among them. They are in the order an administrator pinned, and alphabetical
    within it, without regard to case and accents.
    """
    if not is_transitioned(provider_code=provider_code, team_code=team_code, on=on):
        return []
    active = Toolkit.objects.filter(Toolkit.active_on(on), is_placeholder=False)
    return [_choice(toolkit) for toolkit in sorted(active, key=_sort_key)]


def placeholder() -> ToolkitChoice:
    """Return the toolkit that stands in for all others where a team is not transitioned: NAT1.

    Raises `ToolkitsNotLoaded` where the reference data is missing.
    """
    toolkit = Toolkit.objects.filter(is_placeholder=True).first()
    if toolkit is None:
        raise ToolkitsNotLoaded
    return _choice(toolkit)


def toolkit_by_slug(slug: str) -> ToolkitChoice | None:
    """Return the toolkit of that slug, or None where there is none.

    The placeholder and toolkits no longer active are found too, so that a booking made with one can still be
    described: whether a toolkit may be chosen is for `toolkits_for` to say.
    """
    toolkit = Toolkit.objects.filter(slug=slug).first()
    return None if toolkit is None else _choice(toolkit)


def all_toolkits() -> list[ToolkitChoice]:
    """Return every toolkit in alphabetical order, the placeholder and those no longer active too."""
    return [_choice(toolkit) for toolkit in sorted(Toolkit.objects.all(), key=lambda each: _sort_key(each)[1])]


def toolkits_in_use(on: date) -> list[ToolkitChoice]:
    """Return the toolkits that some team may use on a date, the placeholder too, in alphabetical order. One query."""
    active = Toolkit.objects.filter(Toolkit.active_on(on))
    return [_choice(toolkit) for toolkit in sorted(active, key=lambda each: _sort_key(each)[1])]


def order_of_list() -> ToolkitOrder:
    """Return in which order practitioners are offered toolkits."""
    chosen = ToolkitList.objects.values_list("order", flat=True).first()
    return ToolkitOrder(chosen) if chosen else ToolkitOrder.ALPHABETICAL


def nsi_type_codes() -> frozenset[str]:
    """Return the NSI types of all toolkits, of the placeholder and of those no longer active too."""
    return frozenset(Toolkit.objects.values_list("nsi_type_code", flat=True))


def _choice(toolkit: Toolkit) -> ToolkitChoice:
    return ToolkitChoice(
        name=toolkit.name,
        slug=toolkit.slug,
        nsi_type_code=toolkit.nsi_type_code,
        nsi_sub_type_code=toolkit.nsi_sub_type_code or None,
        nsi_status_code=toolkit.nsi_status_code,
        nsi_length=toolkit.nsi_length,
        nsi_notes=toolkit.nsi_notes,
        is_placeholder=toolkit.is_placeholder,
    )


def _sort_key(toolkit: Toolkit) -> tuple[int, str]:
    # Not left to the database: SQLite and PostgreSQL differ on where accents and small letters go.
    decomposed = unicodedata.normalize("NFKD", toolkit.name)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return toolkit.order, letters.casefold()
