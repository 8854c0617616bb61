"""Who may import whom."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".venv", "node_modules", "var"}
SIMULATOR = "simulator"
MODULE_OF_SIMULATOR = re.compile(r"simulator(\.[a-z_]+)+$")
PRODUCT = {"rarbooking", "booking", "toolkits", "guidance", "delius", "audit", "scripts", "tests"}


def source_files() -> list[Path]:
    """All of the project's Python files."""
    own = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in NOT_OURS]
    return sorted([*ROOT.glob("*.py"), *(path for folder in own for path in folder.rglob("*.py"))])


def module_name(path: Path) -> str:
    """The dotted name a file is imported by."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str, *, module: str, is_package: bool = False) -> Iterator[str]:
    """The dotted names a module imports, in statements or by a string that names a module of the simulator.

    `from a import b` yields "a.b". A string counts because Django and importlib import what a string names.
    """
    package = module if is_package else module.rpartition(".")[0]
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            origin = ".".join(filter(None, (base, node.module)))
            yield from (f"{origin}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and MODULE_OF_SIMULATOR.match(node.value):
            yield node.value


def imports_of(path: Path) -> Iterator[str]:
    """The dotted names a file of the project imports."""
    is_package = path.name == "__init__.py"
    return imports(path.read_text(encoding="utf-8"), module=module_name(path), is_package=is_package)


def is_within(name: str, package: str) -> bool:
    """Whether a dotted name is a package's or of something inside it."""
    return name == package or name.startswith(f"{package}.")


def is_forbidden_to_simulator(name: str) -> bool:
    """Whether the simulator would reach into the product, or into Django, by importing a name."""
    return name.partition(".")[0] in {*PRODUCT, "django"}


def test_the_rooms_import_each_other_only_along_the_arrows():
    check = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_the_simulator_imports_nothing_of_the_product_and_no_django():
    simulator = [path for path in source_files() if is_within(module_name(path), SIMULATOR)]
    assert simulator
    found = {(module_name(path), name) for path in simulator for name in imports_of(path)}
    assert {(module, name) for module, name in found if is_forbidden_to_simulator(name)} == set()


def test_loading_the_whole_simulator_loads_nothing_of_the_product_and_no_django():
    load_all_and_list = (
        "import importlib, json, pkgutil, sys, simulator\n"
        "for module in pkgutil.walk_packages(simulator.__path__, 'simulator.'):\n"
        "    if not module.name.endswith('__main__'):\n"
        "        importlib.import_module(module.name)\n"
        "print(json.dumps(list(sys.modules)))\n"
    )
    listed = subprocess.run(
        [sys.executable, "-c", load_all_and_list], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert listed.returncode == 0, listed.stderr
    assert [name for name in json.loads(listed.stdout.splitlines()[-1]) if is_forbidden_to_simulator(name)] == []


def test_nothing_outside_the_simulator_imports_it():
    outside = [path for path in source_files() if not is_within(module_name(path), SIMULATOR)]
    found = {(module_name(path), name) for path in outside for name in imports_of(path)}
    # This file names the simulator to look for it.
    found = {(module, name) for module, name in found if module != __name__}
    assert {(module, name) for module, name in found if is_within(name, SIMULATOR)} == set()


def test_other_rooms_enter_toolkits_by_its_selectors_only():
    outside = [path for path in source_files() if module_name(path).partition(".")[0] not in {"toolkits", "tests"}]
    found = {(module_name(path), name) for path in outside for name in imports_of(path)}
    entered = {(module, name) for module, name in found if is_within(name, "toolkits")}
    assert {(module, name) for module, name in entered if not is_within(name, "toolkits.selectors")} == set()


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import simulator", "booking.views"),
        ("import simulator.app as app", "booking.views"),
        ("from simulator import app", "booking.views"),
        ("from simulator.app import create_app", "tests.conftest"),
        ("def late():\n    from simulator import app", "booking.views"),
        ("import_module('simulator.app')", "booking.views"),
        ("INSTALLED_APPS = ['simulator.apps']", "rarbooking.settings"),
    ],
)
def test_every_way_of_importing_the_simulator_is_noticed(source, module):
    assert any(is_within(name, SIMULATOR) for name in imports(source, module=module))


@pytest.mark.parametrize(
    "source",
    [
        "run([sys.executable, '-m', 'simulator', '--port', '0'])",
        "command = (sys.executable, '-m', 'simulator')",
        "import simulators",
        "from tests.simulator.delius import NOW",
        "from delius import client",
        "def test_it(simulator): simulator.reset()",
        "request.getfixturevalue('simulator')",
    ],
)
def test_starting_the_simulator_as_a_process_is_not_importing_it(source):
    assert not any(is_within(name, SIMULATOR) for name in imports(source, module="tests.simulator_process"))


@pytest.mark.parametrize(
    "source",
    [
        "import django",
        "from django.utils import timezone",
        "from delius.records import Nsi",
        "from delius import client",
        "import booking.services",
        "from toolkits.selectors import placeholder",
        "import tests.factories",
    ],
)
def test_every_way_out_of_the_simulator_is_noticed(source):
    assert any(is_forbidden_to_simulator(name) for name in imports(source, module="simulator.app"))


@pytest.mark.parametrize(
    "source",
    [
        "from . import rules",
        "from .rules import check",
        "from simulator import rules",
        "import flask",
        "import djangoish",
    ],
)
def test_the_simulators_own_modules_and_other_libraries_are_its_own_affair(source):
    assert not any(is_forbidden_to_simulator(name) for name in imports(source, module="simulator.app"))
