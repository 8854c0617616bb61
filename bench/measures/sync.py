"""Filling the mirror from a feed of a million changes: how long it takes, and how much memory."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.data.change_feed import ANNOUNCEMENT
from bench.stack import Stack
from scripts.servers import ROOT, environment

SAMPLE_SECONDS = 0.5


def sync(servers: Stack, *, changes: int) -> dict[str, Any]:
    """Have `sync_nsis` read a feed from its beginning into an empty mirror, and then once more with nothing new.

    Times are in seconds and memory in MB: the most that was in use, and what was in use after a tenth and at the end.
    """
    servers.make_database("synced")
    with _feed(changes) as address:
        settings = {**servers.settings, "HMPPS_AUTH_URL": f"{address}/auth", "DELIUS_INTEGRATION_URL": address}
        filled, memory = _run(settings)
        again, _ = _run(settings)
    rows = servers.postgres.sql(
        "SELECT (SELECT count(*) FROM delius_mirrorednsi) + (SELECT count(*) FROM delius_mirroredcontact)",
        database="synced",
    )
    if int(rows) != changes:
        sys.exit(f"Of {changes} changes {rows} came to be in the mirror.")
    found = {
        "changes": changes,
        "seconds": filled,
        "seconds_again": again,
        "peak": max(memory),
        "after_a_tenth": memory[len(memory) // 10],
        "at_the_end": memory[-1],
    }
    print(
        f"{changes:,} changes in {filled / 60:.1f} minutes, {changes / filled:,.0f} a second; "
        f"{found['after_a_tenth']:.0f} MB after a tenth, {found['at_the_end']:.0f} MB at the end, "
        f"{found['peak']:.0f} MB at most; once more with nothing new {again:.1f} s",
        flush=True,
    )
    return found


@contextmanager
def _feed(changes: int) -> Iterator[str]:
    feed = subprocess.Popen(
        [sys.executable, "-m", "bench.data.change_feed", str(changes)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert feed.stdout
        yield feed.stdout.readline().removeprefix(ANNOUNCEMENT).strip()
    finally:
        feed.terminate()
        feed.wait()


def _run(settings: dict[str, str]) -> tuple[float, list[float]]:
    """Run the command; return the seconds that it took, and what it had in memory meanwhile."""
    began = time.monotonic()
    command = subprocess.Popen(
        [sys.executable, "manage.py", "sync_nsis"],
        cwd=ROOT,
        env=environment(**settings, LOG_LEVEL="ERROR"),
        stdout=subprocess.DEVNULL,
    )
    memory: list[float] = []
    while command.poll() is None:
        memory += _resident(command.pid)
        time.sleep(SAMPLE_SECONDS)
    if command.returncode:
        sys.exit("sync_nsis failed.")
    return time.monotonic() - began, memory


def _resident(pid: int) -> list[float]:
    """Return what a process has in memory, in MB; nothing once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return []
    return [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")]
