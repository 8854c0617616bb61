"""The table of how much each team uses each toolkit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from delius.mirror.selectors import TypeUse
from toolkits.selectors import ToolkitChoice


@dataclass(frozen=True)
class UseTable:
    """Toolkits across, teams down, with how many people's records each team has of each toolkit."""

    toolkits: list[str]
    rows: list[tuple[str, list[int]]]


def use_table(uses: Mapping[str, Sequence[TypeUse]], toolkits: Sequence[ToolkitChoice]) -> UseTable:
    """Return the table of some teams' use of toolkits. Records of an NSI type that is no toolkit's are left out."""
    codes = [(toolkit.nsi_type_code, toolkit.nsi_sub_type_code or "") for toolkit in toolkits]
    rows = []
    for team, of_team in sorted(uses.items()):
        counts = {(use.type_code, use.sub_type_code): use.nsis for use in of_team}
        rows.append((team, [counts.get(code, 0) for code in codes]))
    return UseTable(toolkits=[toolkit.name for toolkit in toolkits], rows=rows)
