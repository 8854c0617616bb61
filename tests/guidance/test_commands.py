"""Guidance out of files and into files, and that nobody's work is undone by it."""

import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from guidance.models import PageState, RiskFlagGuidance, ToolkitGuidance
from guidance.services import publishing
from guidance.services.import_export import CONTENT, ImportProblems, load_guidance
from guidance.services.publishing import KINDS, versions
from tests.guidance.factories import make_flag_page, published, rewritten

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def run(command: str, *args: Any, **options: Any) -> str:
    """Run a command and return what it prints."""
    printed = StringIO()
    call_command(command, *args, stdout=printed, **options)
    return printed.getvalue()


def everything() -> list[dict[str, Any]]:
    return [row for kind in KINDS for row in kind._default_manager.order_by("pk").values()]


def count_of_versions() -> int:
    return sum(kind.history.count() for kind in KINDS)  # type: ignore[attr-defined]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of three files of the starting set, to be changed."""
    for name in ("toolkits/maps-for-change.md", "toolkits/stepping-stones.md", "risk-flags/weapons.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(CONTENT / name, tmp_path / name)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("*/*.md")}


class TestLoadGuidance:
    def test_the_starting_set_is_14_toolkits_and_57_flags_that_people_can_read(self) -> None:
        assert run("load_guidance") == "Guidance: 71 created, 0 updated, 0 unchanged, 0 left\n"
        counts = [kind._default_manager.filter(state=PageState.PUBLISHED).count() for kind in KINDS]
        assert counts == [14, 57]
        page = RiskFlagGuidance.objects.get(code="ALAN")
        assert [version.history_change_reason for version in versions(page)] == [
            "Published: Starting set",
            "Starting set",
        ]

    def test_everything_loaded_is_valid_in_the_admin(self) -> None:
        load_guidance()
        for kind in KINDS:
            for page in kind._default_manager.all():
                page.full_clean()

    def test_loading_again_changes_nothing_and_keeps_no_version(self) -> None:
        load_guidance()
        before, kept = everything(), count_of_versions()
        assert run("load_guidance") == "Guidance: 0 created, 0 updated, 71 unchanged, 0 left\n"
        assert (everything(), count_of_versions()) == (before, kept)

    def test_a_page_that_nobody_changed_is_updated_and_published(self, content: Path) -> None:
        load_guidance(content)
        edit(content / "toolkits/maps-for-change.md", "title: Maps for Change", "title: Maps for Changing")
        assert load_guidance(content).changed == ["toolkits/maps-for-change"]
        page = ToolkitGuidance.objects.get(slug="maps-for-change")
        assert page.published
        assert page.published["title"] == page.title == "Maps for Changing"
        assert load_guidance(content).unchanged == [
            "toolkits/maps-for-change",
            "toolkits/stepping-stones",
            "risk-flags/weapons",
        ]

    def test_a_slug_changed_in_its_file_is_changed_on_the_same_page(self, content: Path) -> None:
        load_guidance(content)
        edit(content / "risk-flags/weapons.md", "slug: weapons", "slug: weapon")
        assert load_guidance(content).changed == ["risk-flags/weapon"]
        assert RiskFlagGuidance.objects.get().slug == "weapon"

    @pytest.mark.parametrize(
        ("deed", "reason"),
        [
            (lambda page: rewritten(page, purpose="Ours"), "somebody changed it"),
            (lambda page: published(rewritten(page, purpose="Ours")), "somebody changed it"),
            (lambda page: rewritten(page, slug="ours"), "somebody changed it"),
            (lambda page: publishing.unpublish(page, by=None, note="Wrong"), "somebody unpublished it"),
            (lambda page: publishing.archive(page, by=None, note="Old"), "somebody archived it"),
            (
                lambda page: publishing.schedule(page, by=None, note="Later", at=timezone.now() + timedelta(days=1)),
                "somebody scheduled it",
            ),
            (lambda page: page.delete(), "somebody gave it another slug or deleted it"),
        ],
        ids=["draft", "published", "slug", "unpublished", "archived", "scheduled", "deleted"],
    )
    def test_what_a_designer_did_survives_loading_and_is_told(self, content: Path, deed: Any, reason: str) -> None:
        load_guidance(content)
        deed(RiskFlagGuidance.objects.get(slug="weapons"))
        edit(content / "risk-flags/weapons.md", "title: Weapons", "title: Weapons and knives")
        before = everything()
        result = load_guidance(content)
        assert result.skipped == {"risk-flags/weapons": reason}
        assert (result.created, result.changed, len(result.unchanged)) == ([], [], 2)
        assert everything() == before

    def test_a_renamed_toolkit_page_without_a_toolkit_is_not_loaded_a_second_time(self, content: Path) -> None:
        edit(content / "toolkits/stepping-stones.md", "toolkit: stepping-stones", 'toolkit: ""')
        load_guidance(content)
        rewritten(ToolkitGuidance.objects.get(slug="stepping-stones"), slug="stones")
        assert load_guidance(content).skipped == {
            "toolkits/stepping-stones": "somebody gave it another slug or deleted it"
        }
        assert ToolkitGuidance.objects.count() == 2

    def test_a_page_made_by_hand_before_is_left(self, content: Path) -> None:
        make_flag_page(slug="own", code="WEAP", title="Our weapons")
        assert load_guidance(content).skipped == {"risk-flags/weapons": "it was made here"}
        assert RiskFlagGuidance.objects.get().title == "Our weapons"

    def test_what_is_left_is_printed_with_the_reason(self) -> None:
        load_guidance()
        publishing.archive(RiskFlagGuidance.objects.get(code="ALAN"), by=None, note="Old")
        assert run("load_guidance") == (
            "Guidance: 0 created, 0 updated, 70 unchanged, 1 left\n"
            "  Left risk-flags/alert-notice-alan: somebody archived it\n"
        )

    def test_wrong_files_are_all_named_with_what_to_mend_and_nothing_is_loaded(self, content: Path) -> None:
        edit(content / "toolkits/maps-for-change.md", "title: Maps for Change", "title: yes")
        edit(content / "toolkits/stepping-stones.md", "title: Stepping Stones", 'title: ""')
        (content / "risk-flags/latin.md").write_bytes("é".encode("latin-1"))
        with pytest.raises(ImportProblems) as caught:
            load_guidance(content)
        assert caught.value.problems == (
            "toolkits/maps-for-change.md: Put quotes around title, or YAML reads it as something else than text",
            "toolkits/stepping-stones.md: title: This field cannot be blank.",
            "risk-flags/latin.md: save the file as UTF-8",
        )
        assert everything() == []

    def test_two_files_on_one_toolkit_or_with_one_slug_are_refused(self, content: Path) -> None:
        edit(content / "toolkits/stepping-stones.md", "toolkit: stepping-stones", "toolkit: maps-for-change")
        shutil.copy(content / "risk-flags/weapons.md", content / "risk-flags/zweapons.md")
        with pytest.raises(ImportProblems) as caught:
            load_guidance(content)
        assert caught.value.problems == (
            "toolkits/stepping-stones.md: toolkit: maps-for-change is in toolkits/maps-for-change.md too",
            "risk-flags/zweapons.md: slug: weapons is in risk-flags/weapons.md too",
            "risk-flags/zweapons.md: code: WEAP is in risk-flags/weapons.md too",
        )

    def test_it_is_silent_when_asked_to_be(self) -> None:
        assert run("load_guidance", verbosity=0) == ""

    def test_the_demo_comes_with_it(self, settings: Any) -> None:
        settings.DEMO = True
        run("load_demo")
        assert RiskFlagGuidance.objects.count() == 57


class TestExportGuidance:
    def test_what_was_loaded_is_exported_to_the_byte(self, tmp_path: Path) -> None:
        load_guidance()
        assert run("export_guidance", tmp_path / "new") == "Guidance: 71 written\n"
        assert files_in(tmp_path / "new") == files_in(CONTENT)

    def test_drafts_are_exported_unless_asked_for_what_people_read(self, tmp_path: Path) -> None:
        rewritten(published(make_flag_page(title="Read", slug="read")), title="Draft", slug="draft")
        make_flag_page(title="Only a draft", slug="only-a-draft", code="OTHER")
        run("export_guidance", tmp_path / "drafts")
        run("export_guidance", tmp_path / "published", published=True)
        assert sorted(files_in(tmp_path / "drafts")) == ["risk-flags/draft.md", "risk-flags/only-a-draft.md"]
        assert list(files_in(tmp_path / "published")) == ["risk-flags/read.md"]
        assert b"title: Read\n" in files_in(tmp_path / "published")["risk-flags/read.md"]

    def test_archived_pages_are_left_out(self, tmp_path: Path) -> None:
        publishing.archive(make_flag_page(), by=None, note="Old")
        run("export_guidance", tmp_path)
        assert files_in(tmp_path) == {}

    def test_files_of_no_page_are_left_and_named(self, content: Path) -> None:
        make_flag_page(slug="own", code="OWN")
        assert run("export_guidance", content).splitlines() == [
            "Guidance: 1 written",
            "  Of no page, and left: risk-flags/weapons.md",
            "  Of no page, and left: toolkits/maps-for-change.md",
            "  Of no page, and left: toolkits/stepping-stones.md",
        ]

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(CommandError, match="Could not write"):
            run("export_guidance", tmp_path / "file")


class TestImportGuidance:
    def test_pages_are_imported_as_drafts_that_nobody_reads_yet(self, content: Path) -> None:
        assert run("import_guidance", content, note="From the team") == (
            "Guidance: 3 created, 0 changed, 0 unchanged\n"
            "  Created toolkits/maps-for-change\n"
            "  Created toolkits/stepping-stones\n"
            "  Created risk-flags/weapons\n"
        )
        assert {row["state"] for row in everything()} == {PageState.DRAFT}
        assert versions(RiskFlagGuidance.objects.get())[0].history_change_reason == "From the team"

    def test_what_people_read_stays_until_it_is_published(self, content: Path) -> None:
        run("import_guidance", content, note="First", publish=True)
        edit(content / "risk-flags/weapons.md", "title: Weapons", "title: Weapons and knives")
        assert run("import_guidance", content, note="Second") == (
            "Guidance: 0 created, 1 changed, 2 unchanged\n  Changed risk-flags/weapons\n"
        )
        page = RiskFlagGuidance.objects.get()
        assert page.published
        assert (page.title, page.published["title"]) == ("Weapons and knives", "Weapons")
        assert run("import_guidance", content, note="Third", publish=True) == (
            "Guidance: 0 created, 0 changed, 3 unchanged, 1 published\n"
        )
        page.refresh_from_db()
        assert page.published["title"] == "Weapons and knives"

    def test_importing_what_was_exported_changes_nothing(self, tmp_path: Path) -> None:
        load_guidance()
        run("export_guidance", tmp_path)
        before = everything()
        assert "71 unchanged, 0 published" in run("import_guidance", tmp_path, note="Again", publish=True)
        assert everything() == before

    def test_a_note_is_required(self, content: Path) -> None:
        with pytest.raises(CommandError, match="--note"):
            run("import_guidance", content)
        with pytest.raises(CommandError, match="Say what changed in --note"):
            run("import_guidance", content, note="  ")
        assert everything() == []

    def test_every_problem_is_told_at_once_and_nothing_is_stored(self, content: Path) -> None:
        edit(content / "toolkits/maps-for-change.md", "min_age: 18\nmax_age: null", "min_age: 18\nmax_age: 17")
        edit(content / "toolkits/stepping-stones.md", "---\ntitle", "title")
        archived = publishing.archive(make_flag_page(code="WEAP", slug="weapons"), by=None, note="Old")
        with pytest.raises(CommandError) as caught:
            run("import_guidance", content, note="From the team", publish=True)
        assert str(caught.value).splitlines() == [
            "Nothing was imported. Mend these files:",
            "toolkits/maps-for-change.md: The oldest age must be the same as or higher than the youngest age",
            "toolkits/stepping-stones.md: Start the file with ---, the facts, and --- again",
            "risk-flags/weapons.md: The page is archived. Bring it back first, or take out the file",
        ]
        assert [row["id"] for row in everything()] == [archived.pk]

    def test_a_folder_without_pages_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match=r"there is no \.md file in toolkits or risk-flags"):
            run("import_guidance", tmp_path, note="From the team")

    def test_a_page_loaded_before_and_then_imported_is_a_page_that_somebody_changed(self, content: Path) -> None:
        load_guidance(content)
        edit(content / "risk-flags/weapons.md", "title: Weapons", "title: Weapons and knives")
        run("import_guidance", content, note="From the team", publish=True)
        assert load_guidance(content).skipped == {"risk-flags/weapons": "somebody changed it"}
