"""A load test with faults: at peak, with 5 % of upstream calls failing in the ways of tests/faults, processes killed.

    make load                     ten minutes
    LOAD_MINUTES=1 make load      a short one

At the end the faults stop, everything under way is settled as the runbook says, and what people were told is held
against what the product and Delius have. Exits with 1 unless nothing was lost and nothing doubled. What it finds is
written to var/bench/load.json, and into docs/performance.md.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import caseloads
from bench.measures.drive import Sample, spread, tree
from bench.measures.reconcile import Reconciled, read, reconcile
from bench.report import RESULTS, write_load
from bench.stack import REALISTIC_SECONDS, Stack, stack
from scripts.servers import ROOT, Gunicorn, Worker

MINUTES = float(os.environ.get("LOAD_MINUTES", "10"))
USERS = int(os.environ.get("LOAD_USERS", str(caseloads.PRACTITIONERS)))
SEED = int(os.environ.get("LOAD_SEED", "1"))
SHARE_OF_FAULTS = 0.05
PROCESSES, THREADS, WORKERS = 2, 8, 2
# We wait two seconds for an answer, so that one that takes three comes too late.
READ_TIMEOUT_SECONDS, TOO_LONG_SECONDS = 2, 3
SETTLING_MINUTES = 6
AT_ONCE = """
    UPDATE booking_booking SET next_try_at = now() WHERE next_try_at > now();
    UPDATE booking_booking SET withdraw_nsi_at = now() WHERE withdraw_nsi_at > now()
"""
LOCUSTFILE = ROOT / "bench" / "users" / "retrying.py"

# The ways of tests/faults/test_every_fault.py, for whichever call they fall on.
ANY_CALL: tuple[tuple[str, dict[str, Any]], ...] = (
    ("drop_before", {}),
    ("timeout_before", {"seconds": TOO_LONG_SECONDS}),
    ("status", {"status": 500}),
    ("status", {"status": 503}),
    ("status", {"status": 429}),
    ("status", {"status": 401}),
    ("status", {"status": 403}),
    ("expire_token", {}),
    ("malformed", {}),
    ("drop_after", {}),
    ("timeout_after", {"seconds": TOO_LONG_SECONDS}),
    ("status_after", {"status": 500}),
    ("status_after", {"status": 503}),
)
MISSING_FIELDS = {
    "token": "access_token",
    "getCase": "crn",
    "getNsis": "nsis",
    "putNsi": "nsi.nsiId",
    "putAppointment": "contactId",
}
WAYS = len(ANY_CALL) + 2
LATE, ALWAYS = f"latency {TOO_LONG_SECONDS:g}", {f"latency {REALISTIC_SECONDS:g}"}


def main() -> int:
    """Run it, and return the exit status."""
    began = time.monotonic()
    with stack(DELIUS_READ_TIMEOUT=str(READ_TIMEOUT_SECONDS)) as servers:
        servers.make_database("load")
        web = servers.gunicorn(processes=PROCESSES, threads=THREADS)
        workers = [servers.worker() for _ in range(WORKERS)]
        try:
            servers.wait_until_ready(web.start())
            for worker in workers:
                worker.start()
            ask_for_faults(servers)
            samples, known, killed = under_load(servers, web, workers)
            happened, calls = servers.simulator.faults_happened(), _calls(servers)
            servers.latency(REALISTIC_SECONDS)
            settle(servers)
        finally:
            web.close()
            for worker in workers:
                worker.stop()
        found = reconcile(servers, read(known))
    result = {
        "minutes": MINUTES,
        "users": USERS,
        "seed": SEED,
        "killed": killed,
        "upstream_calls": calls,
        "faults": {
            "written late" if name == LATE else name: happened[name] for name in sorted(happened.keys() - ALWAYS)
        },
        "pages": pages(samples),
        "reconciled": asdict(found),
        "is_sound": found.is_sound,
        "seconds": round(time.monotonic() - began),
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "load.json").write_text(json.dumps(result, indent=1))
    write_load(result)
    tell(result, found)
    return 0 if found.is_sound else 1


def ask_for_faults(servers: Stack, *, share: float = SHARE_OF_FAULTS) -> None:
    """Have every call take as long as it does in earnest, and a share of them fail, in each way equally often."""
    simulator = servers.simulator
    simulator.clear_faults()
    simulator.seed_faults(SEED)
    chance = share / WAYS
    # Only the first delay that falls on a call counts, so the one that falls on every call comes last.
    simulator.fault("*", "latency", seconds=TOO_LONG_SECONDS, times=None, chance=chance)
    for kind, details in ANY_CALL:
        simulator.fault("*", kind, times=None, chance=chance, **details)
    for operation, field in MISSING_FIELDS.items():
        simulator.fault(operation, "missing_field", field=field, times=None, chance=chance)
    simulator.fault("*", "latency", seconds=REALISTIC_SECONDS, times=None)


def under_load(servers: Stack, web: Gunicorn, workers: list[Worker]) -> tuple[list[Sample], Path, list[str]]:
    """Let people work for as long as it is to take, killing what is to be killed meanwhile."""
    samples, known = servers.folder / "samples.jsonl", servers.folder / "known.jsonl"
    for file in (samples, known):
        file.touch()
    seconds = MINUTES * 60
    command = [sys.executable, "-m", "locust", "--locustfile", str(LOCUSTFILE), "--headless", "--only-summary"]
    command += ["--users", str(USERS), "--spawn-rate", "8", "--run-time", f"{round(seconds)}s", "--stop-timeout", "60"]
    command += ["--host", f"http://127.0.0.1:{web.port}", "--loglevel", "ERROR"]
    environment = {"BENCH_SAMPLES": str(samples), "BENCH_KNOWN": str(known), "PYTHONPATH": str(ROOT)}
    locust = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    killed: list[str] = []
    deaths: list[tuple[float, str, Callable[[], None]]] = [
        (0.2, "a web process", lambda: _kill_web_process(web)),
        (0.35, "a worker", lambda: _kill_worker(workers[0])),
        (0.5, "gunicorn's master, with its processes left alone", lambda: _kill_master(web)),
        (0.65, "a web process", lambda: _kill_web_process(web)),
        (0.8, "a worker", lambda: _kill_worker(workers[1])),
    ]
    try:
        began = time.monotonic()
        for share, what, kill in deaths:
            _wait_until(began + share * seconds, locust)
            kill()
            killed.append(f"{what}, after {time.monotonic() - began:.0f} s")
            print(f"kill -9: {killed[-1]}", flush=True)
        locust.wait(seconds + 180)
    finally:
        locust.kill()
        locust.wait()
    return [Sample(*json.loads(line)) for line in samples.read_text().splitlines()], known, killed


def settle(servers: Stack) -> None:
    """Have what is under way taken up, as the runbook says, until nothing is or it has taken too long."""
    deadline = time.monotonic() + SETTLING_MINUTES * 60
    while (servers.under_way() or servers.to_withdraw()) and time.monotonic() < deadline:
        servers.postgres.sql(AT_ONCE, database=servers.database)
        servers.manage("resume_bookings")
        time.sleep(5)


def pages(samples: list[Sample]) -> dict[str, Any]:
    """Return how pages did: how many, how many were errors, and how long those took that were not."""
    asked = [each for each in samples if each.name not in ("started", "HMPPS Auth")]
    times = spread([each.milliseconds for each in asked if each.good])
    return {"asked": len(asked), "errors": sum(not each.good for each in asked), **asdict(times)}


def tell(result: dict[str, Any], found: Reconciled) -> None:
    """Print what was found."""
    print(f"\n{result['upstream_calls']:,} upstream calls; faults by kind:")
    for name, number in Counter(result["faults"]).most_common():
        print(f"  {name:<26}{number:>8,}")
    print(f"\n{found.table()}\n")
    print("Sound: nothing lost, nothing doubled." if found.is_sound else "NOT SOUND: see above.")


def _calls(servers: Stack) -> int:
    """Return how many calls the simulator was asked for so far."""
    return int(servers.simulator.requests()[-1]["sequence"])


def _wait_until(moment: float, locust: subprocess.Popen[bytes]) -> None:
    while (left := moment - time.monotonic()) > 0:
        if locust.poll() is not None:
            sys.exit("Locust ended early.")
        time.sleep(min(left, 1))


def _kill_web_process(web: Gunicorn) -> None:
    os.kill(tree(web.process.pid)[1], signal.SIGKILL)


def _kill_master(web: Gunicorn) -> None:
    """Kill gunicorn's first process, and start it anew as a platform would: those that it leaves end by themselves."""
    web.process.kill()
    web.process.wait()
    web.start()


def _kill_worker(worker: Worker) -> None:
    worker.process.kill()
    worker.process.wait()
    worker.start()


if __name__ == "__main__":
    sys.exit(main())
