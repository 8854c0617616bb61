"""Template tag for what of the service itself needs attention, on the admin's front page."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone

from cases.bank_holidays import is_to_be_renewed, list_ends_on
from govuk.formats import long_date

register = template.Library()


@register.inclusion_tag("admin/service-findings.html", takes_context=True)
def service_findings(context: Context) -> dict[str, Any]:
    """Show the findings to users who settle bookings; nothing where there are none."""
    is_support = context["request"].user.has_perm("booking.settle_booking")
    return {"findings": _findings() if is_support else []}


def _findings() -> list[str]:
    if not is_to_be_renewed(timezone.localdate()):
        return []
    return [
        f"The list of bank holidays ends on {long_date(list_ends_on())}. Ask for govuk-bank-holidays to be upgraded, "
        "so that people are warned of holidays that are moved or added."
    ]
