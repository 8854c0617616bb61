"""*Journeys in numbers*: a page of the admin, and its CSV."""

import csv
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from audit.csv_injection import write_escaped_row
from booking import selectors
from booking.forms.counts import PeriodForm, last_four_weeks
from booking.models import JourneyCount
from booking.presenters.journey_counts import MIN_SHOWN, Numbers, csv_lines, numbers
from booking.services.journey_counts import ABANDONED_AFTER
from toolkits import selectors as toolkits

MAY_SEE = "booking.view_journeycount"
PAGE = "admin:booking_journeycount_changelist"
# A dependency that the admin's date picker does not declare.
DATE_PICKER_NEEDS = Media(js=["admin/js/core.js"])


@require_safe
def journey_counts(request: HttpRequest) -> HttpResponse:
    """Show the numbers of a period, by default the last four weeks."""
    form = _form(request)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Journeys in numbers",
        "opts": JourneyCount._meta,
        "form": form,
        "media": DATE_PICKER_NEEDS + form.media,
    }
    if form.is_valid():
        context |= {
            "period": form.cleaned_data,
            "numbers": _numbers(form),
            "under_way": selectors.journeys_under_way(),
            "left_after": ABANDONED_AFTER.days,
            "fewest": MIN_SHOWN,
            "csv_url": f"{reverse('admin:booking_journeycount_csv')}?{urlencode(form.cleaned_data)}",
        }
    return render(request, "admin/booking/journey-counts.html", context)


@require_safe
def journey_counts_csv(request: HttpRequest) -> HttpResponse:
    """Send the numbers of a period as CSV; redirect to the page where the period is invalid."""
    form = _form(request)
    if not form.is_valid():
        return redirect(f"{reverse(PAGE)}?{request.GET.urlencode()}")
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="journeys-{first}-to-{last}.csv"'},
    )
    writer = csv.writer(response)
    for line in csv_lines(_numbers(form), first=first, last=last):
        write_escaped_row(writer, line)
    return response


def _form(request: HttpRequest) -> PeriodForm:
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    asked = "first" in request.GET or "last" in request.GET
    return PeriodForm(request.GET if asked else last_four_weeks())


def _numbers(form: PeriodForm) -> Numbers:
    return numbers(selectors.journeys_between(**form.cleaned_data), toolkits.all_toolkits())
