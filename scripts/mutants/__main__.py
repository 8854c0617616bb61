"""Draw changes of the rooms where a mistake costs most, try each with the tests that execute it, and count.

MUTANTS says how many are tried (300), MUTANTS_SEED which ones, MUTANTS_WORKERS how many at a time (2). They are made in
copies of the tree. What was tried is in var/mutants/tried.jsonl and is not tried again, except what survived when the
tests have changed since; remove the folder to begin anew.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from scripts.mutants.changes import Change, drawn
from scripts.mutants.selection import PYTEST, Measured, measure

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "var" / "mutants"
ROOMS = ("toolkits/selectors.py", "delius/reads/nsis.py", "delius/writes", "booking/services")
MUTANTS = int(os.environ.get("MUTANTS", "300"))
SEED = os.environ.get("MUTANTS_SEED", "0")
WORKERS = int(os.environ.get("MUTANTS_WORKERS", "2"))
NOT_COPIED = (".git", ".venv", "node_modules", "var", "__pycache__", ".mypy_cache", ".ruff_cache")
# Most of the time that a run takes is its start, so it begins with no more than it needs.
WITHOUT_PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
PLUGINS = ("-p", "pytest_django.plugin", "-p", "time_machine")
NOTICED, SURVIVED, TIMED_OUT, NOT_IMPORTED = "noticed", "survived", "timed out", "not imported"
# What a busy machine may be the cause of: such a change is tried a second time.
BUSY = re.compile(r"time[ds]?.?out|did not start|database is locked", re.IGNORECASE)


@dataclass(frozen=True)
class Tried:
    """What came of a change: among how many tests that execute it, which one failed and with what."""

    room: str
    diff: str
    outcome: str
    tests: int
    failed: str
    digest: str


class Record:
    """What was tried, kept in a file line by line. Safe to share between threads."""

    def __init__(self, path: Path, *, digest: str) -> None:
        self.path = path
        self.digest = digest
        self.lock = Lock()
        lines = path.read_text().splitlines() if path.exists() else []
        self.tried = {each.diff: each for each in (Tried(**json.loads(line)) for line in lines)}

    def of(self, change: Change) -> Tried | None:
        """Return what came of a change, unless it is to be tried again."""
        found = self.tried.get(change.diff)
        return None if found and found.outcome == SURVIVED and found.digest != self.digest else found

    def add(self, tried: Tried) -> None:
        """Keep what came of a change."""
        with self.lock, self.path.open("a") as file:
            file.write(json.dumps(asdict(tried)) + "\n")
            self.tried[tried.diff] = tried
        print(f"{tried.outcome:<13}{tried.diff.splitlines()[0][4:]}", flush=True)


class Sample:
    """The changes to try, until enough were. Safe to share between threads."""

    def __init__(self, changes: list[Change]) -> None:
        self.changes = iter(changes)
        self.lock = Lock()
        self.taken: list[Change] = []
        self.not_imported = 0

    def __iter__(self) -> Iterator[Change]:
        while True:
            with self.lock:
                change = next(self.changes, None) if len(self.taken) - self.not_imported < MUTANTS else None
                if change is None:
                    return
                self.taken.append(change)
            yield change


class Tree:
    """A copy of the tree, with a database for the tests that is as new for each run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.rmtree(path, ignore_errors=True)
        copy = path / ROOT.name
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
        (copy / "var").mkdir()
        for linked in (".venv", "node_modules", "var/static"):
            (copy / linked).symlink_to(ROOT / linked)
        # Where the contract is, beside the tree.
        (path / "shared").symlink_to(ROOT.parent / "shared")
        self.root = copy
        self.pytest: subprocess.Popen[str] | None = None
        url = {"DATABASE_URL": f"sqlite:///{copy}/var/new.sqlite3"}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(migrate, cwd=copy, env={**os.environ, **url}, check=True)

    def digest(self) -> str:
        """Return what changes when a test or the product does."""
        found = hashlib.sha256()
        for path in sorted(set(self.root.rglob("*.py")) - set(self.root.glob("scripts/**/*.py"))):
            found.update(f"{path.relative_to(self.root)}\0".encode() + path.read_bytes())
        return found.hexdigest()

    def try_change(self, change: Change, tests: list[str], *, seconds: float) -> tuple[str, str]:
        """Return what comes of a change, and the test that fails."""
        module = self.root / change.module
        before = module.read_text()
        module.write_text(change.text)
        try:
            outcome, failed = self.run(tests, seconds=seconds)
            return self.run(tests, seconds=seconds) if BUSY.search(f"{outcome} {failed}") else (outcome, failed)
        finally:
            module.write_text(before)

    def run(self, tests: list[str], *, seconds: float) -> tuple[str, str]:
        """Run some tests up to the first that fails."""
        var = self.root / "var"
        (var / "tests.json").write_text(json.dumps(tests))
        new, used = var / "new.sqlite3", var / "test.sqlite3"
        for left in var.glob(f"{used.name}*"):
            left.unlink()
        shutil.copy(new, used)
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        command = [sys.executable, *PYTEST, *PLUGINS, "-x", "--reuse-db", "--tb=no", "-rfE", *files]
        environment = {**os.environ, **WITHOUT_PLUGINS, "MUTANTS_TESTS": str(var / "tests.json"), "COLUMNS": "400"}
        self.pytest = subprocess.Popen(
            command, cwd=self.root, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            output, _ = self.pytest.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return TIMED_OUT, ""
        finally:
            self.stop()
        if self.pytest.returncode < 0:
            raise RuntimeError("pytest was killed")
        if self.pytest.returncode == 0:
            return SURVIVED, ""
        failed = re.search(r"^(?:FAILED|ERROR) .*::.*", output, re.MULTILINE)
        return (NOTICED, failed[0]) if failed else (NOT_IMPORTED, output[-400:])

    def stop(self) -> None:
        """End pytest, and a simulator that it has started."""
        if self.pytest:
            with suppress(ProcessLookupError):
                os.killpg(self.pytest.pid, signal.SIGKILL)
            self.pytest.wait()


def measured_in(tree: Tree, digest: str) -> Measured:
    """Return which tests execute what: as it was measured last time, where nothing has changed."""
    kept = FOLDER / f"measured-{digest[:16]}.json"
    if not kept.exists():
        kept.write_text(json.dumps(asdict(measure(tree.root, ROOMS, workers=WORKERS))))
    return Measured(**json.loads(kept.read_text()))


def try_all(tree: Tree, sample: Sample, record: Record, measured: Measured) -> None:
    """Try changes in a tree for as long as the sample has any."""
    for change in sample:
        tried = record.of(change)
        if tried is None:
            tests = measured.of(tree.root, change.module, change.line)
            seconds = 120 + 5 * sum(measured.seconds[test] for test in tests)
            outcome, failed = tree.try_change(change, tests, seconds=seconds) if tests else (SURVIVED, "")
            tried = Tried(change.room, change.diff, outcome, len(tests), failed, record.digest)
            record.add(tried)
        sample.not_imported += tried.outcome == NOT_IMPORTED


def report(tried: list[Tried]) -> None:
    """Print how many changes were noticed, and write those that were not."""
    for room in (*ROOMS, ""):
        outcomes = Counter(each.outcome for each in tried if each.room.startswith(room))
        count = outcomes.total() - outcomes[NOT_IMPORTED]
        noticed = count - outcomes[SURVIVED]
        print(f"{room or 'all':<24}{count:>5} tried{noticed:>5} noticed{noticed / max(count, 1):>7.0%}")
    survivors = FOLDER / "survivors.txt"
    survivors.write_text(
        "\n\n".join(f"{each.diff}\n({each.tests} tests)" for each in tried if each.outcome == SURVIVED)
    )
    print(f"Those that no test noticed: {survivors.relative_to(ROOT)}")


def main() -> None:
    """Try the changes that are drawn and were not tried, and say how many were noticed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    trees = [Tree(FOLDER / f"tree-{number}") for number in range(WORKERS)]

    def stop(*_: object) -> None:
        for tree in trees:
            tree.stop()
        os._exit(1)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    digest = trees[0].digest()
    measured = measured_in(trees[0], digest)
    record = Record(FOLDER / "tried.jsonl", digest=digest)
    sample = Sample(drawn(ROOT, ROOMS, seed=SEED))
    with ThreadPoolExecutor(WORKERS) as pool:
        for done in [pool.submit(try_all, tree, sample, record, measured) for tree in trees]:
            done.result()
    report([record.tried[change.diff] for change in sample.taken])


if __name__ == "__main__":
    main()
