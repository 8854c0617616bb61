"""How many hostile requests were sent to how many forms, added up at the end of the run."""

import pytest

PROPERTY = "hostile requests"


def report(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures."""
    forms, requests = [], 0
    for each in terminalreporter.stats.get("passed", ()):
        for name, found in each.user_properties:
            if name == PROPERTY:
                forms += [examples for is_form, examples in found if is_form]
                requests += sum(examples for _, examples in found)
    if forms:
        terminalreporter.section(PROPERTY)
        terminalreporter.write_line(
            f"{len(forms)} forms, at least {min(forms):,} each; {requests:,} with other addresses"
        )
