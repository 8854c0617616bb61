"""The image, the package that is made without Docker, and what compose.yaml says of them: one and the same."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser

from scripts import package
from scripts.servers import ROOT, environment, manage

BUILD_SCRIPT = re.compile(r"(?:PYTHON=/opt/venv/bin/python )?sh scripts/build/(\w+\.sh) (.+)")
KNOWN_SETTINGS = set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def stages() -> dict[str, list[dict[str, Any]]]:
    """The instructions of each stage of the Dockerfile."""
    with (ROOT / "Dockerfile").open("rb") as file:
        structure = DockerfileParser(fileobj=file).structure
    found: dict[str, list[dict[str, Any]]] = {}
    name = ""
    for each in structure:
        if each["instruction"] == "FROM":
            name = each["value"].rsplit(" ", 1)[-1]
        if name and each["instruction"] != "COMMENT":
            found.setdefault(name, []).append(each)
    return found


STAGES = stages()


def values(stage: str, instruction: str) -> list[str]:
    return [each["value"] for each in STAGES[stage] if each["instruction"] == instruction]


def steps(*names: str) -> list[tuple[str, ...]]:
    """The build scripts that stages run, with their arguments without their folders."""
    commands = [command for name in names for run in values(name, "RUN") for command in re.split(r"\s*&&\s*", run)]
    found = [BUILD_SCRIPT.fullmatch(command) for command in commands]
    assert all(found), commands
    return [(each[1], *(Path(part).name for part in each[2].split())) for each in found if each]


def test_the_image_is_built_by_the_same_scripts_in_the_same_order_as_the_package() -> None:
    made_without_docker = [(script, *(Path(part).name for part in rest)) for script, *rest in package.STEPS]
    assert steps("front-end", "venv", "build") == made_without_docker


def test_every_build_script_is_used_and_there_is_no_other_build_step() -> None:
    there = {path.name for path in (ROOT / "scripts/build").iterdir()}
    assert {script for script, *_ in package.STEPS} == there
    assert {script for script, *_ in steps(*STAGES)} == there


def test_the_image_serves_and_is_probed_by_the_commands_that_the_package_is_tried_with() -> None:
    assert [json.loads(each) for each in values("product", "CMD")] == [["python", *package.SERVE]]
    [probe] = values("product", "HEALTHCHECK")
    assert json.loads(probe[probe.index("[") :]) == ["python", *package.HEALTHCHECK]


def test_nothing_is_run_in_the_final_image_and_it_has_neither_root_nor_npm() -> None:
    assert values("product", "RUN") == []
    assert values("product", "USER") == ["2000:2000"]
    assert [each for each in values("product", "COPY") if "--from=build" not in each] == []


def test_every_file_that_is_copied_may_enter_the_build_and_is_there() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert [each for each in allowed if not (ROOT / each).exists()] == []
    for stage in STAGES:
        for copy in values(stage, "COPY"):
            sources = copy.split()[:-1]
            if sources[0].startswith("--from") or sources == ["."]:
                continue
            for source in sources:
                assert (ROOT / source).exists()
                assert any(source == each or source.startswith(f"{each}/") for each in allowed), source


def test_hadolint_finds_nothing_to_say_about_the_dockerfile() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), "Dockerfile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("script", sorted((ROOT / "scripts/build").glob("*.sh")), ids=lambda path: path.name)
def test_a_build_script_stops_at_the_first_error(script: Path) -> None:
    assert "\nset -eu\n" in script.read_text()
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0


def test_what_is_copied_into_the_package_runs_alone_with_the_settings_of_production(tmp_path: Path) -> None:
    app = tmp_path / "app"
    subprocess.run(["sh", "scripts/build/app.sh", app], cwd=ROOT, check=True)
    rooms = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    rooms.remove("simulator")
    assert {*rooms, "templates", "ops", "var", "manage.py"} == {path.name for path in app.iterdir()}
    assert list(app.rglob("*.env")) == []
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING"],
        cwd=app,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_the_simulator_runs_on_its_own_requirements_which_are_those_it_is_tested_with() -> None:
    pins = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
    own = dict(pins.findall((ROOT / "requirements-simulator.txt").read_text()))
    tested = dict(pins.findall((ROOT / "requirements-dev.txt").read_text()))
    assert own.items() <= tested.items()


def test_what_runs_in_production_is_pinned_as_it_is_tested() -> None:
    pins = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
    product = dict(pins.findall((ROOT / "requirements.txt").read_text()))
    tested = dict(pins.findall((ROOT / "requirements-dev.txt").read_text()))
    assert product.items() <= tested.items()


def test_compose_builds_stages_that_exist_and_sets_only_settings_that_are_described() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert {"database", "redis", "simulator", "migrate", "web", "worker"} == set(services)
    for service in services.values():
        if "build" in service:
            assert service["build"]["target"] in STAGES
        if service.get("image") == "rarbooking":
            assert service["read_only"] is True
            assert set(service["environment"]) - {"DEMO"} <= KNOWN_SETTINGS


def test_the_settings_that_compose_gives_are_enough_to_start() -> None:
    given = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["web"]["environment"]
    given = {name: "" if value.startswith("${") else value for name, value in given.items()}
    assert manage("check", **given).returncode == 0


def test_every_setting_that_is_read_is_described() -> None:
    settings = (ROOT / "rarbooking/settings.py").read_text() + (ROOT / "ops/gunicorn.conf.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|environ\.get)\(\s*"?\'?([A-Z][A-Z0-9_]+)', settings))
    assert read - {"DEMO", "RARBOOKING_PROFILE", "MULTIPROC_DIR"} <= KNOWN_SETTINGS
