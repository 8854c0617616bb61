"""How fast the product is, and how it grows: `make bench`.

    make bench                                  fifteen minutes
    BENCH_MINUTES=3 make bench                  a short one, up to 100,000 bookings and changes
    python -m bench.run --only confirm          one part: users, choices, worker, confirm, sync, bookings or plans

Everything runs on this machine and shares its processors: PostgreSQL, Redis, gunicorn, the simulator and Locust. What a
processor does for a journey is read from the kernel for each of them, which does not depend on what else runs. Results
are written to var/bench, one file a run, and into docs/performance.md: the last two whole runs with a plot, and of one
part the table that it fills alone.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import redis

from bench.data.fill import fill
from bench.measures.confirm import confirm
from bench.measures.drive import Drive, drive, memory
from bench.measures.sync import sync
from bench.report import RESULTS, write_bench, write_part
from bench.stack import REALISTIC_SECONDS, Stack, stack
from scripts.servers import ROOT, Gunicorn, environment, run_python

MINUTES = float(os.environ.get("BENCH_MINUTES", "15"))
IS_SHORT = MINUTES < 10
USERS = (1, 16) if IS_SHORT else (1, 4, 16, 64)
USERS_WITHOUT_LATENCY = (1, 16)
USERS_WHILE_CHOOSING = 16
USERS_WHILE_FILLING = 4
LATENCIES = {"40 ms": REALISTIC_SECONDS, "none": 0.0}
PROCESSES, THREADS = 2, 8
CHOICES = [(processes, threads) for processes in (1, 2) for threads in ((8,) if IS_SHORT else (2, 8))]
GROWN = "grown"
# Of confirmations for which an NSI is made.
JOURNEYS = 20 if IS_SHORT else 40
SIZES = (1_000, 100_000) if IS_SHORT else (1_000, 100_000, 1_000_000)
# Long enough for everybody to be signed in and to have read their cases, which takes the more the more they are.
WARM_UP_SECONDS, WARM_UP_SECONDS_A_USER = 5, 0.4
SECONDS, SECONDS_WHILE_CHOOSING = (8, 8) if IS_SHORT else (15, 12)
AT_ONCE = "UPDATE django_tasks_database_dbtaskresult SET run_after = now() WHERE status = 'READY' RETURNING 1"


class Bench:
    """One run. Each drive begins with journeys that no earlier one has made."""

    def __init__(self, servers: Stack) -> None:
        self.servers = servers
        self.deadline = time.monotonic() + MINUTES * 60
        self._next_journey = 0

    def drive(self, web: Gunicorn, *, users: int, seconds: float = SECONDS, kind: str = "Practitioner") -> Drive | None:
        """Return what a drive shows; None where there is no time left for it."""
        warm_up = WARM_UP_SECONDS + WARM_UP_SECONDS_A_USER * users
        if time.monotonic() + warm_up + seconds > self.deadline:
            print("  not measured: time is up", flush=True)
            return None
        found = drive(
            self.servers,
            web,
            users=users,
            warm_up=warm_up,
            seconds=seconds,
            kind=kind,
            first=self._next_journey,
        )
        self._next_journey += max(int(3 * found.journeys / users), 20) + 20
        print(
            f"  {users:>2} users: {found.journeys / found.seconds:.2f} journeys a second, "
            f"{found.requests / found.seconds:.1f} pages a second, own time p50 {found.own.p50:.0f} ms, "
            f"p95 {found.own.p95:.0f} ms, {found.failures} failures {found.problems or ''}",
            flush=True,
        )
        return found


def main() -> int:
    """Run it; return the exit status."""
    only = _arguments()
    began = time.monotonic()
    with stack() as servers:
        servers.make_database("bench")
        bench = Bench(servers)
        result: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "cores": os.cpu_count(),
            "minutes": MINUTES,
        }
        for name, part in PARTS.items():
            if only in (None, name):
                print(f"{name}:", flush=True)
                result[name] = part(bench)
    result["seconds"] = round(time.monotonic() - began)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{only or 'bench'}-{datetime.now(UTC):%Y%m%dT%H%M%S}.json").write_text(json.dumps(result, indent=1))
    if only:
        write_part(only, result)
    else:
        write_bench()
    print(f"Done in {result['seconds']} seconds: see docs/performance.md")
    drives = [each for by_latency in result.get("users", {}).get("drives", {}).values() for each in by_latency]
    drives += [*result.get("choices", ()), *result.get("bookings", ())]
    return 1 if any(each["failures"] for each in drives) else 0


def _arguments() -> str | None:
    parser = argparse.ArgumentParser(description="Measure the product.")
    parser.add_argument("--only", choices=PARTS, help="measure one part")
    chosen: str | None = parser.parse_args().only
    return chosen


def by_users(bench: Bench) -> dict[str, Any]:
    """Measure how it grows with its users, with upstream services as slow as in earnest and with none of their time."""
    found: dict[str, Any] = {"drives": {}}
    cache = redis.from_url(bench.servers.redis.url)
    before = cache.info("memory")["used_memory"]
    for name, seconds in LATENCIES.items():
        print(f"Latency {name}, {PROCESSES} processes of {THREADS} threads:", flush=True)
        bench.servers.latency(seconds)
        with bench.servers.web(processes=PROCESSES, threads=THREADS) as web:
            drives = [bench.drive(web, users=users) for users in (USERS if seconds else USERS_WITHOUT_LATENCY)]
            found["drives"][name] = [asdict(each) for each in drives if each]
            if "guidance" not in found:
                found["memory"] = memory(web)
                readers = bench.drive(web, users=USERS_WHILE_CHOOSING, kind="Reader")
                found["guidance"] = asdict(readers) if readers else None
    found["redis"] = {"bytes": cache.info("memory")["used_memory"] - before, "keys": cache.dbsize()}
    return found


def choices(bench: Bench) -> list[dict[str, Any]]:
    """Measure processes and threads, with upstream services as slow as in earnest."""
    bench.servers.latency(REALISTIC_SECONDS)
    found = []
    for processes, threads in CHOICES:
        print(f"{processes} processes of {threads} threads:", flush=True)
        with bench.servers.web(processes=processes, threads=threads) as web:
            if seen := bench.drive(web, users=USERS_WHILE_CHOOSING, seconds=SECONDS_WHILE_CHOOSING):
                share = sum(each["share"] for each in memory(web))
                found.append({"processes": processes, "threads": threads, "memory": share, **asdict(seen)})
    return found


def worker(bench: Bench) -> dict[str, float]:
    """Measure how long a worker takes for tasks that find nothing left to do, as most do that a booking leaves."""
    servers = bench.servers
    tasks = len(servers.postgres.sql(AT_ONCE, database=servers.database).splitlines())
    began = time.monotonic()
    servers.manage("db_worker", "--batch", "--no-startup-delay", "--verbosity=0")
    seconds = time.monotonic() - began
    print(f"One worker: {tasks} tasks in {seconds:.1f} seconds", flush=True)
    return {"tasks": tasks, "seconds": seconds}


def by_bookings(bench: Bench) -> list[dict[str, Any]]:
    """Measure how it grows with what is in the database."""
    servers = bench.servers
    servers.latency(REALISTIC_SECONDS)
    servers.make_database(GROWN)
    found, already = [], 0
    for size in SIZES:
        began = time.monotonic()
        fill(servers, bookings=size, already=already)
        already = size
        print(f"{size:,} bookings, made in {time.monotonic() - began:.0f} seconds:", flush=True)
        with servers.web(processes=PROCESSES, threads=THREADS) as web:
            seen = bench.drive(web, users=USERS_WHILE_FILLING)
            scraped = _scrape(web)
        if seen:
            rows = int(servers.postgres.sql("SELECT pg_database_size(current_database())", database=GROWN))
            found.append({"bookings": size, "bytes": rows, "scrapes": scraped, **asdict(seen)})
    return found


def plans(bench: Bench) -> list[dict[str, Any]]:
    """Have the plans of all queries explained, on the largest database; on its own, on one of 100,000 bookings."""
    servers = bench.servers
    if servers.database != GROWN:
        servers.make_database(GROWN)
        fill(servers, bookings=SIZES[1])
    file = servers.folder / "plans.json"
    servers.latency(0)
    run_python("bench.measures.plans", str(file), env=environment(**{**servers.settings, "LOG_LEVEL": "ERROR"}))
    found: list[dict[str, Any]] = json.loads(file.read_text())
    print(f"{len(found)} queries explained", flush=True)
    return found


def _scrape(web: Gunicorn) -> list[float]:
    """Return how long reading /metrics takes, in milliseconds: the first time, when all is counted, and then again."""
    took = []
    for _ in range(4):
        began = time.perf_counter()
        web.site.metrics()
        took.append((time.perf_counter() - began) * 1000)
    return took


PARTS: dict[str, Callable[[Bench], Any]] = {
    "users": by_users,
    "choices": choices,
    "worker": worker,
    "confirm": lambda bench: confirm(bench.servers, journeys=JOURNEYS),
    "sync": lambda bench: sync(bench.servers, changes=SIZES[-1]),
    "bookings": by_bookings,
    "plans": plans,
}


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
