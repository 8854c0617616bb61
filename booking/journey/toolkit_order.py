"""Sort order of the toolkits offered."""

from collections.abc import Iterable

from delius.mirror import selectors as mirror
from delius.request_bodies import Officer
from toolkits.selectors import ToolkitChoice, ToolkitOrder, order_of_list


def in_order(toolkits: Iterable[ToolkitChoice], *, crn: str, officer: Officer) -> list[ToolkitChoice]:
    """Sort toolkits, given in alphabetical order, by the order that an administrator chose.

    Use by the person and by the officer's team is read from the mirror of Delius.
    """
    order = order_of_list()
    if order is ToolkitOrder.USED_BEFORE:
        used = mirror.used_type_codes(crn)
        return sorted(toolkits, key=lambda toolkit: toolkit.nsi_type_code not in used)
    if order is ToolkitOrder.MOST_USED:
        uses = {(use.type_code, use.sub_type_code): use.nsis for use in mirror.most_used(officer.team_code)}
        return sorted(
            toolkits, key=lambda toolkit: -uses.get((toolkit.nsi_type_code, toolkit.nsi_sub_type_code or ""), 0)
        )
    return list(toolkits)
