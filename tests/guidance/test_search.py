"""What people read is found, by whatever words come near it, and by nothing else."""

import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govuk.sorting import fold
from guidance.models import RiskFlagGuidance, SearchEntry, ToolkitGuidance, ZeroResultSearch
from guidance.search import SearchResult, record_zero_results, search_guidance
from guidance.search.snippets import snippet
from guidance.search.terms import STOP_WORDS, fuzzy_matches, query_terms
from guidance.services import publishing
from tests.guidance.factories import make_flag_page, make_toolkit_page, published, rewritten

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def titles(words: str) -> list[str]:
    return [found.title for found in search_guidance(words)]


def first(words: str) -> str:
    return next(iter(titles(words)), "nothing")


@pytest.fixture
def one_page(db: None) -> Iterator[RiskFlagGuidance]:
    """A flag that people read."""
    return published(make_flag_page(purpose="Tells people of a **zebra** in the [stable](https://example.com)."))


@pytest.mark.usefixtures("starting_set")
class TestWords:
    def test_a_page_is_found_by_its_words_in_any_form(self) -> None:
        expected = {
            "stepping stone": "Stepping Stones",
            "STEPPING STONES": "Stepping Stones",
            "map for change": "Maps for Change",
            "warrant": "Warrant/summons",
            "summons": "Warrant/summons",
            "self harm": "Suicide/self harm",
            "self-harm": "Suicide/self harm",
            "womens safety worker": "Women’s safety worker",
            "women's safety": "Women’s safety worker",
            "mappa": "MAPPA",
            "weapon": "Weapons",
            "nat1": "Non-Approved Transition Toolkit (NAT1)",
            "  new\tme  ": "New Me MOT",
        }
        assert {words: first(words) for words in expected} == expected
        assert first("domestic abuser").startswith("Domestic abuse")

    def test_a_page_is_found_in_spite_of_a_slip(self) -> None:
        expected = {
            "maps for chnage": "Maps for Change",
            "steping stons": "Stepping Stones",
            "risk to childern": "Risk to children",
            "cuckoing": "Cuckooing – potential victim",
            "cuckoo": "Cuckooing – potential victim",
            "restraning order": "Restraining order",
            "terorism": "Terrorism Act offender",
            "vulnerble": "Vulnerable",
            "safegaurding": "Safeguarding – adult at risk",
        }
        assert {words: first(words) for words in expected} == expected

    def test_the_flag_with_a_code_comes_first(self) -> None:
        for words in ("ALAN", "alan", "  Alan ", "RCHD", "REG15", "WEAP", "alan flag"):
            assert search_guidance(words)[0].code == words.split()[0].upper()

    def test_every_flag_is_found_first_by_its_code_and_every_page_by_its_title(self) -> None:
        for entry in SearchEntry.objects.all():
            if entry.code:
                assert (entry.code, search_guidance(entry.code)[0].slug) == (entry.code, entry.slug)
            assert entry.title in titles(entry.title)[:2]

    def test_pages_with_the_words_in_the_title_come_before_those_with_them_elsewhere(self) -> None:
        found = titles("domestic abuse")
        in_title = [title.startswith("Domestic abuse") for title in found]
        assert in_title == sorted(in_title, reverse=True)
        assert sum(in_title) == 3

    def test_a_page_with_every_word_is_found_without_those_that_have_some(self) -> None:
        assert titles("stepping stones") == ["Stepping Stones"]

    def test_where_no_page_has_every_word_those_with_some_are_found(self) -> None:
        assert first("domestic zebra").startswith("Domestic abuse")

    def test_nothing_is_found_by_what_says_nothing(self) -> None:
        for words in ("zebra", "", "   ", "the of and", "?!", "🙂", "\0"):
            assert search_guidance(words) == []

    def test_no_more_is_found_than_asked_for(self) -> None:
        assert len(search_guidance("risk")) == 20
        assert len(search_guidance("risk", limit=3)) == 3
        assert search_guidance("risk", limit=0) == search_guidance("risk", limit=-1) == []

    def test_a_search_takes_three_queries_at_most(self) -> None:
        for words in ("risk", "maps for chnage", "zebra", "a b c d e f g h i j k l m n o p q r s t", "zz" * 9):
            with CaptureQueriesContext(connection) as queries:
                search_guidance(words)
            assert len(queries) <= 3


ACCENTS = st.sampled_from(["Siân", "Zoë", "Åberg", "O’Invent", "D'Arcy", "Łuk", "naïve", "Bjørn"])
FORMS = st.sampled_from(
    [
        str,
        str.upper,
        lambda word: unicodedata.normalize("NFD", word),
        lambda word: word.replace("’", "'"),
        lambda word: word.replace("'", "’"),
        fold,
    ]
)


class TestHoweverItIsTyped:
    """The rule is the one for the names of people: case, accents and apostrophes do not matter."""

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(written=ACCENTS, form=FORMS, stored=FORMS)
    def test_a_page_is_found_without_regard_to_accents_and_apostrophes(
        self, one_page: RiskFlagGuidance, written: str, form: Any, stored: Any
    ) -> None:
        page = RiskFlagGuidance.objects.get()
        page.title, page.purpose = "A page", f"Made by {stored(written)} and others"
        page.save()
        published(page)
        typed = form(written) if stored is not fold else fold(written)
        assert [found.slug for found in search_guidance(typed)] == ["alert-notice"]

    @pytest.mark.usefixtures("starting_set")
    def test_a_title_is_first_however_its_apostrophe_is_typed(self) -> None:
        for words in ("women’s safety", "women's safety", "womens safety", "WOMEN´S safety"):
            assert (words, first(words)) == (words, "Women’s safety worker")

    @pytest.mark.usefixtures("starting_set")
    @pytest.mark.parametrize("words", ["nsi", "NSI", "non-statutory intervention", "non statutory intervention"])
    def test_an_abbreviation_finds_the_pages_that_explain_it(self, words: str) -> None:
        assert len(titles(words)) >= 12
        assert "Maps for Change" in titles(words)

    @pytest.mark.usefixtures("starting_set")
    @pytest.mark.parametrize(
        ("words", "title"),
        [
            ("serious further offence", "SFO"),
            ("multi agency public protection", "MAPPA"),
            ("IOM", "Integrated Offender Management"),
            ("unpaid work", "UPW suspended"),
            ("risk of harm", "High RoH"),
        ],
    )
    def test_what_is_spelled_out_finds_the_abbreviation_and_the_other_way_round(self, words: str, title: str) -> None:
        assert title in titles(words)

    def test_loading_guidance_makes_pages_of_an_earlier_release_findable(self, one_page: RiskFlagGuidance) -> None:
        SearchEntry.objects.update(prose="Lost", facts="")
        call_command("load_guidance", verbosity=0)
        assert "Alert notice" in titles("zebra")


class TestWhatIsFound:
    def test_it_says_what_the_page_is_and_where_the_words_are(self, one_page: RiskFlagGuidance) -> None:
        assert search_guidance("zebras") == [
            SearchResult(
                kind="risk-flag",
                slug="alert-notice",
                title="Alert notice",
                summary="",
                snippet=(("Tells people of a ", False), ("zebra", True), (" in the stable.", False)),
                code="ALAN",
            )
        ]

    def test_a_toolkit_has_no_code_and_is_found_by_its_facts_and_summary(self) -> None:
        published(make_toolkit_page(needs=["Alcohol use"], settings=["Custody"], summary="For quagga"))
        for words in ("alcohol", "custody", "quagga"):
            (found,) = search_guidance(words)
            assert (found.kind, found.code, found.snippet) == ("toolkit", "", ())

    def test_markup_and_addresses_are_not_what_is_searched(self, one_page: RiskFlagGuidance) -> None:
        assert search_guidance("example") == []
        assert [found.slug for found in search_guidance("stable")] == ["alert-notice"]

    def test_what_is_glued_by_punctuation_is_found_by_each_part(self) -> None:
        published(make_flag_page(purpose="See quagga/zebra, okapi:tapir, <lemur> and x@gibbon.test or one–loris"))
        for words in ("quagga", "zebra", "okapi", "tapir", "lemur", "gibbon", "loris"):
            assert (words, [found.slug for found in search_guidance(words)]) == (words, ["alert-notice"])

    def test_a_long_text_is_cut_where_the_words_are_and_says_so(self) -> None:
        before, after = "Nothing here matters much. " * 30, "And nothing there. " * 30
        published(make_flag_page(purpose=f"{before}The zebra is here. {after}"))
        (found,) = search_guidance("zebra")
        text = "".join(piece for piece, _ in found.snippet)
        assert text.startswith("… ")
        assert text.endswith(" …")
        assert ("zebra", True) in found.snippet
        assert len(text.split()) <= 32


class TestInStep:
    """The search finds what people read now, whatever happens to a page."""

    def test_a_draft_is_not_found_and_a_published_page_is(self) -> None:
        page = make_flag_page(title="Zebra")
        assert search_guidance("zebra") == []
        published(page)
        assert titles("zebra") == ["Zebra"]

    def test_a_new_draft_is_not_found_until_it_is_published(self, one_page: RiskFlagGuidance) -> None:
        page = rewritten(one_page, title="Quagga", slug="quagga", purpose="")
        assert (titles("zebra"), titles("quagga")) == (["Alert notice"], [])
        published(page)
        assert [found.slug for found in search_guidance("quagga")] == ["quagga"]
        assert search_guidance("zebra") == []

    def test_a_scheduled_page_is_found_from_when_it_is_published(self) -> None:
        page = make_flag_page(title="Zebra")
        publishing.schedule(page, by=None, note="Later", at=timezone.now() + timedelta(hours=1))
        assert search_guidance("zebra") == []
        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            assert publishing.publish_due() == 1
        assert titles("zebra") == ["Zebra"]

    @pytest.mark.parametrize("deed", [publishing.unpublish, publishing.archive])
    def test_a_page_taken_away_is_no_longer_found(self, deed: Any, one_page: RiskFlagGuidance) -> None:
        deed(one_page, by=None, note="Wrong")
        assert search_guidance("zebra") == search_guidance("ALAN") == []

    def test_a_page_brought_back_and_published_is_found_again(self, one_page: RiskFlagGuidance) -> None:
        page = publishing.archive(one_page, by=None, note="Old")
        page = publishing.unarchive(page, by=None)
        assert search_guidance("zebra") == []
        published(page)
        assert titles("zebra") == ["Alert notice"]

    def test_a_deleted_page_is_no_longer_found(self, one_page: RiskFlagGuidance) -> None:
        RiskFlagGuidance.objects.all().delete()
        assert search_guidance("zebra") == []

    def test_pages_of_both_kinds_with_one_number_are_kept_apart(self) -> None:
        toolkit = ToolkitGuidance.objects.create(id=900_000, title="Zebra toolkit", slug="zebra")
        flag = RiskFlagGuidance.objects.create(
            id=900_000, title="Zebra flag", slug="zebra", code="ZEB", category="Alerts"
        )
        published(toolkit)
        published(flag)
        assert sorted(titles("zebra")) == ["Zebra flag", "Zebra toolkit"]
        publishing.archive(toolkit, by=None, note="Old")
        assert titles("zebra") == ["Zebra flag"]

    def test_publishing_that_fails_changes_nothing_that_is_found(self, one_page: RiskFlagGuidance) -> None:
        rewritten(one_page, title="Quagga")
        with pytest.raises(publishing.NoteRequired):
            publishing.publish(one_page, by=None, note="")
        assert (titles("zebra"), titles("quagga")) == (["Alert notice"], [])

    def test_what_people_read_can_be_found_though_it_cannot_be_shown(self) -> None:
        page = make_flag_page()
        # Written before there was a rule against it: nobody can save this any more.
        RiskFlagGuidance.objects.update(purpose="> " * 200 + "zebra")
        published(page)
        assert titles("zebra") == ["Alert notice"]

    def test_the_index_can_be_made_anew(self, one_page: RiskFlagGuidance) -> None:
        make_toolkit_page(title="Only a draft")
        before = search_guidance("zebra")
        SearchEntry.objects.update(title="Lost", prose="Lost")
        SearchEntry.objects.create(kind="toolkit", page=900_000, slug="stray", title="Stray zebra")
        printed = StringIO()
        call_command("rebuild_guidance_index", stdout=printed)
        assert printed.getvalue() == "Guidance: 1 page can be found\n"
        assert search_guidance("zebra") == before
        assert search_guidance("lost") == search_guidance("draft") == []

    def test_making_the_index_anew_finds_what_publishing_made_findable(self, starting_set: None) -> None:
        before = list(SearchEntry.objects.order_by("kind", "page").values_list("kind", "page", "words", "prose"))
        call_command("rebuild_guidance_index", verbosity=0)
        after = list(SearchEntry.objects.order_by("kind", "page").values_list("kind", "page", "words", "prose"))
        assert after == before
        assert len(after) == ToolkitGuidance.objects.count() + RiskFlagGuidance.objects.count() == 71


OPERATORS = [
    "AND",
    "OR",
    "NOT",
    "NEAR(",
    ")",
    "(",
    '"',
    "'",
    "*",
    "^",
    ":",
    "title:",
    "-",
    "+",
    "{",
    "}",
    "&",
    "|",
    "!",
]
OPERATORS += [
    "<->",
    ":*",
    ":A",
    "\\",
    "%",
    "%s",
    "_",
    ";",
    "--",
    "/*",
    "\0",
    "\ud800",
    "🙂",
    "é",
    "ß",
    "İ",
    "zebra",
    "٣",
]


class TestAnything:
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        words=st.one_of(
            st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"])),
            st.lists(st.sampled_from(OPERATORS), max_size=12).map(" ".join),
            st.lists(st.sampled_from(OPERATORS), max_size=12).map("".join),
        )
    )
    def test_a_search_is_answered_whatever_is_asked(self, one_page: RiskFlagGuidance, words: str) -> None:
        for found in search_guidance(words):
            assert found.slug == "alert-notice"
        record_zero_results(words)

    @pytest.mark.parametrize("words", ["zebra " * 100_000, "z" * 1_000_000, "zebra" + "\0" * 5000, '"' * 10_000])
    def test_a_very_long_search_is_answered(self, one_page: RiskFlagGuidance, words: str) -> None:
        assert len(search_guidance(words)) <= 1
        record_zero_results(words)

    @pytest.mark.parametrize(
        "words", ['"zebra"', "zebra*", "(zebra", "zebra OR", "title:zebra", "NOT zebra", "zebra; --", "zebra\0"]
    )
    def test_operators_are_no_more_than_punctuation(self, one_page: RiskFlagGuidance, words: str) -> None:
        assert titles(words) == ["Alert notice"]

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"]), max_size=80))
    def test_a_page_can_set_published_whatever_is_in_it(self, one_page: RiskFlagGuidance, text: str) -> None:
        page = RiskFlagGuidance.objects.get()
        page.title = "A page"
        page.purpose, page.summary = text.replace("#", ""), text
        page.save()
        published(page)
        assert [found.slug for found in search_guidance("page")] == ["alert-notice"]

    @given(marked=st.lists(st.sampled_from(["a", "\x02b\x03", " ", ". ", "\x02", "\x03", "\x02c d\x03"])).map("".join))
    def test_an_extract_has_no_marks_in_it_and_is_short(self, marked: str) -> None:
        pieces = snippet(marked)
        assert not any(mark in piece for piece, _ in pieces for mark in "\x02\x03")
        assert len("".join(piece for piece, _ in pieces).split()) <= 32


def test_stop_words_are_not_looked_for_and_words_are_looked_for_once() -> None:
    assert query_terms("Maps FOR change, the change!") == [["maps"], ["change"]]
    assert query_terms("don't women’s") == [["womens", "women s"]]
    assert {"the", "for", "to"} <= STOP_WORDS


def test_a_word_that_pages_have_is_not_taken_for_another() -> None:
    assert fuzzy_matches("change", {"change", "chance"}) == []
    assert fuzzy_matches("chnage", {"change", "zebra"}) == ["change"]
    assert fuzzy_matches("1234", {"1235"}) == fuzzy_matches("ab", {"abc"}) == []


class TestZeroResults:
    def stored(self) -> dict[str, int]:
        return dict(ZeroResultSearch.objects.values_list("words", "times"))

    def test_the_same_words_in_another_form_are_counted_together(self) -> None:
        for words in ("Anger management", "  anger\n MANAGEMENT ", "ａnger management", "anger\0management"):
            record_zero_results(words)
        assert self.stored() == {"anger management": 4}

    @pytest.mark.parametrize("words", ["", "   ", "\0", "\u200b"])
    def test_nothing_is_stored_of_nothing(self, words: str) -> None:
        record_zero_results(words)
        assert self.stored() == {}

    def test_a_long_search_is_cut_to_100_characters(self) -> None:
        record_zero_results("ab " * 200)
        (words,) = self.stored()
        assert words == ("ab " * 200)[:100].strip()

    @pytest.mark.parametrize(
        "words",
        [
            "X123456",
            "x 123456",
            "case x123456, gita",
            "xX１２３４５６",
            "x12\u00ad3456",
            "1/2/1980",
            "01.02.80",
            "1980-02-01",
            "born 3 March",
            "3rd of march",
            "march 3, 1980",
            "1 2 1980",
            "born 1980",
            "020 7946 0000",
            "+44 (0)7700 900000",
            "07700900000",
            "robin@example.com",
            "robin @ example",
            "A1234BC",
            "QQ 12 34 56 C",
            "words " * 40 + "x123456",
        ],
    )
    def test_what_may_be_about_a_person_is_not_stored(self, words: str) -> None:
        record_zero_results(words)
        assert self.stored() == {}

    @settings(max_examples=200, deadline=None)
    @given(
        before=st.text(max_size=20),
        after=st.text(max_size=120),
        crn=st.from_regex(r"\A[A-Za-z][0-9]{6}\Z"),
    )
    def test_no_crn_is_ever_stored(self, before: str, after: str, crn: str) -> None:
        record_zero_results(before + crn + after)
        assert self.stored() == {}

    @pytest.mark.parametrize(
        "words", ["anger", "mappa level 3", "section 4b", "may", "12 months", "nat1", "rar days 10"]
    )
    def test_ordinary_words_with_a_small_number_are_stored(self, words: str) -> None:
        record_zero_results(words)
        assert self.stored() == {words: 1}
