"""Processor time of each page, where it goes, and how two trees compare: `make profile`.

    python -m bench.profile                     this tree: processor time a page, and by layer
    python -m bench.profile --against FOLDER    this tree and another (a git archive of a commit), in turn

Each tree is measured in a process of its own (bench/measures/cpu.py) with PostgreSQL, Redis and the simulator beside
it. Two trees take turns, a few journeys each, so that what the machine does meanwhile is shared by both: ratios hold
where times do not. A page's ratio to a bare view is to one that returns a line of text through the same middleware.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any, Self

from bench.measures.cpu import BARE_PAGE
from bench.report import put, table
from bench.stack import Stack, stack
from scripts.servers import ROOT, environment

ROUNDS, JOURNEYS_A_ROUND, WARM_UP, PROFILED = 12, 4, 4, 60
ASKED = ("calls", "queries", "cache", "bytes")
CHILD = ROOT / "bench" / "measures" / "cpu.py"


class Tree:
    """A tree with a database and a cache of its own, and the process that measures it."""

    def __init__(self, servers: Stack, folder: Path, number: int) -> None:
        self.name = folder.name
        database = f"tree{number}"
        servers.postgres.client("createdb", database)
        settings = {
            **servers.settings,
            "DATABASE_URL": servers.postgres.url_of(database),
            "DATABASE_POOL_SIZE": "8",
            "CACHE_URL": servers.redis.url[:-1] + str(number),
            "PYTHONPATH": str(folder),
            "DJANGO_SETTINGS_MODULE": "rarbooking.settings",
            "PROMETHEUS_MULTIPROC_DIR": str(servers.folder / database),
        }
        Path(settings["PROMETHEUS_MULTIPROC_DIR"]).mkdir()
        env = environment(**settings)
        for command in (("migrate", "--no-input", "--verbosity=0"), ("load_toolkits",), ("load_guidance",)):
            subprocess.run(
                [sys.executable, "manage.py", *command], cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL
            )
        self.log = servers.folder / f"{database}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(CHILD), str(number)],
                cwd=folder,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.spent: dict[str, list[float]] = defaultdict(list)
        self.asked: dict[str, dict[str, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self._process.kill()
        self._process.communicate()

    def measure(self, journeys: int) -> dict[str, Any]:
        """Make so many journeys, and keep what each page took. Exits with the end of its log where one fails."""
        assert self._process.stdin
        assert self._process.stdout
        print(journeys, file=self._process.stdin, flush=True)
        if not (line := self._process.stdout.readline()):
            sys.exit(f"{self.name} failed:\n{self.log.read_text()[-3000:]}")
        found: dict[str, Any] = json.loads(line)
        for page, milliseconds in found["spent"].items():
            self.spent[page] += milliseconds
        self.asked |= found.get("asked", {})
        return found

    def memory(self) -> float:
        """Return what the process has in memory, in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> int:
    """Measure, print and write into docs/performance.md; return the exit status."""
    parser = argparse.ArgumentParser(description="Processor time of each page, and where it goes.")
    parser.add_argument("--against", type=Path, help="another tree, measured in turn with this one")
    parser.add_argument("--tree", type=Path, default=ROOT, help="measure a copy instead of this tree")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--profiled", type=int, default=PROFILED, help="journeys under the profiler, 0 for none")
    parser.add_argument("--functions", action="store_true", help="print the functions too")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    chosen = parser.parse_args()
    folders = [chosen.against.resolve()] if chosen.against else []
    folders.append(chosen.tree.resolve())
    with stack() as servers:
        trees = [Tree(servers, folder, number + 1) for number, folder in enumerate(folders)]
        for tree in trees:
            tree.measure(WARM_UP)
            tree.spent.clear()
        for number in range(chosen.rounds):
            for tree in trees if number % 2 else reversed(trees):
                tree.measure(JOURNEYS_A_ROUND)
        pages = by_page(trees)
        print(pages)
        if chosen.write:
            put("cpu", pages)
        spent = [{page: median(taken) for page, taken in tree.spent.items()} for tree in trees]
        if chosen.profiled:
            found = [tree.measure(-chosen.profiled) for tree in trees]
            layers = by_layer(trees, found, spent)
            print(layers)
            if chosen.write:
                put("layers", layers)
            if chosen.functions:
                for name in ("functions", "inside"):
                    total = sum(sum(each.values()) for each in found[-1]["layers"].values())
                    print(f"\n{name}:")
                    for function, samples in found[-1][name]:
                        print(f"{100 * samples / total:6.2f}% {function}")
        for tree in trees:
            print(f"{tree.name}: {tree.memory():.0f} MB")
            tree.__exit__()
    return 0


def by_page(trees: list[Tree]) -> str:
    """Return the table of processor time a page: medians, their ratio to the bare view, and the paired ratio.

    Beside them is what the last one of the newest tree asked for, and how many bytes it sent.
    """
    rows = []
    for page in sorted(trees[-1].spent, key=lambda each: (each != "journey", each)):
        row = [page]
        for tree in trees:
            spent = median(tree.spent.get(page) or [0])
            row += [f"{spent:.1f}", f"{spent / median(tree.spent[BARE_PAGE]):.1f}"]
        if len(trees) > 1:
            before, after = (median(tree.spent.get(page) or [0]) for tree in trees)
            row.append(f"{after / before - 1:+.0%}" if before else "–")
        asked = trees[-1].asked.get(page)
        rows.append([*row, *(str(asked.get(each, 0)) if asked else "–" for each in ASKED)])
    both = len(trees) > 1
    return table(["page", *_heads(trees, "× bare view"), *(["change"] if both else []), *ASKED], rows)


def by_layer(trees: list[Tree], found: list[dict[str, Any]], spent: list[dict[str, float]]) -> str:
    """Return the table of where a journey's processor time goes, in milliseconds and in per cent of it."""
    shares = []
    for each in found:
        counted: Counter[str] = Counter()
        for page, layers in each["layers"].items():
            if not page.startswith(("guidance", BARE_PAGE)):
                counted.update(layers)
        shares.append({layer: number / counted.total() for layer, number in counted.items()})
    rows = []
    for layer in sorted(shares[-1], key=lambda each: -shares[-1][each]):
        row = [layer]
        for share, taken in zip(shares, spent, strict=True):
            row += [f"{share.get(layer, 0) * taken['journey']:.0f}", f"{share.get(layer, 0):.0%}"]
        rows.append(row)
    return table(["layer", *_heads(trees, "of a journey")], rows)


def _heads(trees: list[Tree], beside: str) -> list[str]:
    names = ("before", "after") if len(trees) > 1 else ("",)
    return [head for name in names for head in (f"{name} ms".strip(), beside)]


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
