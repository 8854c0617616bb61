"""Audit events of cases."""

from typing import Any

from django.http import HttpRequest

from audit.events import record
from delius.selectors import CaseScope

# Polled every few seconds by the page of what is under way; its response has no personal data.
NOT_RECORDED = {"booking-state", "move-state", "outcome-state"}


def case_viewed(request: HttpRequest, crn: str) -> None:
    """Record that a user was allowed to see a case, once for each request and case."""
    seen: set[str] = request.__dict__.setdefault("audited_cases", set())
    if crn in seen or _page(request)["page"] in NOT_RECORDED:
        return
    seen.add(crn)
    record(what="CASE_VIEWED", who=request.user, subject_type="CRN", subject_id=crn, details=_page(request))


def case_refused(request: HttpRequest, crn: str, *, why: str) -> None:
    """Record that a user was denied a case; `why` is the name of the exception."""
    details = {**_page(request), "why": why}
    record(what="CASE_REFUSED", who=request.user, subject_type="CRN", subject_id=crn, details=details)


def caseload_viewed(request: HttpRequest, *, username: str, cases: int, scope: CaseScope) -> None:
    """Record that a user was shown their own or their teams' case list, with the number of cases."""
    record(
        what="CASELOAD_VIEWED",
        who=request.user,
        subject_type="USER",
        subject_id=username,
        details={"cases": cases, "scope": scope.value},
    )


def _page(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    page = {"page": (match.url_name if match else "") or "", "method": request.method}
    return {**page, "step": match.kwargs["slug"]} if match and "slug" in match.kwargs else page
