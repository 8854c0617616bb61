"""A backup restored, as the runbook says, with its very commands: `make restore-tried`.

People arrange appointments while upstream calls fail; in the midst of it the database is backed up. They go on for a
while; then everything stops, the database is dropped, and the backup is put into an empty one. Drafts that came back
with it are confirmed once more. Exits with 1 unless every booking of the backup is settled and Delius has nothing
twice. What it finds is written to var/bench/restore.json, and into docs/performance.md.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.journey import ARRANGED, NOT_ARRANGED, UNDER_WAY, Browser, JourneyFailed, confirm_draft, sign_in
from bench.load import LOCUSTFILE, READ_TIMEOUT_SECONDS, ask_for_faults, settle
from bench.measures.reconcile import read, reconcile
from bench.report import RESULTS, write_restore
from bench.stack import REALISTIC_SECONDS, Stack, stack
from scripts.servers import ROOT, environment

SECONDS = int(os.environ.get("RESTORE_SECONDS", "60"))
USERS = 12
SHARE_OF_FAULTS = 0.2
RUNBOOK = ROOT / "docs" / "runbook.md"
SECTION = re.compile(r"^## Back up and restore\n(.*?)^## ", re.MULTILINE | re.DOTALL)
# A command is indented; one that is too long for its line is carried on, indented further.
COMMAND = re.compile(r"^ {4}(\S.*(?:\n {8}.*)*)", re.MULTILINE)
DRAFTS = """
    SELECT coalesce(json_agg(json_build_object('user', username, 'crn', crn)), '[]')
    FROM booking_draft JOIN rarbooking_user ON rarbooking_user.id = user_id
"""


@dataclass(frozen=True)
class Commands:
    """The runbook's commands: to back up, and to restore, in their order."""

    back_up: tuple[str, ...]
    restore: tuple[str, ...]


def main() -> int:
    """Rehearse it, and return the exit status."""
    with stack(DELIUS_READ_TIMEOUT=str(READ_TIMEOUT_SECONDS)) as servers:
        servers.make_database("service")
        ask_for_faults(servers, share=SHARE_OF_FAULTS)
        known = read(_while_people_work(servers))
        servers.latency(REALISTIC_SECONDS)
        were_under_way = restore(servers)
        under_way = len(servers.under_way())
        settle(servers)
        again = confirm_drafts(servers)
        settle(servers)
        found = reconcile(servers, known, under_way_in_backup=were_under_way)
    result = {
        "bookings_confirmed": len({each["booking"] for each in known}),
        "bookings_in_the_backup": found.bookings - again[ARRANGED] - again[UNDER_WAY] - again[NOT_ARRANGED],
        "of_these_under_way_when_it_was_made": len(were_under_way),
        "of_these_still_under_way_after_resume_bookings": under_way,
        "drafts_confirmed_again_and_arranged": again[ARRANGED] + again[UNDER_WAY],
        "drafts_confirmed_again_and_refused_by_Delius": again[NOT_ARRANGED],
        "appointments_in_delius": found.appointments_in_delius,
        "unsettled": found.unsettled,
        "lost": found.lost,
        "doubled": found.doubled,
        "duplicate_nsis": found.duplicate_nsis,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "restore.json").write_text(json.dumps(result, indent=1))
    write_restore(result)
    for name, number in result.items():
        print(f"{name.replace('_', ' '):<50}{number:>6,}")
    print("\nSound." if found.is_sound else "\nNOT SOUND: see above.")
    return 0 if found.is_sound else 1


def commands(runbook: str) -> Commands:
    """Return the commands of the runbook's section, without Kubernetes's. Raises ValueError where it has none."""
    section = SECTION.search(runbook)
    if not section:
        raise ValueError("The runbook does not say how to back up and restore.")
    found = [each for each in COMMAND.findall(section[1]) if not each.startswith("kubectl ")]
    back_up = tuple(each for each in found if each.startswith("pg_dump "))
    if not back_up or len(found) == len(back_up):
        raise ValueError("The runbook's section on backups lacks commands.")
    return Commands(back_up, tuple(each for each in found if each not in back_up))


def run(servers: Stack, command: str) -> None:
    """Run a command of the runbook, as if typed in a shell. Raises CalledProcessError."""
    manage = f'manage() {{ {sys.executable} {ROOT / "manage.py"} "$@"; }}; '
    settings = environment(**servers.settings)
    path = f"{servers.postgres.binaries}:{settings['PATH']}"
    subprocess.run(["sh", "-euc", manage + command], cwd=servers.folder, env={**settings, "PATH": path}, check=True)


def back_up(servers: Stack) -> None:
    """Back the database in use up."""
    for command in commands(RUNBOOK.read_text(encoding="utf-8")).back_up:
        run(servers, command)


def restore(servers: Stack) -> frozenset[str]:
    """Drop the database in use, and restore the backup into an empty one; return which bookings were under way."""
    servers.postgres.client("dropdb", servers.database)
    servers.postgres.client("createdb", servers.database)
    under_way: frozenset[str] = frozenset()
    for command in commands(RUNBOOK.read_text(encoding="utf-8")).restore:
        run(servers, command)
        if command.startswith("pg_restore "):
            under_way = servers.under_way()
    return under_way


def confirm_drafts(servers: Stack) -> dict[str, int]:
    """Confirm each draft that has all its answers, as the person whose it is would; return what came of how many."""
    drafts = json.loads(servers.postgres.sql(DRAFTS, database=servers.database))
    outcomes = {ARRANGED: 0, UNDER_WAY: 0, NOT_ARRANGED: 0}
    with servers.web(processes=1, threads=4) as web:
        for draft in drafts:
            browser = Browser(f"http://127.0.0.1:{web.port}")
            sign_in(browser, draft["user"])
            try:
                outcomes[confirm_draft(browser, draft["crn"])] += 1
            except JourneyFailed:
                # Not all of its questions have an answer yet.
                continue
    return outcomes


def _while_people_work(servers: Stack) -> Path:
    """Have the database backed up in the middle of people's work, and return the file of what they noted."""
    known = servers.folder / "known.jsonl"
    known.touch()
    workers = [servers.worker() for _ in range(2)]
    with servers.web(processes=2, threads=8) as web:
        for worker in workers:
            worker.start()
        command = [sys.executable, "-m", "locust", "--locustfile", str(LOCUSTFILE), "--headless", "--only-summary"]
        command += ["--users", str(USERS), "--spawn-rate", "4", "--run-time", f"{SECONDS}s", "--stop-timeout", "60"]
        command += ["--host", f"http://127.0.0.1:{web.port}", "--loglevel", "ERROR"]
        files = {"BENCH_SAMPLES": str(servers.folder / "samples.jsonl"), "BENCH_KNOWN": str(known)}
        locust = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **files, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            try:
                locust.wait(SECONDS * 2 / 3)
            except subprocess.TimeoutExpired:
                back_up(servers)
            locust.wait(SECONDS + 120)
        finally:
            locust.kill()
            locust.wait()
            for worker in workers:
                worker.stop()
    return known


if __name__ == "__main__":
    sys.exit(main())
