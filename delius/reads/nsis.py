"""Which NSIs of an event the appointments of a toolkit may be linked to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from delius.records import Nsi

# Of the references of NSIs that this service made.
NAMESPACE = "urn:hmpps:rarbooking:nsi:"


@dataclass(frozen=True)
class RequirementNsis:
    """The open NSIs of a toolkit on an event: `usable` ones of the requirement, best first, and those `elsewhere`."""

    usable: tuple[Nsi, ...] = ()
    elsewhere: tuple[Nsi, ...] = ()


def choose(nsis: Iterable[Nsi], *, requirement_id: int, type_code: str, sub_type_code: str = "") -> RequirementNsis:
    """Return the NSIs that appointments of a toolkit on a requirement may be linked to, best first.

    First those with a reference of ours, then the one with the most appointments, the latest referral date,
    the lowest id: the order in which `putNsi` matches, so that what is shown is what would be used.
    """

    def order(nsi: Nsi) -> tuple[bool, int, int, int]:
        referred = nsi.referral_date or date.min
        ours = nsi.external_reference.startswith(NAMESPACE)
        return not ours, -nsi.appointment_count, -referred.toordinal(), nsi.nsi_id

    fitting = [
        nsi
        for nsi in nsis
        if nsi.is_open and nsi.type.code == type_code and (not sub_type_code or nsi.sub_type_code == sub_type_code)
    ]
    return RequirementNsis(
        usable=tuple(sorted((nsi for nsi in fitting if nsi.requirement_id == requirement_id), key=order)),
        elsewhere=tuple(nsi for nsi in fitting if nsi.requirement_id != requirement_id),
    )
