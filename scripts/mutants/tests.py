"""Which tests execute a line, and how long each takes: from one run of all of them under coverage."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

FOLDERS = ("toolkits", "delius", "booking", "appointments", "cases", "audit", "faults")
PYTEST = ("-m", "pytest", "-q", "-p", "scripts.mutants.pytest_plugin", "-m", "not browser")


@dataclass(frozen=True)
class Measured:
    """The tests that passed, with their seconds, and by module and line those that execute it."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, set[str]]]

    def of(self, module: str, source: str, line: int) -> list[str]:
        """Return the tests that notice a line, the quickest first: those of its statement.

        What is executed when the module is imported has those of the whole module.
        """
        executed = self.lines.get(module, {})
        statement = _statement(source, line)
        tests = set().union(*(executed.get(each, set()) for each in statement or executed))
        return sorted(tests & set(self.seconds), key=lambda test: self.seconds[test])

    def as_json(self) -> str:
        """Return it as text."""
        lines = {module: {line: sorted(tests) for line, tests in found.items()} for module, found in self.lines.items()}
        return json.dumps({"seconds": self.seconds, "lines": lines})

    @classmethod
    def from_json(cls, text: str) -> "Measured":
        """Read it from text."""
        read = json.loads(text)
        return cls(
            read["seconds"],
            {
                module: {int(line): set(tests) for line, tests in found.items()}
                for module, found in read["lines"].items()
            },
        )


def measure(tree: Path, rooms: Iterable[str], *, workers: int) -> Measured:
    """Run all tests in a tree, with what each of them executes of some rooms."""
    data, times = tree / "var" / "coverage", tree / "var" / "times.json"
    config = tree / "var" / "coveragerc"
    config.write_text(f"[run]\nrelative_files = true\ninclude = {','.join(map(_pattern, rooms))}\n")
    subprocess.run(
        [
            *(sys.executable, *PYTEST, f"-n{workers}", "--cov", f"--cov-config={config}"),
            *("--cov-context=test", "--cov-report=", *(f"tests/{folder}" for folder in FOLDERS)),
        ],
        cwd=tree,
        env={**os.environ, "COVERAGE_FILE": str(data), "MUTANTS_TIMES": str(times)},
        check=False,
    )
    found = CoverageData(str(data))
    found.read()
    lines = {
        module: {
            line: {context.rpartition("|")[0] for context in contexts if context}
            for line, contexts in found.contexts_by_lineno(module).items()
        }
        for module in found.measured_files()
    }
    return Measured(json.loads(times.read_text()), lines)


def _pattern(room: str) -> str:
    return room if room.endswith(".py") else f"{room}/*"


def _statement(source: str, line: int) -> range | None:
    """Return the lines of the innermost statement that a line is of, without its body; None outside of a function."""
    found: ast.stmt | ast.excepthandler | None = None
    in_function = False
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt | ast.excepthandler) and node.lineno <= line <= _end(node):
            if isinstance(node, ast.FunctionDef):
                in_function = in_function or node.body[0].lineno <= line
            found = node
    if found is None or not in_function:
        return None
    body = getattr(found, "body", None)
    return range(found.lineno, max(found.lineno + 1, body[0].lineno) if body else _end(found) + 1)


def _end(node: ast.stmt | ast.excepthandler) -> int:
    return node.end_lineno or node.lineno
