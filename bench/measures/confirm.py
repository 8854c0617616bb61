"""How long *Confirm* takes one person at 40 ms a call, where the NSI is made and where it is there."""

import hashlib
import time
from datetime import date
from typing import Any

from bench import caseloads
from bench.journey import ARRANGED, TOOLKITS, Browser, arrange, sign_in, wanted
from bench.measures.drive import finished_requests, page_of, spread
from bench.stack import REALISTIC_SECONDS, Stack

CONFIRM = "POST …/arrange/check/"
CALLS = {"the NSI is made": 2, "the NSI is there": 1}
WARM_UP = 3
WORK = b"x" * 4_000_000


def confirm(servers: Stack, *, journeys: int) -> dict[str, Any]:
    """Have one person arrange so many appointments for which an NSI is made, each followed by one that hangs from it.

    Of each kind the times are in milliseconds: of the whole page, and its own, which is what it takes beyond 40 for
    each call. `work` is the time of a piece of work that is always the same, done before each journey: how it is spread
    is the machine's doing. So is what the calls take beyond 40 as the simulator sees them (`call`).
    """
    servers.make_database("confirm")
    servers.simulator.reset(dataset="caseloads")
    servers.latency(REALISTIC_SECONDS)
    work: list[float] = []
    with servers.web(processes=1, threads=8) as web:
        browser = Browser(f"http://127.0.0.1:{web.port}")
        sign_in(browser, caseloads.username(1))
        began = time.time()
        for number in range(WARM_UP + journeys):
            if number == WARM_UP:
                began = time.time()
            work.append(_work())
            turn, person = divmod(number, caseloads.CASELOAD)
            for time_of_day in (turn, turn + len(TOOLKITS)):
                appointment = wanted(caseloads.crn(1, person + 1), time_of_day, today=date.today())
                outcome = arrange(browser, appointment, confirmed=[]).outcome
                assert outcome == ARRANGED, outcome
        lines = [
            line for line in finished_requests(servers.log, began, time.time()) if page_of(line["request"]) == CONFIRM
        ]
    held = {
        each["correlationId"]: each["milliseconds"]
        for each in servers.simulator.requests()
        if each["operation"] in ("putNsi", "putAppointment")
    }
    found: dict[str, Any] = {"work": vars(spread(work[WARM_UP:])), "kinds": {}}
    found["call"] = vars(spread([held[line["request_id"]] for line in lines if line["upstream_calls"] == 1]))
    for kind, calls in CALLS.items():
        whole = [float(line["milliseconds"]) for line in lines if line["upstream_calls"] == calls]
        waited = calls * REALISTIC_SECONDS * 1000
        seen, own = spread(whole), spread([each - waited for each in whole])
        found["kinds"][kind] = {"calls": calls, "whole": vars(seen), "own": vars(own)}
        print(f"  {kind}: {seen.number} times, p50 {seen.p50:.0f} ms, own p50 {own.p50:.0f} ms", flush=True)
    found["other"] = sum(line["upstream_calls"] not in CALLS.values() for line in lines)
    return found


def _work() -> float:
    """Do the piece of work that is always the same; return the milliseconds it took."""
    began = time.perf_counter()
    hashlib.sha256(WORK).digest()
    return (time.perf_counter() - began) * 1000
