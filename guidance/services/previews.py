"""Links with which somebody without an account reads a draft, for a few days."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils import timezone

from guidance.models import Page, PageState
from guidance.services.publishing import KINDS

_SALT = "guidance.previews"


class NoPreview(Exception):
    """The link is not one of ours, too old, or to a page that was put away."""


def token_for(page: Page) -> str:
    """Return what a preview link of a page's draft ends in. It works for GUIDANCE_PREVIEW_DAYS days."""
    return TimestampSigner(salt=_SALT).sign(f"{page.kind}~{page.pk}")


def ends_at() -> datetime:
    """Return until when a link made now works."""
    return timezone.now() + timedelta(days=settings.GUIDANCE_PREVIEW_DAYS)


def page_of(token: str) -> Page:
    """Return the page that a preview link is for, as its draft is now. Raises NoPreview."""
    try:
        value = TimestampSigner(salt=_SALT).unsign(token, max_age=timedelta(days=settings.GUIDANCE_PREVIEW_DAYS))
    except (BadSignature, SignatureExpired) as error:
        raise NoPreview from error
    kind_name, _, pk = value.partition("~")
    kind = next(kind for kind in KINDS if kind.kind == kind_name)
    page = kind._default_manager.exclude(state=PageState.ARCHIVED).filter(pk=pk).first()
    if page is None:
        raise NoPreview
    return page
