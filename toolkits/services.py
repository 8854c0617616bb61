"""Loading the reference data."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from toolkits.models import Toolkit

TOOLKITS_FILE = Path(__file__).parent / "data" / "toolkits.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """The slugs of a file's toolkits, by whether loading created them or left them unchanged."""

    created: tuple[str, ...]
    unchanged: tuple[str, ...]


@transaction.atomic
def load_toolkits(*, path: Path = TOOLKITS_FILE) -> LoadResult:
    """Create the toolkits of a TOML file that do not exist yet; safe to run again, at every deployment.

    The file has one `[[toolkit]]` table a toolkit, with the fields of `Toolkit` by name. A toolkit that is
    there is never changed, so that corrections by administrators stay. It is there
    if its slug, its name or its NSI codes are taken: it may have been added by hand under another slug.

    Raises `ValidationError` for an entry that breaks a rule of the model, and then loads nothing.
    """
    created, unchanged = [], []
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["toolkit"]:
        toolkit = Toolkit(**entry)
        if _exists(toolkit):
            unchanged.append(toolkit.slug)
        else:
            toolkit.full_clean()
            toolkit.save()
            created.append(toolkit.slug)
    return LoadResult(created=tuple(created), unchanged=tuple(unchanged))


def _exists(toolkit: Toolkit) -> bool:
    same_nsi = Q(nsi_type_code=toolkit.nsi_type_code, nsi_sub_type_code=toolkit.nsi_sub_type_code)
    return Toolkit.objects.filter(Q(slug=toolkit.slug) | Q(name__iexact=toolkit.name) | same_nsi).exists()
