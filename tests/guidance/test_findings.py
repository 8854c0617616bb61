"""The admin's front page says what needs a content designer's attention, and nothing else."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from guidance.models import RiskFlagGuidance, ToolkitGuidance
from guidance.quality.findings import Finding, Kind, findings
from guidance.quality.links import LinkTargets
from guidance.services import publishing
from guidance.services.import_export import load_guidance
from tests.guidance.factories import make_flag_page, make_toolkit_page, published, rewritten
from tests.toolkits.factories import make_toolkit
from toolkits.services import load_toolkits

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 15)
DAY = timedelta(days=1)


def found(kind: Kind, today: date = TODAY) -> list[Finding]:
    return [finding for group in findings(today) if group.kind == kind for finding in group.findings]


def texts(kind: Kind, today: date = TODAY) -> list[str]:
    return [finding.text for finding in found(kind, today)]


def with_link(address: str, **values: Any) -> RiskFlagGuidance:
    """A flag that people read, with a link."""
    return published(make_flag_page(purpose=f"See [this page]({address}).", **values))


def test_where_there_is_no_guidance_there_is_nothing_to_do() -> None:
    assert findings(TODAY) == []


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(django_assert_num_queries: Any) -> None:
    load_toolkits()
    load_guidance()
    with django_assert_num_queries(3):
        assert findings(TODAY)


def test_each_finding_leads_to_where_it_can_be_put_right(admin_client: Client) -> None:
    load_toolkits()
    with_link("/nowhere/", review_by=TODAY)
    rewritten(published(make_toolkit_page(toolkit="gone")), summary="New", toolkit="gone-too")
    groups = findings(TODAY)
    assert len(groups) > 4
    for group in groups:
        for finding in group.findings:
            assert admin_client.get(finding.url).status_code == 200


class TestReview:
    @pytest.mark.parametrize(
        ("days", "said"),
        [
            (-1, ["Its review was due by 14 June 2026"]),
            (0, ["Its review is due by 15 June 2026"]),
            (30, ["Its review is due by 15 July 2026"]),
            (31, []),
        ],
    )
    def test_a_page_is_there_from_thirty_days_before_its_review(self, days: int, said: list[str]) -> None:
        make_flag_page(review_by=TODAY + days * DAY)
        assert texts(Kind.REVIEW) == said

    def test_an_archived_page_needs_no_review(self) -> None:
        publishing.archive(make_flag_page(review_by=TODAY), by=None, note="Old")
        assert findings(TODAY) == []


class TestMissing:
    def test_it_says_what_readers_see_as_not_recorded(self) -> None:
        published(make_flag_page(summary="Short", purpose="Why", owner="A team", review_by=TODAY + 60 * DAY))
        assert texts(Kind.MISSING) == [
            "Not recorded yet: Suggested review frequency, When to use it, Reviewing it, At termination, Links"
        ]

    def test_a_draft_may_lack_anything(self) -> None:
        make_flag_page()
        make_toolkit_page()
        assert texts(Kind.MISSING) == []

    def test_it_goes_by_what_people_read_and_not_by_the_draft(self) -> None:
        page = published(make_flag_page())
        rewritten(page, summary="Now there is one")
        assert texts(Kind.MISSING)[0].startswith("Not recorded yet: Summary, ")

    def test_no_upper_limit_is_not_something_missing(self) -> None:
        published(make_toolkit_page(min_age=18, sessions_min=3))
        (text,) = texts(Kind.MISSING)
        assert "Age range" not in text
        assert "Number of sessions" not in text
        assert "Length of a session" in text


class TestLinks:
    @pytest.mark.parametrize(
        "address",
        [
            "https://equip-portal.example.com/processes?id=1#top",
            "http://example.com",
            "mailto:toolkits@example.com?subject=Toolkits",
            "/guidance/",
            "/guidance/search/?q=weapons",
            "/guidance/risk-flags/alert-notice/",
            "/guidance/risk-flags/alert-notice",
            "/guidance/risk-flags/alert-notice/#purpose",
            "/guidance/risk-flags/alert-notice/#key-facts",
            "#purpose",
        ],
    )
    def test_a_link_that_works_is_not_mentioned(self, address: str) -> None:
        with_link(address)
        assert texts(Kind.LINKS) == []

    @pytest.mark.parametrize(
        ("address", "problem"),
        [
            ("/nowhere/", "leads to a page that is not there: /nowhere/"),
            ("/guidance/toolkits/none/", "leads to guidance that is not there: /guidance/toolkits/none/"),
            (
                "/guidance/risk-flags/alert-notice/#risks",
                "leads to a section that “Alert notice” does not have: #risks",
            ),
            ("#reviewing", "leads to a section of “Alert notice” that is not recorded yet: #reviewing"),
            ("#risks", "leads to a section that “Alert notice” does not have: #risks"),
            ("example.com/page", "has an address that does not work: example.com/page"),
            ("https://", "has an address that does not work: https://"),
            ("//example.com/", "has an address that does not work: //example.com/"),
            ("ftp://example.com/", "has an address that does not work: ftp://example.com/"),
            ("mailto:nobody", "has an address that does not work: mailto:nobody"),
            ("javascript:void", "has an address that does not work: javascript:void"),
            ("", "has an address that does not work: it is empty"),
        ],
    )
    def test_a_link_that_does_not_work_is_told_with_the_section_it_is_in(self, address: str, problem: str) -> None:
        with_link(address)
        assert texts(Kind.LINKS) == [f"In “Purpose”, the link “this page” {problem}"]

    def test_a_link_to_a_page_that_nobody_can_read_yet_is_told(self) -> None:
        make_toolkit_page()
        with_link("/guidance/toolkits/maps-for-change/")
        assert texts(Kind.LINKS) == [
            "In “Purpose”, the link “this page” leads to “Maps for Change”, which is not published"
        ]

    def test_a_link_goes_by_the_address_that_readers_know(self) -> None:
        page = published(make_toolkit_page())
        ToolkitGuidance.objects.filter(pk=page.pk).update(slug="new-slug")
        with_link("/guidance/toolkits/maps-for-change/")
        assert texts(Kind.LINKS) == []

    def test_a_link_to_an_archived_page_is_told_at_the_page_that_has_it(self) -> None:
        publishing.archive(published(make_toolkit_page()), by=None, note="Old")
        page = with_link("/guidance/toolkits/maps-for-change/")
        (finding,) = found(Kind.ARCHIVED)
        assert finding.page == page
        assert finding.text == "In “Purpose”, the link “this page” leads to “Maps for Change”, which is archived"
        assert texts(Kind.LINKS) == []

    def test_two_links_alike_in_a_section_are_told_once(self) -> None:
        published(make_flag_page(purpose="[This](/nowhere/) and [this](/nowhere/), [This](/nowhere/)"))
        assert len(found(Kind.LINKS)) == 2

    def test_prose_from_before_there_were_limits_is_told_rather_than_fatal(self) -> None:
        page = make_flag_page()
        RiskFlagGuidance.objects.update(purpose="> " * 200 + "[this](/nowhere/)")
        published(page)
        assert texts(Kind.TEXT) == [
            "In “Purpose”, the text cannot be shown. Lists and quotes must be at most 8 levels deep"
        ]

    def test_no_address_makes_the_check_fail(self) -> None:
        page = make_flag_page()
        for address in (
            "/[",
            "/%zz",
            "/\\example.com",
            "https://[::1",
            "http://[",
            "mailto:",
            "/" + "a" * 3000,
            "/%00",
        ):
            assert LinkTargets([page]).problem(address, on=page) is not None


class TestToolkits:
    def test_a_toolkit_without_guidance_is_told_with_a_page_begun(self, admin_client: Client) -> None:
        make_toolkit(name="Next Steps", slug="next-steps")
        (finding,) = found(Kind.NO_GUIDANCE)
        assert (finding.page, finding.text) == (None, "Teams can use Next Steps. There is no guidance on it yet")
        assert 'value="Next Steps"' in admin_client.get(finding.url).content.decode()

    def test_a_draft_is_not_guidance_for_readers(self) -> None:
        make_toolkit(name="Maps for Change", slug="maps-for-change")
        page = make_toolkit_page(toolkit="maps-for-change")
        (finding,) = found(Kind.NO_GUIDANCE)
        assert (finding.page, finding.text) == (page, "Teams can use Maps for Change. Its guidance is not published")
        published(page)
        assert found(Kind.NO_GUIDANCE) == []

    def test_a_toolkit_is_in_use_on_its_first_and_last_day_and_in_between(self) -> None:
        make_toolkit(slug="maps-for-change", active_from=TODAY, active_to=TODAY + DAY)
        assert [len(found(Kind.NO_GUIDANCE, TODAY + days * DAY)) for days in (-1, 0, 1, 2)] == [0, 1, 1, 0]
        published(make_toolkit_page(toolkit="maps-for-change"))
        assert [len(found(Kind.NO_TOOLKIT, TODAY + days * DAY)) for days in (-1, 0, 1, 2)] == [1, 0, 0, 1]

    def test_guidance_on_no_toolkit_is_told_once_people_read_it(self) -> None:
        page = make_toolkit_page()
        assert found(Kind.NO_TOOLKIT) == []
        published(page)
        assert texts(Kind.NO_TOOLKIT) == ["People read it, but no team can choose the toolkit now"]


class TestChanges:
    def test_a_draft_that_differs_from_what_people_read_is_told(self) -> None:
        page = published(make_flag_page())
        assert found(Kind.CHANGES) == []
        rewritten(page, summary="New")
        assert [finding.page for finding in found(Kind.CHANGES)] == [page]

    def test_changes_that_are_scheduled_need_nothing_until_there_are_more(self) -> None:
        page = rewritten(published(make_flag_page()), summary="New")
        page = publishing.schedule(page, by=None, note="Later", at=timezone.now() + DAY)
        assert found(Kind.CHANGES) == []
        rewritten(page, summary="Newer")
        assert len(found(Kind.CHANGES)) == 1


class TestSchedules:
    def test_a_page_not_published_ten_minutes_after_its_time_is_overdue(self) -> None:
        with time_machine.travel("2026-06-15 08:00Z", tick=False) as travel:
            page = make_flag_page()
            publishing.schedule(page, by=None, note="Later", at=timezone.now() + timedelta(hours=1))
            travel.move_to("2026-06-15 09:10Z")
            assert found(Kind.OVERDUE) == []
            travel.move_to("2026-06-15 09:10:01Z")
            (finding,) = found(Kind.OVERDUE)
            assert finding.text.startswith("It was to be published on 15 June 2026 at 10:00.")
            publishing.publish_due()
            assert found(Kind.OVERDUE) == []
