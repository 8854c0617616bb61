"""Results as tables between marks in docs/performance.md, and as plots beside it."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from scripts.servers import ROOT

RESULTS = ROOT / "var" / "bench"
DOCUMENT = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance.svg"
COLOURS = ("#1d70b8", "#d4351c", "#00703c", "#4c2c92")

Row = Sequence[Any]
Result = Mapping[str, Any]


def write_bench() -> None:
    """Write the tables of the last run, the ratios of the last two, and the plots."""
    runs = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("bench-*.json"))[-2:]]
    last = runs[-1]
    put("machine", _machine(last))
    put("ratios", _ratios(runs))
    put("users", _by_users(last))
    put("pages", _pages(last))
    put("rest", _rest(last))
    for part in ALONE:
        write_part(part, last)
    draw(last)


def write_part(part: str, result: Result) -> None:
    """Write the table that one part of a run fills alone, if there is one."""
    if part in ALONE:
        put(part, ALONE[part](result))


def write_load(result: Result) -> None:
    """Write what the load test found."""
    put("load", _load(result))


def write_restore(result: Result) -> None:
    """Write what restoring found."""
    put("restore", table(("what", "number"), [(_words(name), f"{number:,}") for name, number in result.items()]))


def put(mark: str, text: str) -> None:
    """Put text between the marks of one kind in the document."""
    before = DOCUMENT.read_text(encoding="utf-8")
    between = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    if not between.search(before):
        raise ValueError(f"{DOCUMENT.name} has no place for {mark}")
    after = between.sub(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", before)
    DOCUMENT.write_text(after, encoding="utf-8")


def table(heads: Row, rows: Iterable[Row]) -> str:
    """Return a table in Markdown, numbers to the right."""
    rows = [[str(cell) for cell in row] for row in rows]
    right = [all(re.match(r"[\d–-]", row[at]) for row in rows) and bool(rows) for at in range(len(heads))]
    rule = "|".join("---:" if each else "---" for each in right)
    return "\n".join([f"| {' | '.join(map(str, heads))} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)])


def draw(last: Result) -> None:
    """Draw how it grows, the same picture from the same figures."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "rarbooking", "svg.fonttype": "none", "font.size": 9, "axes.grid": True})
    from matplotlib import pyplot

    figure, (speed, own, size) = pyplot.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
    users_at_once = [each["users"] for each in last["users"]["drives"]["40 ms"]]
    for colour, (latency, drives) in zip(COLOURS, last["users"]["drives"].items(), strict=False):
        users = [each["users"] for each in drives]
        label = f"upstream latency {latency}" if latency != "none" else "no upstream latency"
        speed.plot(users, [each["journeys"] / each["seconds"] for each in drives], "o-", color=colour, label=label)
        own.plot(users, [each["own"]["p50"] for each in drives], "o-", color=colour, label=f"p50, {label}")
        own.plot(users, [each["own"]["p95"] for each in drives], "s--", color=colour, label=f"p95, {label}")
    bookings = [each["bookings"] for each in last["bookings"]]
    for colour, share in zip(COLOURS, ("p50", "p95", "p99"), strict=False):
        size.plot(bookings, [each["own"][share] for each in last["bookings"]], "o-", color=colour, label=share)
    _label(speed, "Journeys a second, by users", "users at once", ticks=users_at_once)
    _label(own, "Own time of a page (ms), by users", "users at once", ticks=users_at_once)
    _label(size, "Own time of a page (ms), by bookings", "bookings in the database", ticks=bookings)
    own.set_yscale("log")
    figure.savefig(PLOT, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    # Without spaces at the ends of lines, as everything else here is kept.
    PLOT.write_text(re.sub(r"[ \t]+\n", "\n", PLOT.read_text(encoding="utf-8")), encoding="utf-8")


def _label(axes: Any, title: str, what: str, *, ticks: Sequence[float]) -> None:
    axes.set_title(title, fontsize=9)
    axes.set_xlabel(what)
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{each:,}" for each in ticks])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=7)


def _machine(last: Result) -> str:
    return (
        f"The last run took {last['seconds'] // 60} minutes and {last['seconds'] % 60} seconds on a machine with "
        f"{last['cores']} cores, which PostgreSQL, Redis, gunicorn, the simulator and Locust shared."
    )


def ratios(run: Result, key: str, *, calls: int | None = None) -> list[float]:
    """Return, for each confirmation by one user at 40 ms, its time as a ratio to that of its upstream calls."""
    [alone] = [each for each in run["users"]["drives"]["40 ms"] if each["users"] == 1]
    return [
        each["milliseconds"] / each[key]
        for each in alone["confirms"]
        if each[key] and (calls is None or each["calls"] == calls)
    ]


def _ratios(runs: Sequence[Result]) -> str:
    rows: list[Row] = []
    for name, value in (
        ("Confirm / its upstream calls, as we see them", lambda run: _middle(ratios(run, "upstream"))),
        ("… of those with 2 calls: the NSI is made", lambda run: _middle(ratios(run, "upstream", calls=2))),
        ("… of those with 1 call: the NSI is there", lambda run: _middle(ratios(run, "upstream", calls=1))),
        ("Confirm / its upstream calls, as upstream sees them", lambda run: _middle(ratios(run, "held"))),
        ("Confirm, own time, ms", lambda run: f"{_own_of_confirm(run):.0f}"),
        ("Own time of a page, one user, p50, ms", lambda run: f"{_drive(run, 1)['own']['p50']:.1f}"),
        ("Processor time of the web processes a journey, s", lambda run: f"{_web_cpu(_drive(run, 16)):.3f}"),
        ("Journeys a second a core of the web processes", lambda run: f"{1 / _web_cpu(_drive(run, 16)):.1f}"),
        ("Own time with 1,000,000 bookings / with 1,000", _growth),
    ):
        rows.append((name, *(value(run) for run in runs)))
    heads = ("figure", *(f"run {number}" for number in range(1, len(runs) + 1)))
    return table(heads, rows)


def _by_users(last: Result) -> str:
    rows = [
        (
            latency,
            each["users"],
            f"{each['journeys'] / each['seconds']:.2f}",
            f"{each['requests'] / each['seconds']:.0f}",
            f"{each['own']['p50']:.0f}",
            f"{each['own']['p95']:.0f}",
            f"{each['own']['p99']:.0f}",
            f"{_web_cpu(each):.3f}",
            f"{1 / _web_cpu(each):.1f}",
            f"{each['journeys'] / sum(each['cpu'][name] for name in ('web', 'database', 'redis')):.1f}",
            _shares(each),
            each["failures"],
        )
        for latency, drives in last["users"]["drives"].items()
        for each in drives
    ]
    heads = ["upstream latency", "users", "journeys/s", "pages/s", "own time p50, ms", "p95", "p99"]
    heads += ["web s/journey", "journeys/s/core of web", "… of web, database and Redis", "processor shared", "failures"]
    return table(heads, rows)


def _pages(last: Result) -> str:
    rows = []
    for page in _drive(last, 1)["pages"]:
        busy = next((each for each in _drive(last, 16)["pages"] if each["name"] == page["name"]), None)
        own = [f"{page['own'][share]:.0f}" for share in ("p50", "p95", "p99")]
        own += [f"{busy['own'][share]:.0f}" for share in ("p50", "p95", "p99")] if busy else ["–"] * 3
        rows.append((f"`{page['name']}`", f"{page['upstream_calls']:.1f}", f"{page['total']['p50']:.0f}", *own))
    heads = ("page", "upstream calls", "whole p50, ms", "own p50", "p95", "p99", "16 users: own p50", "p95", "p99")
    return table(heads, rows)


def _choices(last: Result) -> str:
    rows = [
        (
            each["processes"],
            each["threads"],
            f"{each['journeys'] / each['seconds']:.2f}",
            f"{each['journey']['p50'] / 1000:.1f}" if each["journey"] else "–",
            f"{each['journey']['p95'] / 1000:.1f}" if each["journey"] else "–",
            f"{_web_cpu(each):.3f}",
            f"{each['memory']:.0f}",
        )
        for each in last["choices"]
    ]
    heads = ("processes", "threads each", "journeys/s", "journey p50, s", "p95, s", "web s/journey", "memory, MB")
    return table(heads, rows)


def _by_bookings(last: Result) -> str:
    rows = [
        (
            f"{each['bookings']:,}",
            f"{each['bookings'] // 4:,}",
            f"{each['bookings'] // 50:,}",
            f"{each['bytes'] / 1e6:,.0f}",
            f"{each['journeys'] / each['seconds']:.2f}",
            *(f"{each['own'][share]:.0f}" for share in ("p50", "p95", "p99")),
            f"{each['cpu']['database'] / each['journeys'] * 1000:.0f}",
            f"{each['scrapes'][0]:.0f}",
            f"{median(each['scrapes'][1:]):.0f}",
        )
        for each in last["bookings"]
    ]
    heads = ["bookings", "people", "staff", "database, MB", "journeys/s", "own time p50, ms", "p95", "p99"]
    heads += ["database ms/journey", "first scrape of /metrics, ms", "next"]
    return table(heads, rows)


def _rest(last: Result) -> str:
    users, guidance, worker = last["users"], last["users"]["guidance"], last["worker"]
    rows: list[Row] = [
        (f"Memory of web process {at}", f"{each['all']:.0f} MB, of which {each['share']:.0f} MB are its own")
        for at, each in enumerate(users["memory"], start=1)
    ]
    if guidance:
        a_second, web = guidance["requests"] / guidance["seconds"], guidance["cpu"]["web"]
        rows += [
            ("Guidance pages a second, 16 readers", f"{a_second:.0f}"),
            ("Guidance pages a second a core of the web processes", f"{guidance['requests'] / web:.0f}"),
            ("Own time of a guidance page", _spread(guidance["own"])),
        ]
    if worker["tasks"]:
        rows.append(("Tasks a second of one worker", f"{worker['tasks'] / worker['seconds']:.0f}"))
    keys = users["redis"]["keys"] or 1
    rows += [
        ("Redis, for each thing that is kept", f"{users['redis']['bytes'] / keys / 1000:.1f} kB ({keys:,} things)"),
    ]
    return table(("figure", "measured"), rows)


def _plans(last: Result) -> str:
    """Return every query on a large table once, with the occasions on which it is asked."""
    by_query: dict[tuple[str, str], list[Any]] = {}
    for plan in last["plans"]:
        scans = [each for each in plan["scans"] if each["big"]]
        if scans:
            how = "; ".join(dict.fromkeys(_scan(each) for each in scans))
            by_query.setdefault((plan["query"], how), []).append(plan)
    rows = []
    for (query, how), asked in by_query.items():
        occasions = list(dict.fromkeys(each["occasion"] for each in asked))
        shown = ", ".join(occasions[:2]) + (f" and {len(occasions) - 2} more" if len(occasions) > 2 else "")
        slowest = max(each["milliseconds"] for each in asked)
        code = query.replace("|", "\\|")
        rows.append((shown, f"`{code[:160]}{'…' if len(code) > 160 else ''}`", how, f"{slowest:.1f}"))
    rows.sort(key=lambda row: ("whole table" not in row[2], row[0]))
    return table(("asked by", "query", "how large tables are read", "ms"), rows)


def _scan(scan: Result) -> str:
    if scan["whole"]:
        return f"**whole table** `{scan['table']}`"
    return f"`{scan['index']}`" if scan["index"] else f"`{scan['table']}`, up to a limit"


def _load(result: Result) -> str:
    found = result["reconciled"]
    faults = sum(result["faults"].values())
    pages = result["pages"]
    rows: list[Row] = [
        ("Lasted", f"{result['minutes']:g} minutes, {result['users']} users at once without a pause"),
        ("Killed with -9", "; ".join(result["killed"])),
        ("Upstream calls", f"{result['upstream_calls']:,}"),
        ("… that failed", f"{faults:,} ({faults / result['upstream_calls']:.1%})"),
        ("Pages asked for", f"{pages['asked']:,}"),
        ("… answered with an error, or not at all", f"{pages['errors']:,} ({pages['errors'] / pages['asked']:.1%})"),
        ("Time of the others, as people saw it", _spread(pages)),
        *((_words(name).capitalize(), f"{number:,}") for name, number in found.items()),
    ]
    ways = ", ".join(f"{name} {number:,}" for name, number in result["faults"].items())
    return f"{table(('what', 'found'), rows)}\n\nFaults by kind: {ways}."


def _confirm(result: Result) -> str:
    found = result["confirm"]
    rows: list[Row] = [
        (
            kind,
            each["calls"],
            each["whole"]["number"],
            *(f"{each['whole'][share]:.0f}" for share in ("p50", "p95")),
            *(f"{each['own'][share]:.0f}" for share in ("p50", "p95")),
        )
        for kind, each in found["kinds"].items()
    ]
    heads = ("Confirm", "upstream calls", "times", "p50, ms", "p95", "own p50, ms", "p95")
    work, call = found["work"], found["call"]
    noise = (
        f"The machine's noise meanwhile: the same work took p50 {work['p50']:.1f} ms and p95 {work['p95']:.1f} ms "
        f"({work['p95'] / work['p50']:.2f} times as long); a call of 40 ms took the simulator p50 {call['p50']:.1f} ms "
        f"and p95 {call['p95']:.1f} ms."
    )
    return f"{table(heads, rows)}\n\n{noise}"


def _sync(result: Result) -> str:
    found = result["sync"]
    rows: list[Row] = [
        ("Changes read and stored", f"{found['changes']:,}"),
        ("Time", f"{found['seconds'] / 60:.1f} minutes: {found['changes'] / found['seconds']:,.0f} changes a second"),
        ("Memory after a tenth", f"{found['after_a_tenth']:.0f} MB"),
        ("Memory at the end", f"{found['at_the_end']:.0f} MB"),
        ("Memory at most", f"{found['peak']:.0f} MB"),
        ("Once more, with nothing new", f"{found['seconds_again']:.1f} seconds"),
    ]
    return table(("figure", "measured"), rows)


def _growth(run: Result) -> str:
    sizes = {each["bookings"]: each["own"]["p50"] for each in run["bookings"]}
    if not sizes:
        return "–"
    largest, smallest = max(sizes), min(sizes)
    note = "" if largest == 1_000_000 else f" (with {largest:,})"
    return f"{sizes[largest] / sizes[smallest]:.2f}{note}"


def _own_of_confirm(run: Result) -> float:
    confirms = _drive(run, 1)["confirms"]
    return median([each["milliseconds"] - each["upstream"] for each in confirms] or [0.0])


def _drive(run: Result, users: int) -> Result:
    drives: list[Result] = run["users"]["drives"]["40 ms"]
    return next(each for each in drives if each["users"] == users)


def _web_cpu(drive: Result) -> float:
    return float(drive["cpu"]["web"] / drive["journeys"]) if drive["journeys"] else float("nan")


def _shares(drive: Result) -> str:
    total = sum(drive["cpu"].values()) or 1
    return ", ".join(f"{name} {used / total:.0%}" for name, used in drive["cpu"].items() if used / total >= 0.005)


def _spread(spread: Result) -> str:
    return f"p50 {spread['p50']:.0f} ms, p95 {spread['p95']:.0f} ms, p99 {spread['p99']:.0f} ms"


def _middle(values: Sequence[float]) -> str:
    return f"{median(values):.2f}" if values else "–"


def _words(name: str) -> str:
    return name.replace("_", " ").replace("nsis", "NSIs").replace("delius", "Delius")


# By part, the table that it fills alone.
ALONE: dict[str, Callable[[Result], str]] = {
    "confirm": _confirm,
    "sync": _sync,
    "choices": _choices,
    "bookings": _by_bookings,
    "plans": _plans,
}
