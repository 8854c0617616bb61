"""Write docs/licences.md: the licence of every package that the product runs with."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==", re.MULTILINE)


def python_packages() -> list[tuple[str, str]]:
    """Return the names and licences of what requirements.txt pins, as the installed packages say themselves."""
    pinned = PIN.findall((ROOT / "requirements.txt").read_text())
    told = subprocess.run(
        [Path(sys.executable).with_name("pip-licenses"), "--format=json", "--from=mixed", "--packages", *pinned],
        capture_output=True,
        text=True,
        check=True,
    )
    return [(each["Name"], _one_line(each["License"])) for each in json.loads(told.stdout)]


def front_end_packages() -> list[tuple[str, str]]:
    """Return the names and licences of what package-lock.json pins."""
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return [
        (path.rpartition("node_modules/")[2], package.get("license", "not told"))
        for path, package in locked.items()
        if path and not package.get("dev")
    ]


def table(rows: list[tuple[str, str]]) -> str:
    """Return the rows as a table in Markdown, by name."""
    lines = [f"| {name} | {licence} |" for name, licence in sorted(rows, key=lambda row: row[0].lower())]
    return "\n".join(["| package | licence |", "|---|---|", *lines])


def main() -> None:
    """Write the file."""
    text = (
        "# Licences\n\nOf what the product runs with, as each package says of itself. Written by `make licences`.\n\n"
        f"## Python\n\n{table(python_packages())}\n\n## Front end\n\n{table(front_end_packages())}\n"
    )
    (ROOT / "docs/licences.md").write_text(text)
    print("docs/licences.md is written")


def _one_line(text: str) -> str:
    first = text.strip().splitlines()[0] if text.strip() else "not told"
    return first.replace("|", "/")[:100]


if __name__ == "__main__":
    main()
