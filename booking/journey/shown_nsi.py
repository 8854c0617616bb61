"""Signed form value with the NSI that *Check your answers* shows, so that confirming uses the same one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing

from booking.models import Draft
from delius.records import Nsi

SALT = "booking.shown-nsi"


@dataclass(frozen=True)
class ShownNsi:
    """The open NSI that *Check your answers* showed, and its duplicates."""

    nsi_id: int
    other_ids: tuple[int, ...] = ()


def sign(usable: Sequence[Nsi], *, draft: Draft) -> str:
    """Return the signed form value for a toolkit's NSIs, the one to use first; empty for none."""
    if not usable:
        return ""
    ids = [nsi.nsi_id for nsi in usable]
    return signing.dumps([str(draft.booking_id), draft.fingerprint, *ids], salt=SALT)


def read(sent: str, *, draft: Draft) -> ShownNsi | None:
    """Return the NSI of a signed form value; None where the signature is bad or the answers have changed."""
    try:
        booking_id, fingerprint, nsi_id, *other_ids = signing.loads(sent, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    if (booking_id, fingerprint) != (str(draft.booking_id), draft.fingerprint):
        return None
    return ShownNsi(nsi_id=nsi_id, other_ids=tuple(other_ids))
