"""Driving the product with Locust for a while, and what was seen of it: by its users, in its log, and by the kernel."""

import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from bench.stack import Stack
from scripts.servers import ROOT, Gunicorn

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60
LOCUSTFILE = ROOT / "bench" / "users" / "locustfile.py"
CASE = re.compile(r"/cases/[^/]+/")
BOOKING = re.compile(r"/appointments/[^/]+/")


@dataclass(frozen=True)
class Spread:
    """Some durations, in milliseconds."""

    number: int
    mean: float
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class Page:
    """Requests for one page. Times are in milliseconds; `own` is what was not spent waiting for upstream services."""

    name: str
    own: Spread
    total: Spread
    upstream_calls: float


@dataclass(frozen=True)
class Drive:
    """What one drive showed. `cpu` is seconds of processor time by who used it, `seconds` how long it was measured.

    Of each confirmation it has the milliseconds it took, waited for upstream services as we see it (`upstream`) and as
    they see it (`held`), and the calls.
    """

    users: int
    seconds: float
    requests: int
    failures: int
    journeys: float
    journey: Spread | None
    own: Spread
    pages: tuple[Page, ...]
    cpu: dict[str, float]
    confirms: tuple[dict[str, float], ...]
    problems: tuple[str, ...]

    @property
    def a_second(self) -> float:
        """Journeys a second."""
        return self.journeys / self.seconds


@dataclass(frozen=True)
class Sample:
    """One request as a user saw it."""

    at: float
    name: str
    milliseconds: float
    good: bool


def drive(
    stack: Stack,
    web: Gunicorn,
    *,
    users: int,
    warm_up: float,
    seconds: float,
    kind: str = "Practitioner",
    first: int = 0,
) -> Drive:
    """Let some users work for a while, and return what was seen of them after a warm-up. Times are in seconds."""
    samples = stack.folder / f"samples-{time.monotonic_ns()}.jsonl"
    samples.touch()
    command = [sys.executable, "-m", "locust", "--locustfile", str(LOCUSTFILE), kind, "--headless", "--only-summary"]
    command += ["--users", str(users), "--spawn-rate", str(users), "--run-time", f"{round(warm_up + seconds) + 2}s"]
    command += ["--host", f"http://127.0.0.1:{web.port}", "--stop-timeout", "0", "--loglevel", "ERROR"]
    environment = {"BENCH_SAMPLES": str(samples), "BENCH_FIRST_JOURNEY": str(first), "PYTHONPATH": str(ROOT)}
    locust = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for_start(samples, locust)
        time.sleep(warm_up)
        began, before = time.time(), _processor_time(stack, web, locust.pid)
        time.sleep(seconds)
        ended, after = time.time(), _processor_time(stack, web, locust.pid)
        locust.wait(START_SECONDS)
    finally:
        locust.kill()
        locust.wait()
    held: dict[str, float] = defaultdict(float)
    for entry in stack.simulator.requests():
        held[entry["correlationId"]] += entry["milliseconds"] or 0
    seen = [Sample(*json.loads(line)) for line in samples.read_text().splitlines()]
    within = [each for each in seen if began <= each.at <= ended]
    return _summary(
        users=users,
        seconds=ended - began,
        within=within,
        seen=seen,
        lines=list(finished_requests(stack.log, began, ended)),
        cpu={name: after[name] - before[name] for name in before},
        held=held,
    )


def spread(milliseconds: Sequence[float]) -> Spread:
    """Return how some durations are spread; of nothing, zeros."""
    if len(milliseconds) < 2:
        only = milliseconds[0] if milliseconds else 0.0
        return Spread(len(milliseconds), only, only, only, only)
    cut = quantiles(milliseconds, n=100, method="inclusive")
    return Spread(len(milliseconds), mean(milliseconds), cut[49], cut[94], cut[98])


def memory(web: Gunicorn) -> list[dict[str, float]]:
    """Return what each process of gunicorn has in memory, in MB: all of it, and its share of what several have."""
    found = []
    for pid in _children(web.process.pid):
        smaps = Path(f"/proc/{pid}/smaps_rollup").read_text()
        found.append(
            {
                name: int(re.search(rf"^{label}:\s+(\d+) kB", smaps, re.MULTILINE)[1]) / 1024  # type: ignore[index]
                for name, label in (("all", "Rss"), ("share", "Pss"))
            }
        )
    return found


def tree(pid: int) -> list[int]:
    """Return a process and all that come from it."""
    return [pid, *(each for child in _children(pid) for each in tree(child))]


def _summary(
    *,
    users: int,
    seconds: float,
    within: Sequence[Sample],
    seen: Sequence[Sample],
    lines: Sequence[dict[str, Any]],
    cpu: dict[str, float],
    held: Mapping[str, float],
) -> Drive:
    journeys = [each for each in within if each.name == "journey"]
    requests = [each for each in within if not _is_note(each.name)]
    # Journeys that begin or end outside count by their share of pages.
    pages = median([each.milliseconds for each in seen if each.name == "pages"] or [0.0])
    by_page: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        by_page[page_of(line["request"])].append(line)
    problems = sorted({each.name for each in within if each.name.startswith("failed")})
    return Drive(
        users=users,
        seconds=seconds,
        requests=len(requests),
        failures=sum(not each.good for each in within),
        journeys=len(requests) / pages if pages else 0.0,
        journey=spread([each.milliseconds for each in journeys]) if journeys else None,
        own=spread([_own(line) for line in lines]),
        pages=tuple(_page(name, found) for name, found in sorted(by_page.items())),
        cpu=cpu,
        confirms=tuple(
            {
                "milliseconds": line["milliseconds"],
                "upstream": line["upstream_milliseconds"],
                "held": held.get(line["request_id"], 0.0),
                "calls": line["upstream_calls"],
            }
            for line in by_page.get("POST …/arrange/check/", ())
        ),
        problems=tuple(problems),
    )


def page_of(request: str) -> str:
    """Return the page that a log line's request is for, without whom it is about."""
    return BOOKING.sub("/appointments/…/", CASE.sub("…/", request.partition("?")[0]))


def _page(name: str, lines: Sequence[dict[str, Any]]) -> Page:
    return Page(
        name=name,
        own=spread([_own(line) for line in lines]),
        total=spread([line["milliseconds"] for line in lines]),
        upstream_calls=mean(line["upstream_calls"] for line in lines),
    )


def _own(line: dict[str, Any]) -> float:
    return float(line["milliseconds"] - line["upstream_milliseconds"])


def _is_note(name: str) -> bool:
    return name in ("journey", "pages", "started", "sign in", "HMPPS Auth", "signed in") or name.startswith("failed")


def finished_requests(log: Path, began: float, ended: float) -> Iterator[dict[str, Any]]:
    """Give the log's lines of requests that ended between two moments."""
    with log.open() as lines:
        for text in lines:
            if '"request_finished"' not in text:
                continue
            line = json.loads(text)
            if began <= datetime.fromisoformat(line["timestamp"]).timestamp() <= ended and "milliseconds" in line:
                yield line


def _wait_for_start(samples: Path, locust: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not samples.stat().st_size:
        if locust.poll() is not None or time.monotonic() > deadline:
            sys.exit("Locust did not start.")
        time.sleep(0.05)


def _processor_time(stack: Stack, web: Gunicorn, locust: int) -> dict[str, float]:
    roots = {
        "web": web.process.pid,
        "database": stack.postgres.pid,
        "redis": stack.redis.pid,
        "simulator": stack.simulator_process.pid,
        "load tool": locust,
    }
    return {name: sum(_used(pid) for pid in tree(pid)) for name, pid in roots.items()}


def _used(pid: int) -> float:
    """Return the seconds of processor time that a process has used, and those of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(each) for each in fields[11:15]) / TICKS_A_SECOND


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
