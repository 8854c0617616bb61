"""Plainly invented toolkits and rollout rows."""

from datetime import date
from typing import Any

from toolkits.models import Rollout, Toolkit


def make_toolkit(**values: Any) -> Toolkit:
    """Save a toolkit that is offered, with a name, slug and NSI type of its own unless told otherwise."""
    number = Toolkit.objects.count() + 1
    defaults = {"name": f"Sample {number}", "slug": f"sample-{number}", "nsi_type_code": f"TKX{number}"}
    defaults |= {"offered_unconfirmed": True}
    return Toolkit.objects.create(**defaults | values)


def make_placeholder(**values: Any) -> Toolkit:
    """Save the placeholder."""
    defaults = {"name": "Stand-in", "slug": "stand-in", "nsi_type_code": "NAT1", "is_placeholder": True}
    return make_toolkit(**defaults | values)


def make_rollout(**values: Any) -> Rollout:
    """Save a rollout row, of the whole of provider N90 from the start of 2026 unless told otherwise."""
    return Rollout.objects.create(**{"provider_code": "N90", "starts_on": date(2026, 1, 1)} | values)
