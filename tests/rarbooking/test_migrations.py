"""Migrations stand in one line, and say so where two branches would both add to it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.servers import ROOT, environment, manage

ROOMS = sorted(path.parent for path in ROOT.glob("*/migrations/__init__.py"))


@pytest.mark.parametrize("folder", ROOMS, ids=lambda path: path.parent.name)
def test_the_last_migration_is_named_in_a_file_over_which_two_branches_conflict(folder: Path) -> None:
    last = max(path.stem for path in folder.glob("0*.py"))
    assert (folder / "max_migration.txt").read_text() == f"{last}\n"


def test_the_checks_refuse_a_migration_that_was_added_beside_the_last_one(tmp_path: Path) -> None:
    app = tmp_path / "app"
    subprocess.run(["sh", "scripts/build/app.sh", app], cwd=ROOT, check=True)
    last = max((app / "booking/migrations").glob("0*.py"))
    shutil.copyfile(last, last.with_name(f"{last.name[:4]}_of_another_branch.py"))
    checked = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=app, env=environment(), capture_output=True, text=True, check=False
    )
    assert checked.returncode != 0
    assert "dlm.E005" in checked.stderr


def test_no_model_has_a_change_without_its_migration() -> None:
    asked = manage("makemigrations", "--check", "--dry-run")
    assert asked.returncode == 0, asked.stdout + asked.stderr
