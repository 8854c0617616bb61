"""Which tests execute a line, and how long each takes: from one run of all of them under coverage."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("toolkits", "delius", "booking", "appointments", "cases", "audit", "faults")
PYTEST = ("-m", "pytest", "-q", "-p", "scripts.mutants.pytest_plugin", "-m", "not browser")
COVERAGE = """
[run]
relative_files = true
include = {include}
[json]
show_contexts = true
"""


@dataclass(frozen=True)
class Measured:
    """The tests that passed, with their seconds, and by module and line those that execute it."""

    seconds: dict[str, float]
    lines: dict[str, dict[str, list[str]]]

    def of(self, tree: Path, module: str, line: int) -> list[str]:
        """Return the tests that may notice a change of a line, the quickest first: those that execute its statement.

        What is executed when the module is imported has those of the whole module, and of the files that import it.
        """
        statement = _statement((tree / module).read_text(), line)
        executed = self.lines.get(module, {}).items()
        tests = {test for each, found in executed if statement is None or int(each) in statement for test in found}
        if statement is None:
            name = module.removesuffix(".py").replace("/", ".")
            files = {test.partition("::")[0] for test in self.seconds}
            importing = {file for file in files if name in (tree / file).read_text()}
            tests |= {test for test in self.seconds if test.partition("::")[0] in importing}
        return sorted(tests & set(self.seconds), key=lambda test: self.seconds[test])


def measure(tree: Path, rooms: Iterable[str], *, workers: int) -> Measured:
    """Run all tests in a tree, with what each of them executes of some rooms."""
    config, report, times = (tree / "var" / name for name in ("coveragerc", "coverage.json", "times.json"))
    config.write_text(COVERAGE.format(include=",".join(map(_pattern, rooms))))
    subprocess.run(
        [
            *(sys.executable, *PYTEST, f"-n{workers}", "--cov", f"--cov-config={config}", "--cov-context=test"),
            *(f"--cov-report=json:{report}", *(f"tests/{folder}" for folder in FOLDERS)),
        ],
        cwd=tree,
        env={**os.environ, "MUTANTS_TIMES": str(times)},
        check=False,
    )
    lines = {
        module: {line: sorted(_tests(contexts)) for line, contexts in found["contexts"].items()}
        for module, found in json.loads(report.read_text())["files"].items()
    }
    return Measured(json.loads(times.read_text()), lines)


def _pattern(room: str) -> str:
    return room if room.endswith(".py") else f"{room}/*"


def _tests(contexts: list[str]) -> set[str]:
    # A context is of a test's set-up, run or teardown, or "" outside of tests.
    return {context.rpartition("|")[0] for context in contexts if context}


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
