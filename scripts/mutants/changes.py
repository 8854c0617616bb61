"""The changes that Cosmic Ray can make to a room, without those that say nothing of the tests."""

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from cosmic_ray.commands.init import _all_work_items
from cosmic_ray.modules import find_modules
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

# `is` is only used of None and of an enum's members, where == says the same; ** only stands before arguments.
POINTLESS = ("ComparisonOperator_Is_Eq", "ComparisonOperator_IsNot_NotEq", "Operator_Pow_")


@dataclass(frozen=True)
class Change:
    """One change of a module (a path below the root): the line it is in, and the module with it."""

    room: str
    module: str
    operator: str
    line: int
    text: str
    diff: str


def drawn(root: Path, rooms: tuple[str, ...], *, seed: str) -> list[Change]:
    """Return all changes of some rooms, in an order drawn at random by `seed`."""
    changes = sorted((each for room in rooms for each in _changes(root, room)), key=lambda each: each.diff)
    random.Random(seed).shuffle(changes)  # noqa: S311 - a sample, and no secret
    return changes


def _changes(root: Path, room: str) -> Iterator[Change]:
    sources = {str(path.relative_to(root)): path.read_text() for path in find_modules([root / room])}
    for item in _all_work_items([root / module for module in sources], {}):
        [mutation] = item.mutations
        module = str(mutation.module_path.relative_to(root))
        before = sources[module]
        after = mutate_code(before, get_operator(mutation.operator_name)(), mutation.occurrence)
        operator = mutation.operator_name.removeprefix("core/")
        if after is None or any(kind in operator for kind in POINTLESS) or not _matters(before, after):
            continue
        diff = "\n".join(unified_diff(before.splitlines(), after.splitlines(), module, module, n=1, lineterm=""))
        yield Change(room, module, operator, mutation.start_pos[0], after, diff)


def _matters(before: str, after: str) -> bool:
    """Whether a change can be parsed, and is of more than a type, how arguments are passed or a record's slots."""
    try:
        return ast.dump(_Running().visit(ast.parse(before))) != ast.dump(_Running().visit(ast.parse(after)))
    except SyntaxError:
        return False


class _Running(ast.NodeTransformer):
    """Leaves of a module what it does when it runs."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
        node.defaults = [*node.defaults, *(each for each in node.kw_defaults if each)]
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call):
                decorator.keywords = []
        return self.generic_visit(node)
