"""The Helm chart asks for what is there: addresses, settings, commands."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from scripts.servers import PRODUCTION, ROOT, manage
from tests.ops.test_packaging import KNOWN_SETTINGS

HELM = ROOT / "ops" / "helm"
VALUES = yaml.safe_load((HELM / "rarbooking/values.yaml").read_text())
ENVIRONMENTS = ("dev", "preprod", "prod")
GIVEN_BY_THE_TEMPLATES = {"POD_IP", "ALLOWED_HOSTS", "PORT", "WORKER_METRICS_PORT"}


def of_environment(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((HELM / f"values-{name}.yaml").read_text())
    return found


def settings_of(values: Mapping[str, Any]) -> dict[str, str]:
    """The settings that a pod is given; those from secrets without their values."""
    secret = {name: "" for keys in VALUES["namespace_secrets"].values() for name in keys}
    return {**secret, **VALUES["env"], **values["env"]}


@pytest.mark.parametrize("probe", ["livenessProbe", "readinessProbe", "startupProbe"])
def test_a_probe_asks_for_an_address_that_is_open_and_there(probe: str) -> None:
    match = resolve(VALUES[probe]["httpGet"]["path"])
    assert match.url_name in {"liveness", "readiness"}
    assert match.func.login_required is False  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_changes_only_values_that_the_chart_has(name: str) -> None:
    def unknown(given: Mapping[str, Any], known: Mapping[str, Any], path: str = "") -> list[str]:
        found = []
        for key, value in given.items():
            if key not in known:
                found.append(path + key)
            elif isinstance(value, dict) and path + key != "env":
                found += unknown(value, known[key], f"{path}{key}.")
        return found

    assert unknown(of_environment(name), VALUES) == []


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_gives_every_setting_without_which_the_service_does_not_start(name: str) -> None:
    given = {*settings_of(of_environment(name)), *GIVEN_BY_THE_TEMPLATES}
    assert PRODUCTION.keys() <= given
    assert given - {"POD_IP"} <= KNOWN_SETTINGS


def test_environments_differ_in_values_only() -> None:
    assert len({frozenset(settings_of(of_environment(name))) for name in ENVIRONMENTS}) == 1


@pytest.mark.parametrize("job", VALUES["cronjobs"])
def test_a_scheduled_command_is_there_and_takes_its_options(job: str) -> None:
    python, script, command, *options = VALUES["cronjobs"][job]["command"]
    assert (python, script) == ("python", "manage.py")
    assert command in get_commands()
    told = manage(command, "--help").stdout
    assert all(option.split("=")[0] in told for option in options)


def test_what_a_template_runs_is_there() -> None:
    for template in (HELM / "rarbooking/templates").glob("*.yaml"):
        for command in re.findall(r"manage\.py,? (\w+)", template.read_text()):
            assert command in get_commands()


def test_nothing_is_migrated_before_the_settings_were_checked_and_the_service_is_granted_rows_after() -> None:
    job = (HELM / "rarbooking/templates/migrate.yaml").read_text()
    commands = re.findall(r"^ +python manage\.py (.+)$", job, re.MULTILINE)
    assert commands[:2] == ["check --deploy", "migrate --no-input"]
    assert commands[2].startswith("grant_database ")
    assert 'include "rarbooking.ownerEnv"' in job


def test_only_the_ingress_and_prometheus_are_let_through_to_the_pods_that_serve() -> None:
    [policy] = [
        each
        for each in (HELM / "rarbooking/templates/web.yaml").read_text().split("\n---\n")
        if "kind: NetworkPolicy" in each
    ]
    assert "process: web" in policy
    assert policy.count("namespaceSelector") == 2
    assert ".Values.ingress.namespaceLabels" in policy
    assert "component: monitoring" in policy
    assert VALUES["ingress"]["namespaceLabels"]


def test_only_the_audits_purge_runs_by_the_clock_as_the_owner_of_the_tables() -> None:
    assert [name for name, job in VALUES["cronjobs"].items() if job.get("asOwner")] == ["purge-audit"]
    helpers = (HELM / "rarbooking/templates/_helpers.tpl").read_text()
    [secret] = [name for name, keys in VALUES["namespace_secrets"].items() if "DATABASE_URL" in keys]
    assert f"secretKeyRef: {{name: {secret}, key: DATABASE_URL}}" in helpers


def test_a_pod_is_given_more_time_to_end_than_gunicorn_takes() -> None:
    [graceful] = re.findall(r"^graceful_timeout = (\d+)", (ROOT / "ops/gunicorn.conf.py").read_text(), re.MULTILINE)
    [before] = re.findall(r'\[sleep, "(\d+)"\]', (HELM / "rarbooking/templates/web.yaml").read_text())
    assert VALUES["terminationGracePeriodSeconds"] > int(graceful) + int(before)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_chart_renders_with_helms_own_library(name: str) -> None:
    helm = pytest.importorskip("helm_python", reason="helm-python-sdk is not installed: pip install helm-python-sdk")
    with helm.Chart.load(str(HELM / "rarbooking")) as chart:
        rendered = chart.render({**of_environment(name), "image": {"tag": "1"}}, name="rarbooking", namespace="test")
    documents = [each for text in rendered.values() for each in yaml.safe_load_all(text) if each]
    kinds = {each["kind"] for each in documents}
    assert {"Deployment", "Job", "CronJob", "Ingress", "Service", "ServiceMonitor", "PrometheusRule"} <= kinds
    for each in documents:
        pod = each["spec"].get("jobTemplate", each)["spec"].get("template", {}).get("spec")
        if pod is None:
            continue
        [container] = pod["containers"]
        names = [variable["name"] for variable in container["env"]]
        assert names[0] == "POD_IP"
        assert len(set(names)) == len(names)
        assert PRODUCTION.keys() <= set(names)
        [database] = [each["valueFrom"]["secretKeyRef"] for each in container["env"] if each["name"] == "DATABASE_URL"]
        is_owner = container["name"] in {"migrate", "purge-audit"}
        assert database["name"] == (VALUES["owner"]["databaseSecret"] if is_owner else "rarbooking-database")
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert pod["securityContext"]["runAsNonRoot"] is True
    [rules] = [each for each in documents if each["kind"] == "PrometheusRule"]
    assert rules["spec"] == yaml.safe_load((ROOT / "ops/prometheus/alerts.yaml").read_text())
