"""Presenter of *Use of toolkits by team*."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from delius.mirror.selectors import TypeUse
from toolkits.selectors import ToolkitChoice


@dataclass(frozen=True)
class UseTable:
    """The number of NSIs by team (rows) and toolkit (columns)."""

    toolkits: list[str]
    rows: list[tuple[str, list[int]]]


def use_table(uses: Mapping[str, Sequence[TypeUse]], toolkits: Sequence[ToolkitChoice]) -> UseTable:
    """Return the table. NSIs of types that are not a toolkit's are left out."""
    codes = [(toolkit.nsi_type_code, toolkit.nsi_sub_type_code or "") for toolkit in toolkits]
    rows = []
    for team, of_team in sorted(uses.items()):
        counts = {(use.type_code, use.sub_type_code): use.nsis for use in of_team}
        rows.append((team, [counts.get(code, 0) for code in codes]))
    return UseTable(toolkits=[toolkit.name for toolkit in toolkits], rows=rows)
