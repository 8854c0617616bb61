"""What practitioners read: lists with filters, pages, comparison, and what browsers may keep."""

import re
from typing import Any

import pytest
from django.test import Client

from guidance.models import Feedback
from guidance.services.publishing import archive, publish, save_draft, unpublish
from tests.booking.test_bad_input import errors_in
from tests.guidance.pages import flag, toolkit

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = "/guidance/toolkits/"


def text(client: Client, path: str, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def titles(page: str) -> list[str]:
    """The toolkits of the list, from the top."""
    return re.findall(r'govuk-heading-m govuk-!-margin-bottom-1"><a class="govuk-link" href="[^"]+">([^<]+)</a>', page)


class TestList:
    @pytest.fixture(autouse=True)
    def pages(self) -> None:
        toolkit("Men Only", genders=["men"], min_age=18, offence_types=["Violence"], settings=["Community"])
        toolkit("Women Only", genders=["women"], min_age=18, max_age=30, needs=["Wellbeing"], settings=["Custody"])
        toolkit("Nothing Known")

    def test_all_published_toolkits_are_listed_by_title(self, robin: Client) -> None:
        toolkit("A First")
        assert titles(text(robin, LIST)) == ["A First", "Men Only", "Nothing Known", "Women Only"]

    @pytest.mark.parametrize(
        ("query", "matching"),
        [
            ({"gender": "men"}, "Men Only"),
            ({"gender": "women"}, "Women Only"),
            ({"age": "40"}, "Men Only"),
            ({"offence_type": "Violence"}, "Men Only"),
            ({"setting": "Custody"}, "Women Only"),
            ({"need": "Wellbeing", "gender": "women"}, "Women Only"),
        ],
    )
    def test_those_that_fit_come_first_and_those_that_do_not_say_after_them(
        self, robin: Client, query: dict[str, str], matching: str
    ) -> None:
        page = text(robin, LIST, **query)
        assert "1 toolkit fits" in page
        assert titles(page)[0] == matching
        assert "Nothing Known" in titles(page)[1:]
        for name, value in query.items():
            assert f'value="{value}" selected' in page or (name == "age" and f'value="{value}"' in page)

    def test_none_fitting_leads_back_to_all(self, robin: Client) -> None:
        unknown = toolkit("Nothing Known Either")
        page = text(robin, LIST, gender="men", setting="Custody")
        assert "0 toolkits fit" in page
        assert unknown.title in page

    @pytest.mark.parametrize("query", [{"gender": "sideways"}, {"need": "No such need"}, {"offence_type": "<b>"}])
    def test_a_filter_that_nothing_has_any_more_is_ignored(self, robin: Client, query: dict[str, str]) -> None:
        assert len(titles(text(robin, LIST, **query))) == 3

    @pytest.mark.parametrize(("typed", "message"), [("x", "Age must be a number"), ("9", "Age must be 10 or more")])
    def test_an_age_that_cannot_be_is_explained(self, robin: Client, typed: str, message: str) -> None:
        answer = robin.get(LIST, {"age": typed})
        assert errors_in(answer)[0].startswith(message)
        assert len(titles(answer.content.decode())) == 3


def test_lists_without_anything_published_say_so(robin: Client) -> None:
    assert "No guidance on toolkits is published yet" in text(robin, LIST)
    assert "No guidance on risk flags is published yet" in text(robin, "/guidance/risk-flags/")
    assert "not enough published toolkits" in text(robin, "/guidance/toolkits/compare/")


class TestPage:
    def test_what_is_known_is_there_and_one_line_says_what_is_not(self, robin: Client) -> None:
        toolkit("Maps for Change", genders=["men", "women"], min_age=18, covers="### Maps\n\nEach **map** is a need.")
        page = text(robin, "/guidance/toolkits/maps-for-change/")
        assert "Men and women" in page
        assert "18 and over" in page
        assert '<h3 class="govuk-heading-m">Maps</h3>' in page
        assert "<strong>map</strong>" in page
        assert page.count("Not recorded yet") == 1
        assert (
            "Recorded so far: age range, gender and what it covers. Not recorded yet: offence types, setting," in page
        )
        assert "materials and contact." in page
        assert 'href="#outcomes"' not in page
        assert "Last updated" in page

    def test_a_page_with_few_gaps_names_them_at_its_end(self, robin: Client) -> None:
        flag("Weapons", "WEAP", review_months=3, purpose="A.", when_to_use="B.", reviewing="C.", at_termination="D.")
        page = text(robin, "/guidance/risk-flags/weapons/")
        assert "Recorded so far" not in page
        assert page.index("At termination") < page.index("Not recorded yet: links.") < page.index("Last updated")

    def test_a_page_of_which_nothing_is_known_has_no_contents(self, robin: Client) -> None:
        toolkit("Maps for Change")
        page = text(robin, "/guidance/toolkits/maps-for-change/")
        assert "Contents" not in page
        assert page.count("Not recorded yet: age range") == 1

    def test_a_flag_shows_its_category_code_and_review(self, robin: Client) -> None:
        flag("Weapons", "WEAP", category="Alerts", review_months=3, purpose="Carries weapons.")
        page = text(robin, "/guidance/risk-flags/weapons/")
        assert "Every 3 months" in page
        assert "WEAP" in page
        assert "govuk-tag--magenta" in page

    def test_zero_months_means_no_set_period(self, robin: Client) -> None:
        flag("Doris", "DORIS", review_months=0)
        assert "No set period" in text(robin, "/guidance/risk-flags/doris/")

    @pytest.mark.parametrize("path", ["/guidance/toolkits/nothing/", "/guidance/risk-flags/nothing/"])
    def test_a_page_that_does_not_exist_is_not_found(self, robin: Client, path: str) -> None:
        assert robin.get(path).status_code == 404

    def test_related_toolkits_share_a_need_or_an_offence_type(self, robin: Client) -> None:
        toolkit("One", needs=["Alcohol use"])
        toolkit("Two", needs=["Alcohol use"])
        toolkit("Three", needs=["Wellbeing"])
        related = text(robin, "/guidance/toolkits/one/").partition("Related guidance")[2]
        assert "/guidance/toolkits/two/" in related
        assert "/guidance/toolkits/three/" not in related

    def test_flags_are_listed_by_category(self, robin: Client) -> None:
        flag("Weapons", "WEAP", category="Alerts")
        flag("Mappa", "MAPPA", category="Public protection")
        page = text(robin, "/guidance/risk-flags/", category="Alerts")
        assert "Weapons" in page
        assert "Mappa" not in page
        assert "Mappa" in text(robin, "/guidance/risk-flags/", category="No such category")

    def test_hostile_prose_does_nothing(self, robin: Client) -> None:
        toolkit("Hostile", covers="<script>alert(1)</script> [x](javascript:alert(1))", summary="<b>bold</b>")
        page = text(robin, "/guidance/toolkits/hostile/")
        assert "<script>alert" not in page
        assert "javascript:" not in page
        assert "<b>bold</b>" not in page


class TestWhatIsRead:
    def test_an_edit_does_not_show_before_it_is_published(self, robin: Client) -> None:
        page = toolkit("Maps for Change", summary="Before")
        page.summary, page.slug = "After", "other-address"
        page = save_draft(page, by=None, note="Changed", version=page.version)
        assert "Before" in text(robin, "/guidance/toolkits/maps-for-change/")
        publish(page, by=None, note="Changed")
        assert "After" in text(robin, "/guidance/toolkits/other-address/")
        assert robin.get("/guidance/toolkits/maps-for-change/").status_code == 404

    @pytest.mark.parametrize("take_away", [unpublish, archive])
    def test_what_was_taken_away_is_gone_everywhere(self, robin: Client, take_away: Any) -> None:
        page = toolkit("Maps for Change")
        take_away(page, by=None, note="Withdrawn")
        assert robin.get("/guidance/toolkits/maps-for-change/").status_code == 404
        assert "Maps for Change" not in text(robin, LIST)


class TestCompare:
    @pytest.fixture(autouse=True)
    def pages(self) -> None:
        for number in range(1, 6):
            toolkit(f"Number {number}", genders=["men"], sessions_min=number, covers=f"Part {number}.")

    def compare(self, client: Client, *numbers: int, **query: str) -> Any:
        return client.get("/guidance/toolkits/compare/", {"toolkits": [f"number-{each}" for each in numbers], **query})

    def test_fields_stand_side_by_side_and_those_that_differ_are_marked(self, robin: Client) -> None:
        page = self.compare(robin, 1, 2).content.decode()
        rows = dict(re.findall(r'role="rowheader"[^>]*>([^<]+)(.*?)</tr>', page, flags=re.DOTALL))
        assert "Differs" in rows["Number of sessions"]
        assert "At least 1" in rows["Number of sessions"]
        assert "At least 2" in rows["Number of sessions"]
        assert "Differs" not in rows["Gender"]

    def test_only_what_differs_can_be_shown(self, robin: Client) -> None:
        page = self.compare(robin, 1, 2, show="differences").content.decode()
        assert "Number of sessions" in page
        assert ">Gender" not in page

    @pytest.mark.parametrize("numbers", [(1,), (1, 2, 3, 4, 5), (1, 1)])
    def test_one_alone_or_more_than_four_are_asked_again_with_those_chosen_kept(
        self, robin: Client, numbers: tuple[int, ...]
    ) -> None:
        answer = self.compare(robin, *numbers)
        assert errors_in(answer) == ["Select 2 to 4 toolkits to compare"]
        assert answer.content.decode().count(" checked") == len(set(numbers))

    def test_one_that_does_not_exist_is_left_out(self, robin: Client) -> None:
        assert "Compare 2 toolkits" in self.compare(robin, 1, 2, 99).content.decode()

    def test_nothing_chosen_yet_is_no_error(self, robin: Client) -> None:
        answer = robin.get("/guidance/toolkits/compare/")
        assert "There is a problem" not in answer.content.decode()


PAGES = [
    "/guidance/",
    LIST,
    "/guidance/toolkits/maps-for-change/",
    "/guidance/toolkits/compare/?toolkits=maps-for-change&toolkits=new-me",
    "/guidance/risk-flags/",
    "/guidance/risk-flags/weapons/",
]


@pytest.fixture
def published() -> None:
    toolkit("Maps for Change")
    toolkit("New Me")
    flag("Weapons", "WEAP")
    flag("Mappa", "MAPPA")


@pytest.mark.usefixtures("published")
class TestCost:
    @pytest.mark.parametrize("path", PAGES)
    def test_a_page_asks_the_database_at_most_four_things(
        self, robin: Client, path: str, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(4):
            assert robin.get(path).status_code == 200

    @pytest.mark.parametrize("path", PAGES[1:])
    def test_a_browser_that_has_the_page_is_not_sent_it_again(self, robin: Client, path: str) -> None:
        first = robin.get(path)
        again = robin.get(path, HTTP_IF_NONE_MATCH=first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert again["Cache-Control"] == "private, no-cache"

    def test_a_change_is_sent(self, robin: Client) -> None:
        first = robin.get(PAGES[2])
        page = toolkit("Something New", needs=["Wellbeing"])
        page.summary = "Changed"
        assert robin.get(PAGES[2], HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200

    def test_somebody_else_is_not_shown_a_page_that_greets_another(self, robin: Client, signed_in: Any) -> None:
        first = robin.get(PAGES[2])
        assert signed_in("JO.PLACEHOLDER").get(PAGES[2], HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


class TestFeedback:
    def send(self, client: Client, **typed: str) -> Any:
        page = toolkit("Maps for Change").get_absolute_url()
        return client.post("/guidance/feedback/", {"page": page, "useful": "yes", "comment": "", **typed})

    def test_what_is_said_is_kept_without_who_said_it(self, robin: Client) -> None:
        assert self.send(robin, useful="no", comment="Say how long it takes.").status_code == 302
        kept = Feedback.objects.get()
        assert (kept.page, kept.useful, kept.comment) == (
            "/guidance/toolkits/maps-for-change/",
            False,
            "Say how long it takes.",
        )

    def test_a_missing_answer_is_asked_for_and_the_comment_is_kept(self, robin: Client) -> None:
        answer = self.send(robin, useful="", comment="A thought")
        assert errors_in(answer) == ["Select yes if this page is useful"]
        assert "A thought" in answer.content.decode()

    @pytest.mark.parametrize("page", ["/", "https://example.com/", "/cases/X000001/schedule/", ""])
    def test_feedback_is_on_pages_of_guidance_only(self, robin: Client, page: str) -> None:
        answer = self.send(robin, page=page)
        assert answer.status_code == 200
        assert not Feedback.objects.exists()
        assert "https://example.com" not in answer.content.decode().replace('value="https://example.com/"', "")
