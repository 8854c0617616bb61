"""Mutation testing with Cosmic Ray: change one thing in the product, and see whether a test notices. `make mutants`.

MUTANTS says how many changes are drawn at random (300), MUTANTS_SEED which ones. They are made in a copy of the tree.
Each room is tried with the tests that are about it, without a browser, up to the first that fails. What no test noticed
is written to var/mutants.txt.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkItem, WorkResult

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "var" / "mutants.txt"
MUTANTS = int(os.environ.get("MUTANTS", "300"))
SEED = os.environ.get("MUTANTS_SEED", "0")
TIMEOUT_SECONDS = 900
# In this code | joins types, and * and ** are of arguments: whatever else stands there is no module any more.
POINTLESS = tuple(f"core/ReplaceBinaryOperator_{operator}_" for operator in ("BitOr", "Mul", "Pow"))
NOT_COPIED = (".git", ".venv", "node_modules", "var", "__pycache__", ".mypy_cache", ".ruff_cache")
CONFIG = """
[cosmic-ray]
module-path = "{module}"
timeout = {timeout}
excluded-modules = []
test-command = "{pytest} -q -x --reuse-db -m 'not browser' {tests}"
[cosmic-ray.distributor]
name = "local"
"""


@dataclass(frozen=True)
class Room:
    """What is changed, and the tests that are about it: the quickest first."""

    module: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name as part of a file's."""
        return self.module.replace("/", "-")


ROOMS = (
    Room("toolkits/selectors.py", ("tests/toolkits/test_selectors.py", "tests/booking/test_toolkit_order.py")),
    Room(
        "delius/writes",
        (
            "tests/delius/test_nsi_choice.py",
            "tests/delius/test_nsis.py",
            "tests/delius/test_client.py",
            "tests/booking/test_confirming.py",
        ),
    ),
    Room(
        "booking/services",
        (
            "tests/booking/test_states.py",
            "tests/booking/test_confirming.py",
            "tests/booking/test_resuming.py",
            "tests/booking/test_delius_down.py",
            "tests/booking/test_withdrawing.py",
            "tests/booking/test_repeats.py",
            "tests/booking/test_refusals.py",
            "tests/booking/test_counting.py",
            "tests/booking/test_duplicates.py",
            "tests/booking/test_retention.py",
            "tests/booking/test_admin.py",
            "tests/faults/test_between_bookings.py",
        ),
    ),
)


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the tree, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / ROOT.name
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
        (copy / ".venv").symlink_to(ROOT / ".venv")
        (copy / "var").mkdir()
        (copy / "var" / "static").symlink_to(ROOT / "var" / "static")
        # Where the contract is, beside the tree.
        (copy.parent / "shared").symlink_to(ROOT.parent / "shared")
        yield copy


def cosmic_ray(command: str, room: Room, *, tree: Path) -> None:
    """Run one of its commands on a room. Raises CalledProcessError."""
    program = Path(sys.executable).with_name("cosmic-ray")
    subprocess.run([program, command, f"{room.name}.toml", f"{room.name}.sqlite"], cwd=tree, check=True)


def draw(databases: list[WorkDB]) -> None:
    """Leave as many changes to be tried as MUTANTS says, drawn from all rooms alike."""
    items = [(database, item) for database in databases for item in database.work_items if not is_pointless(item)]
    items.sort(key=lambda each: str(each[1].mutations))
    drawn = {item.job_id for _, item in random.Random(SEED).sample(items, min(MUTANTS, len(items)))}  # noqa: S311
    for database in databases:
        skipped = [item.job_id for item in database.work_items if item.job_id not in drawn]
        database.set_multiple_results(skipped, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))


def is_pointless(item: WorkItem) -> bool:
    """Whether a change tells nothing of the tests."""
    return any(mutation.operator_name.startswith(POINTLESS) for mutation in item.mutations)


def report(room: Room, database: WorkDB) -> str:
    """Print how many changes of a room were noticed, and return those that were not."""
    # Without output pytest did not begin: a change with which nothing can be imported says nothing of the tests.
    tried = [(item, found) for item, found in database.completed_work_items if found.test_outcome and found.output]
    outcomes = Counter(found.test_outcome for _, found in tried)
    noticed = len(tried) - outcomes[TestOutcome.SURVIVED]
    print(f"{room.module:<24}{len(tried):>5} tried{noticed:>5} noticed{noticed / max(len(tried), 1):>7.0%}")
    return "\n".join(found.diff or "" for _, found in tried if found.test_outcome == TestOutcome.SURVIVED)


def main() -> None:
    """Draw changes, try them, and say how many were noticed."""
    with copied() as tree:
        pytest = ROOT / ".venv" / "bin" / "pytest"
        for room in ROOMS:
            settings = {"module": room.module, "tests": " ".join(room.tests), "pytest": pytest}
            (tree / f"{room.name}.toml").write_text(CONFIG.format(timeout=TIMEOUT_SECONDS, **settings))
            cosmic_ray("init", room, tree=tree)
        with ExitStack() as opened:
            databases = [opened.enter_context(use_db(tree / f"{room.name}.sqlite")) for room in ROOMS]
            draw(databases)
            survivors = []
            for room, database in zip(ROOMS, databases, strict=True):
                cosmic_ray("exec", room, tree=tree)
                survivors.append(report(room, database))
        REPORT.write_text("\n".join(survivors))
        print(f"Those that no test noticed: {REPORT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
