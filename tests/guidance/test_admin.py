"""What a content designer can do in the admin, and what practitioners see of it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from guidance.models import Feedback, PageState, ToolkitGuidance, ZeroResultSearch
from guidance.services.publishing import archive, publish_due, restore, save_draft, versions
from guidance.tasks import publish_due_guidance
from tests.guidance.factories import make_flag_page, make_toolkit_page, published, rewritten
from tests.people import account, client_of
from tests.toolkits.factories import make_toolkit

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TOOLKIT = "toolkitguidance"


def address(name: str, *args: Any, kind: str = TOOLKIT) -> str:
    return reverse(f"admin:guidance_{kind}_{name}", args=args)


def written(page: ToolkitGuidance | None = None, **values: Any) -> dict[str, Any]:
    """What a browser sends of a toolkit's form."""
    page = page or ToolkitGuidance(title="Maps for Change", slug="maps-for-change")
    sent: dict[str, Any] = {"base_version": page.version, "note": ""}
    for name in page.content_fields():
        value = getattr(page, name)
        if name in ("genders", "settings", "formats"):
            sent[name] = value
        elif isinstance(value, list):
            sent[name] = "\r\n".join(value)
        elif value is not None and value is not False:
            sent[name] = value
    return {**sent, **values}


def errors_of(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [error for errors in answer.context["errors"] for error in errors]


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def designer(db: None) -> Client:
    return client_of(account("DANA.DESIGNER"))


@pytest.fixture
def other(django_user_model: Any) -> Any:
    return django_user_model.objects.create(username="OLLIE.OTHER")


class TestWriting:
    def test_a_draft_is_saved_as_the_first_version_with_its_author(self, designer: Client) -> None:
        make_toolkit(name="Maps for Change", slug="maps-for-change")
        values = written(
            toolkit="maps-for-change",
            genders=["men"],
            settings=["Community", "Custody"],
            offence_types="Sexual offences\n\n  Violence  \r\n",
            note="First words",
        )
        assert designer.post(address("add"), values).status_code == 302
        page = ToolkitGuidance.objects.get()
        assert (page.state, page.version, page.toolkit) == (PageState.DRAFT, 1, "maps-for-change")
        assert (page.genders, page.settings) == (["men"], ["Community", "Custody"])
        assert page.offence_types == ["Sexual offences", "Violence"]
        record = versions(page).get()
        assert (str(record.history_user), record.history_change_reason) == ("DANA.DESIGNER", "First words")

    def test_a_risk_flag_is_written_in_the_same_way(self, designer: Client) -> None:
        values = {"title": "Alert notice", "slug": "alert-notice", "code": "ALAN", "category": "Alerts", "note": ""}
        assert designer.post(address("add", kind="riskflagguidance"), values).status_code == 302
        assert designer.get("/guidance/risk-flags/alert-notice/").status_code == 404

    def test_every_field_says_how_to_write_it(self, designer: Client) -> None:
        answer = designer.get(address("add"))
        form = answer.context["adminform"].form
        assert [name for name, field in form.fields.items() if not (field.help_text or field.widget.is_hidden)] == []
        shown = {name for fieldset in answer.context["adminform"] for line in fieldset for name in line.fields}
        assert shown == {*ToolkitGuidance.content_fields(), "accepted", "note"}
        assert "How to write it" in text_of(answer)
        assert b"data-most-characters" in answer.content

    def test_a_page_keeps_a_toolkit_that_is_no_longer_there(self, designer: Client) -> None:
        page = make_toolkit_page(toolkit="gone")
        answer = designer.post(address("change", page.pk), written(page, title="Maps"))
        assert answer.status_code == 302
        page.refresh_from_db()
        assert (page.title, page.toolkit) == ("Maps", "gone")

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"needs": "Alcohol\nalcohol"}, "Enter each once"),
            ({"covers": "# Heading"}, "Start headings with ###: those with fewer are the page’s own"),
            ({"covers": "a" * 20_001}, "What it covers must be 20,000 characters or fewer"),
            ({"min_age": "30", "max_age": "18"}, "The oldest age must be the same as or higher than the youngest age"),
        ],
        ids=["twice", "heading", "long", "ages"],
    )
    def test_what_cannot_be_saved_is_explained_and_kept(
        self, designer: Client, values: dict[str, str], message: str
    ) -> None:
        answer = designer.post(address("add"), written(summary="Kept words", **values))
        assert message in errors_of(answer)
        assert "Kept words" in answer.content.decode()
        assert not ToolkitGuidance.objects.exists()

    def test_nobody_deletes_a_page(self, designer: Client, admin_client: Client) -> None:
        page = make_toolkit_page()
        for client in (designer, admin_client):
            assert client.post(address("delete", page.pk), {"post": "yes"}).status_code == 403
        assert ToolkitGuidance.objects.exists()

    def test_saving_can_lead_straight_to_the_preview(self, designer: Client) -> None:
        page = make_toolkit_page()
        answer = designer.post(address("change", page.pk), written(page, covers="New words", _preview="1"))
        assert answer["Location"] == reverse("guidance:preview", args=["toolkit", page.pk])
        assert "New words" in text_of(designer.get(answer["Location"]))


class TestPublishedPages:
    def test_a_change_needs_a_note_and_does_not_show_before_it_is_published(self, designer: Client) -> None:
        page = published(make_toolkit_page(covers="Old words"))
        change = address("change", page.pk)
        needed = "Enter what changed: the page is published, and colleagues need to know why"
        assert errors_of(designer.post(change, written(page, covers="New words"))) == [needed]
        assert designer.post(change, written(page, covers="New words", note="Clearer")).status_code == 302
        read = text_of(designer.get("/guidance/toolkits/maps-for-change/"))
        assert "Old words" in read
        assert "New words" not in read
        answer = designer.post(address("step", page.pk, "publish"), {"version": 2, "note": "Clearer"}, follow=True)
        assert "Practitioners read it now." in text_of(answer)
        assert "New words" in text_of(designer.get("/guidance/toolkits/maps-for-change/"))

    def test_the_address_of_a_published_page_stays(self, designer: Client) -> None:
        page = published(make_toolkit_page())
        designer.post(address("change", page.pk), written(page, slug="elsewhere", note="Moved"))
        page.refresh_from_db()
        assert page.slug == "maps-for-change"

    def test_publishing_shows_what_changes_for_readers_and_what_is_empty(self, designer: Client) -> None:
        page = rewritten(published(make_toolkit_page(summary="For some people")), summary="For many people")
        answer = designer.get(address("step", page.pk, "publish"))
        assert "<del>some</del><ins>many</ins>" in answer.content.decode()
        assert "Practitioners will read that these are not recorded yet: Who it is for" in text_of(answer)

    def test_publishing_needs_a_note(self, designer: Client) -> None:
        page = make_toolkit_page()
        answer = designer.post(address("step", page.pk, "publish"), {"version": 1, "note": " "})
        assert "Enter what changed, or why" in text_of(answer)
        page.refresh_from_db()
        assert page.state == PageState.DRAFT

    def test_what_somebody_saved_after_it_was_looked_at_is_not_published(self, designer: Client) -> None:
        page = make_toolkit_page()
        rewritten(page, summary="Unseen")
        answer = designer.post(address("step", page.pk, "publish"), {"version": 1, "note": "Ready"})
        assert "Look at it again: nothing was done" in text_of(answer)
        assert "Ready" in answer.content.decode()
        page.refresh_from_db()
        assert page.state == PageState.DRAFT

    def test_unpublishing_archiving_and_bringing_back(self, designer: Client) -> None:
        page = published(make_toolkit_page())
        site = "/guidance/toolkits/maps-for-change/"
        for step, status in (("unpublish", 404), ("publish", 200), ("archive", 404), ("unarchive", 404)):
            answer = designer.post(address("step", page.pk, step), {"version": 1, "note": "A reason"})
            assert answer.status_code == 302, step
            assert designer.get(site).status_code == status, step
        page.refresh_from_db()
        assert page.state == PageState.DRAFT

    def test_only_what_can_be_done_is_offered(self, designer: Client) -> None:
        page = make_toolkit_page()

        def offered() -> list[str]:
            return [step["text"] for step in designer.get(address("change", page.pk)).context["steps"]]

        assert offered() == ["Publish", "Publish later", "Archive"]
        published(page)
        assert offered() == ["Unpublish", "Archive"]
        archive(page, by=None, note="Old")
        assert offered() == ["Bring back"]
        answer = designer.get(address("step", page.pk, "unpublish"), follow=True)
        assert "was not changed" in text_of(answer)

    def test_two_published_pages_never_have_one_address(self, designer: Client) -> None:
        first = published(make_toolkit_page())
        rewritten(first, slug="new-address")
        second = make_toolkit_page(title="Another", slug="maps-for-change")
        answer = designer.post(address("step", second.pk, "publish"), {"version": 1, "note": "Ready"})
        assert "Another published page has “maps-for-change” too" in text_of(answer)
        second.refresh_from_db()
        assert second.state == PageState.DRAFT

    @time_machine.travel("2026-06-15T09:00:00+01:00", tick=False)
    def test_a_page_is_published_later_as_it_was_when_that_was_decided(self, designer: Client) -> None:
        page = make_toolkit_page(covers="Words of today")
        step = address("step", page.pk, "schedule")
        past = designer.post(step, {"version": 1, "note": "Go", "at_0": "2026-06-15", "at_1": "08:59"})
        assert "The date and time must be in the future" in text_of(past)
        assert (
            designer.post(step, {"version": 1, "note": "Go", "at_0": "2026-06-16", "at_1": "07:00"}).status_code == 302
        )
        rewritten(page, covers="Words of later")
        assert "To be published on Tuesday 16 June 2026, 07:00" in text_of(designer.get(address("change", page.pk)))
        [task] = DBTaskResult.objects.filter(task_path="guidance.tasks.publish_due_guidance")
        assert task.run_after.isoformat() == "2026-06-16T06:00:00+00:00"
        with time_machine.travel("2026-06-16T07:00:00+01:00", tick=False):
            assert publish_due_guidance.call() == 1
            reader = client_of(account("ROBIN.SAMPLE"))
            read = text_of(reader.get("/guidance/toolkits/maps-for-change/"))
        assert "Words of today" in read
        assert "Words of later" not in read

    @time_machine.travel("2026-06-15T09:00:00+01:00", tick=False)
    def test_a_page_that_may_not_set_published_stays_scheduled_and_keeps_no_other_waiting(
        self, designer: Client
    ) -> None:
        at = {"at_0": "2026-06-16", "at_1": "07:00"}
        first = make_toolkit_page()
        designer.post(address("step", first.pk, "schedule"), {"version": 1, "note": "Go", **at})
        rewritten(first, slug="new-address")
        published(make_toolkit_page(title="Another", slug="maps-for-change"))
        good = make_toolkit_page(title="Good", slug="good")
        designer.post(address("step", good.pk, "schedule"), {"version": 1, "note": "Go", **at})
        with time_machine.travel("2026-06-17T07:00:00+01:00", tick=False):
            assert publish_due() == 1
        first.refresh_from_db()
        good.refresh_from_db()
        assert (first.state, good.state) == (PageState.DRAFT, PageState.PUBLISHED)
        assert first.scheduled_for is not None


class TestErrors:
    """Errors are in plain words and name fields as their labels do."""

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"title": ""}, "Enter the title"),
            ({"slug": ""}, "Enter the address"),
            ({"slug": "taken"}, "There is already a page with this address"),
            ({"slug": "a b"}, "Address must be letters, numbers, hyphens and underscores only"),
            ({"min_age": "x"}, "Youngest age must be a whole number, like 8"),
            ({"max_age": "121"}, "Oldest age must be 120 or fewer"),
            ({"sessions_min": "0"}, "Fewest sessions must be 1 or more"),
            ({"review_by": "2026-02-30"}, "Review by must be a real date, like 2026-10-04"),
            ({"summary": "s" * 201}, "Summary must be 200 characters or fewer"),
        ],
    )
    def test_a_page_that_cannot_be_saved(self, designer: Client, values: dict[str, str], message: str) -> None:
        make_toolkit_page(title="Taken", slug="taken")
        assert errors_of(designer.post(address("add"), written(**values))) == [message]

    def test_a_flag_with_a_code_that_is_taken(self, designer: Client) -> None:
        make_flag_page()
        values = {"title": "Another", "slug": "another", "code": "ALAN", "category": "Alerts", "note": ""}
        answer = designer.post(address("add", kind="riskflagguidance"), values)
        assert errors_of(answer) == ["There is already guidance on a flag with this code"]

    @pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
    @time_machine.travel("2026-06-15T09:00:00+01:00", tick=False)
    def test_a_time_at_which_the_clocks_change(self, designer: Client, day: str) -> None:
        page = make_toolkit_page()
        sent = {"version": 1, "note": "Go", "at_0": day, "at_1": "01:30"}
        answer = designer.post(address("step", page.pk, "schedule"), sent)
        assert re.search(
            "The clocks change between 1am and 2am on [^:]+: enter a time before or after", text_of(answer)
        )
        assert 'value="Go"' in answer.content.decode()


class TestTwoPeopleAtOnce:
    def test_the_second_is_warned_and_loses_nothing(self, designer: Client, other: Any) -> None:
        page = make_toolkit_page(covers="First words", outcomes="First outcome")
        begun = written(page)
        page.covers = "Words of Ollie"
        save_draft(page, by=other, note="", version=1)

        answer = designer.post(address("change", page.pk), {**begun, "outcomes": "Outcome of Dana"})
        [error] = errors_of(answer)
        assert error.startswith("OLLIE.OTHER saved this while you were writing")
        shown = answer.content.decode()
        assert "Words of Ollie" in shown
        assert "Outcome of Dana</textarea>" in shown
        page.refresh_from_db()
        assert (page.covers, page.outcomes) == ("Words of Ollie", "First outcome")

        seen = answer.context["adminform"].form["base_version"].value()
        again = {**begun, "outcomes": "Outcome of Dana", "covers": "Words of Ollie", "base_version": seen}
        assert designer.post(address("change", page.pk), again).status_code == 302
        page.refresh_from_db()
        assert (page.covers, page.outcomes, page.version) == ("Words of Ollie", "Outcome of Dana", 3)

    def test_a_review_date_is_not_set_on_pages_that_were_saved_meanwhile(self, designer: Client) -> None:
        page = make_toolkit_page(review_by=date(2027, 1, 1))
        sent = {"action": "set_review", "_selected_action": [page.pk]}
        seen = designer.post(address("changelist"), sent).context["form"]["base_version"].value()
        rewritten(page, review_by=date(2027, 6, 30))
        answer = designer.post(address("changelist"), {**sent, "review_by": "2027-01-31", "base_version": seen})
        assert "Somebody changed one of these while you were writing" in text_of(answer)
        page.refresh_from_db()
        assert page.review_by == date(2027, 6, 30)


class TestMarkdownThatIsNotWhatItsWriterMeant:
    def test_what_is_certain_is_put_right_and_told(self, designer: Client) -> None:
        page = make_toolkit_page()
        typed = {"covers": "The sessions are:\n•\tone\n•\ttwo\n\nSee [GOV.UK](www.gov.uk/y)."}
        answer = designer.post(
            address("change", page.pk), written(page, needs="•\tAlcohol\r\n- Drugs", **typed), follow=True
        )
        assert "put right in What it covers. Look at the draft." in text_of(answer)
        page.refresh_from_db()
        assert page.covers == "The sessions are:\n\n* one\n* two\n\nSee [GOV.UK](https://www.gov.uk/y)."
        assert page.needs == ["Alcohol", "Drugs"]

    def test_what_is_not_certain_is_told_before_it_is_saved_and_saved_when_that_is_wanted(
        self, designer: Client
    ) -> None:
        page = make_toolkit_page()
        sent = written(page, covers="See [the form](form.docx).", sessions="(1) and\n2. this")
        answer = designer.post(address("change", page.pk), sent)
        assert errors_of(answer) == [
            "Some text may not be shown as you mean it, in “What it covers”, “Number and length of sessions”. "
            "Put it right, or save again",
            "In “What it covers”, the link “the form” has an address that does not work: form.docx",
            "In “Number and length of sessions”, “2. this” is not shown as a list. Leave an empty line before a list, "
            "and start each line of it with * or a number",
        ]
        assert "See [the form](form.docx).</textarea>" in answer.content.decode()
        page.refresh_from_db()
        assert page.covers == ""

        told = answer.context["adminform"].form["accepted"].value()
        changed = {**sent, "covers": "See [that form](that.docx).", "accepted": told}
        assert "that.docx" in str(errors_of(designer.post(address("change", page.pk), changed)))
        assert designer.post(address("change", page.pk), {**sent, "accepted": told}).status_code == 302
        page.refresh_from_db()
        assert page.covers == "See [the form](form.docx)."

        again = written(page, summary="Changed elsewhere")
        assert designer.post(address("change", page.pk), again).status_code == 302

    def test_it_is_told_again_before_it_is_published_and_when_people_read_it(self, designer: Client) -> None:
        page = make_toolkit_page(covers="Text with <b>HTML</b>", contact="See [the form](form.docx)")
        for step in ("publish", "schedule"):
            shown = text_of(designer.get(address("step", page.pk, step)))
            assert "What may not be shown as it is meant" in shown
            assert "In “What it covers”, “&lt;b&gt;” is shown as it is typed: HTML has no effect." in shown
            assert "In “Contact”, the link “the form” has an address that does not work: form.docx." in shown
        published(page)
        front = text_of(designer.get(reverse("admin:index")))
        assert "Text that may not be shown as it was meant (1)" in front
        assert "Links that do not work (1)" in front


class TestVersions:
    def test_every_version_is_listed_with_author_and_note(self, designer: Client, other: Any) -> None:
        page = make_toolkit_page()
        page.summary = "Second"
        save_draft(page, by=other, note="Shorter", version=1)
        listed = text_of(designer.get(address("history", page.pk)))
        assert "OLLIE.OTHER Shorter" in listed
        assert "The service Created" in listed

    def test_two_versions_are_compared_field_by_field(self, designer: Client) -> None:
        page = make_toolkit_page(summary="For young men", needs=["Alcohol"], review_by=date(2026, 10, 4))
        page = rewritten(page, summary="For young women", needs=["Alcohol", "Drugs"], flexible_length=True)
        newer, older = (record.history_id for record in versions(page))
        answer = designer.get(address("compare", page.pk), {"from": newer, "to": older})
        found = {each.label: (each.before, each.after) for each in answer.context["differences"]}
        assert found == {
            "Summary": ("For young men", "For young women"),
            "Needs addressed": ("Alcohol", "Alcohol\nDrugs"),
            "Flexible": ("No", "Yes"),
        }
        assert "For young <del>men</del><ins>women</ins>" in answer.content.decode()

    @pytest.mark.parametrize("query", [{}, {"from": "1", "to": "1"}, {"from": "x", "to": "9" * 30}])
    def test_without_two_versions_to_compare_the_list_says_so(self, designer: Client, query: dict[str, str]) -> None:
        page = make_toolkit_page()
        answer = designer.get(address("compare", page.pk), query, follow=True)
        assert "Choose two different versions to compare" in text_of(answer)

    @pytest.mark.parametrize("pk", ["²", "9" * 30, "9" * 5000, "x", "_00", "-1"])
    def test_what_is_no_page_has_no_versions(self, designer: Client, pk: str) -> None:
        assert designer.get(f"/admin/guidance/{TOOLKIT}/{pk}/history/").status_code == 404

    def test_what_was_typed_is_never_markup_in_a_comparison(self, designer: Client) -> None:
        page = rewritten(make_toolkit_page(), summary="<script>alert(1)</script>")
        newer, older = (record.history_id for record in versions(page))
        shown = designer.get(address("compare", page.pk), {"from": older, "to": newer}).content.decode()
        assert "<ins>&lt;script&gt;" in shown

    def test_an_earlier_version_is_restored_as_a_draft(self, designer: Client) -> None:
        page = published(rewritten(make_toolkit_page(covers="Old words"), covers="New words"))
        restored = designer.post(address("restore", page.pk, 1), follow=True)
        assert "The draft is version 1 again" in text_of(restored)
        page.refresh_from_db()
        assert (page.covers, page.version) == ("Old words", 3)
        assert "New words" in text_of(designer.get("/guidance/toolkits/maps-for-change/"))
        assert designer.get(address("restore", page.pk, 1)).status_code == 405

    def test_an_earlier_version_is_previewed_as_it_was(self, designer: Client) -> None:
        page = restore(rewritten(make_toolkit_page(covers="Old words"), covers="New words"), version=1, by=None)
        preview = reverse("guidance:preview", args=["toolkit", page.pk])
        assert "New words" in text_of(designer.get(preview, {"version": "2"}))
        assert designer.get(preview, {"version": "77"}).status_code == 404


class TestPreviews:
    def test_the_draft_is_shown_in_the_pages_own_template(self, designer: Client) -> None:
        page = make_toolkit_page(covers="* One\n* Two")
        shown = designer.get(reverse("guidance:preview", args=["toolkit", page.pk])).content.decode()
        assert '<ul class="govuk-list govuk-list--bullet">' in shown
        assert "This is a preview of the draft." in shown

    def test_a_reviewer_without_an_account_reads_the_draft_until_the_link_ends(
        self, designer: Client, client: Client
    ) -> None:
        page = make_flag_page(purpose="For review")
        preview = designer.get(reverse("guidance:preview", args=["risk-flag", page.pk])).content.decode()
        [link] = set(re.findall(r"http://testserver(/guidance/preview/shared/[^\"<]+)", preview))
        answer = client.get(link)
        assert "For review" in text_of(answer)
        assert "Go back to editing" not in text_of(answer)
        assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex, nofollow", True)
        with time_machine.travel(timedelta(days=7, minutes=1)):
            assert client.get(link).status_code == 404
        assert client.get(link[:-2] + ("A/" if link[-2] != "A" else "B/")).status_code == 404
        archive(page, by=None, note="Old")
        assert client.get(link).status_code == 404

    def test_a_section_is_previewed_while_it_is_written_and_nothing_is_stored(self, designer: Client) -> None:
        typed = {"text": "Ask:\n•\tone\n\n<script>x</script> [Form](form.docx) [there](#covers)"}
        shown = designer.post(address("prose"), typed).content.decode()
        assert "<li>one</li>" in shown
        assert "&lt;script&gt;" in shown
        assert "The link “Form” has an address that does not work: form.docx." in shown
        assert "#covers" not in shown.partition("</ul>")[0]
        long = designer.post(address("prose"), {"text": "a" * 20_001}).content.decode()
        assert "must be 20,000 characters or fewer" in long
        assert not ToolkitGuidance.objects.exists()

    def test_a_section_is_previewed_for_those_who_write_alone(self, client: Client) -> None:
        assert client_of(account("TAYLOR.TOOLKITS")).post(address("prose"), {"text": "x"}).status_code == 403
        assert client_of(account("DANA.DESIGNER")).get(address("prose")).status_code == 405

    def test_a_practitioner_cannot_preview(self, client: Client, django_user_model: Any) -> None:
        page = make_toolkit_page()
        client.force_login(django_user_model.objects.create(username="ROBIN.SAMPLE"))
        assert client.get(reverse("guidance:preview", args=["toolkit", page.pk])).status_code == 403


class TestLists:
    def test_a_practitioner_sees_none_of_it(self, client: Client, django_user_model: Any) -> None:
        client.force_login(django_user_model.objects.create(username="ROBIN.SAMPLE"))
        assert client.get(address("changelist"))["Location"].startswith("/admin/login/")

    def test_somebody_who_may_only_look_changes_nothing(self, client: Client, django_user_model: Any) -> None:
        page = published(make_toolkit_page())
        user = django_user_model.objects.create(username="VIV.VIEWER", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_toolkitguidance"))
        client.force_login(user)
        assert client.get(address("change", page.pk)).context["steps"] == []
        for step in ("publish", "unpublish", "archive"):
            assert client.post(address("step", page.pk, step), {"version": 1, "note": "x"}).status_code == 403
        assert client.post(address("restore", page.pk, 1)).status_code == 403
        assert client.get(address("history", page.pk)).status_code == 200

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ({}, {"Draft one", "Read", "Changed"}),
            ({"state": "draft"}, {"Draft one"}),
            ({"state": "published"}, {"Read", "Changed"}),
            ({"state": "changed"}, {"Changed"}),
            ({"state": "archived"}, {"Away"}),
            ({"review": "due"}, {"Read"}),
            ({"q": "zebra"}, {"Draft one"}),
        ],
    )
    def test_pages_are_found_by_state_review_and_words(
        self, designer: Client, query: dict[str, str], titles: set[str]
    ) -> None:
        make_toolkit_page(title="Draft one", slug="a", covers="A zebra")
        published(make_toolkit_page(title="Read", slug="b", review_by=date(2020, 1, 1)))
        rewritten(published(make_toolkit_page(title="Changed", slug="c")), summary="New")
        archive(make_toolkit_page(title="Away", slug="d"), by=None, note="Old")
        answer = designer.get(address("changelist"), query)
        assert {page.title for page in answer.context["cl"].queryset} == titles

    def test_review_dates_are_set_on_several_pages_at_once(self, designer: Client) -> None:
        page = make_toolkit_page()
        sent = {"action": "set_review", "_selected_action": [page.pk]}
        asked = designer.post(address("changelist"), sent)
        assert "Maps for Change" in text_of(asked)
        seen = asked.context["form"]["base_version"].value()
        designer.post(address("changelist"), {**sent, "review_by": "2027-01-31", "base_version": seen})
        page.refresh_from_db()
        assert (page.review_by, page.version) == (date(2027, 1, 31), 2)

    @time_machine.travel("2026-06-15T09:00:00+01:00", tick=False)
    def test_the_list_says_in_words_when_a_page_is_to_be_reviewed_and_was_published(self, designer: Client) -> None:
        make_toolkit_page(title="No date", slug="a")
        published(make_toolkit_page(title="Due", slug="b", review_by=date(2026, 6, 15)))
        make_toolkit_page(title="Later", slug="c", review_by=date(2026, 6, 16))
        page = designer.get(address("changelist")).content.decode()
        assert re.findall(r'class="field-review[^"]*">([^<]*)<', page) == [
            "15 Jun 2026, due",
            "16 Jun 2026",
            "No date",
        ]
        assert re.findall(r'class="field-published_on[^"]*">([^<]*)<', page)[0] == "15 Jun 2026"
        assert "icon-yes" not in page

    def test_what_readers_said_and_did_not_find_is_listed(self, designer: Client) -> None:
        Feedback.objects.create(page="/guidance/toolkits/maps-for-change/", useful=False, comment="Too long")
        ZeroResultSearch.objects.create(words="zebra", times=3)
        assert "Too long" in text_of(designer.get(reverse("admin:guidance_feedback_changelist")))
        assert "zebra" in text_of(designer.get(reverse("admin:guidance_zeroresultsearch_changelist")))


class TestFrontPage:
    def test_designers_see_what_needs_attention_and_where_to_mend_it(self, designer: Client) -> None:
        page = published(make_toolkit_page(review_by=date(2020, 1, 1)))
        shown = designer.get(reverse("admin:index"))
        assert "Due for review (1)" in text_of(shown)
        assert f'href="{address("change", page.pk)}"' in shown.content.decode()

    def test_what_is_broken_is_open_and_apart_from_what_is_only_incomplete(self, designer: Client) -> None:
        for number in range(7):
            published(make_toolkit_page(title=f"Page {number}", slug=f"page-{number}", contact="[Form](form.docx)"))
        shown = designer.get(reverse("admin:index")).content.decode()
        attention, _, incomplete = shown.partition("Guidance that is not complete")
        assert re.search(r"<details open>\s*<summary>Links that do not work \(7\)", attention)
        assert "something missing" not in attention
        assert re.search(r"<details>\s*<summary>Published with something missing \(7\)", incomplete)

    def test_where_nothing_needs_attention_it_says_so(self, designer: Client) -> None:
        assert "Nothing needs attention." in text_of(designer.get(reverse("admin:index")))

    def test_others_do_not_see_it(self, client: Client, django_user_model: Any) -> None:
        user = django_user_model.objects.create(username="SAM.SUPPORT", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_booking"))
        client.force_login(user)
        assert "Guidance that needs attention" not in text_of(client.get(reverse("admin:index")))
