"""What readers said and looked for is not kept for ever."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from guidance.models import Feedback, ZeroResultSearch

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize(("more_days", "deleted"), [(-1, 0), (1, 1)])
def test_feedback_and_searches_that_found_nothing_are_deleted_after_a_year(
    settings: Any, more_days: int, deleted: int
) -> None:
    moment = timezone.now() - timedelta(days=settings.GUIDANCE_FEEDBACK_DAYS + more_days)
    for page in ("/guidance/toolkits/maps-for-change/", "/guidance/toolkits/stepping-stones/"):
        Feedback.objects.create(page=page, useful=True)
    for words in ("nothing", "nothing else"):
        ZeroResultSearch.objects.create(words=words)
    Feedback.objects.filter(page__contains="maps").update(given_at=moment)
    ZeroResultSearch.objects.filter(words="nothing").update(last_at=moment)
    said = StringIO()
    call_command("purge_feedback", stdout=said)
    assert said.getvalue().strip() == f"Feedback deleted: {deleted}. Searches deleted: {deleted}"
    assert [kind.objects.count() for kind in (Feedback, ZeroResultSearch)] == [2 - deleted, 2 - deleted]
