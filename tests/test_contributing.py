"""The worked examples of CONTRIBUTING.md name what is there, and their code does what they say."""

import importlib
import re
import textwrap
from dataclasses import make_dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from booking.journey.answers import Answers
from booking.journey.situation import Situation
from booking.journey.steps import STEPS, Step
from delius import client, records
from guidance.models import ToolkitGuidance
from guidance.presenters.pages import sections
from guidance.services.page_files import to_file
from guidance.text.structure import TOOLKIT_SECTIONS
from tests.contract.document import PATH as CONTRACT
from tests.simulator_process import Simulator

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^## (Add .+)\n((?:(?!^## ).*\n)+)", TEXT, re.MULTILINE))
INDEX = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
DECIDED = INDEX.partition("## Where it is decided\n")[2].partition("\n## ")[0]
NAMED = sorted(
    {
        named
        for text in (*EXAMPLES.values(), DECIDED)
        for named in re.findall(r"`([\w./-]+\.(?:py|jinja|md|yaml)(?:::\w+)?|[\w./-]+/)`", text)
    }
)


def code(example: str) -> list[str]:
    """The Python of an example, block by block."""
    return [textwrap.dedent(block) for block in re.findall(r"```python\n(.*?)```", EXAMPLES[example], re.DOTALL)]


def run(source: str, module: str) -> dict[str, Any]:
    """Return the names that some code has, and makes, where it stands in a module of ours."""
    names = dict(vars(importlib.import_module(module)))
    exec(source, names)
    return names


def test_there_is_a_worked_example_of_each_kind() -> None:
    assert list(EXAMPLES) == ["Add a journey step", "Add an upstream call", "Add a guidance field"]
    assert all(code(example) for example in EXAMPLES)
    assert DECIDED


@pytest.mark.parametrize("named", NAMED)
def test_what_the_examples_and_the_index_name_is_there(named: str) -> None:
    name, _, member = named.partition("::")
    place = ROOT / name
    assert place.is_dir() if name.endswith("/") else place.is_file(), named
    definition = rf"^\s*(?:def|class) {member}\b|^{member}\b[^\n]*="
    assert not member or re.search(definition, place.read_text(encoding="utf-8"), re.MULTILINE), named


def test_every_target_of_make_that_it_tells_of_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", TEXT)) <= targets


def test_the_step_of_the_example_asks_reads_and_shows_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    form_code, step_code = code("Add a journey step")
    form = run(form_code, "booking.forms.steps")["InterpreterForm"]
    monkeypatch.setattr("booking.forms.steps.InterpreterForm", form, raising=False)
    step: Step = run(step_code, "booking.journey.steps")["InterpreterStep"]()
    with_answer = make_dataclass("WithAnswer", [("interpreter", bool | None, None)], bases=(Answers,), frozen=True)
    situation = cast(Situation, None)
    answers = with_answer()

    assert step.slug not in {each.slug for each in STEPS}
    assert step.form({}, answers, situation).errors == {"interpreter": ["Select yes if an interpreter will be there"]}
    filled = step.form({"interpreter": "yes"}, answers, situation)
    assert filled.is_valid()
    read = step.read(filled.cleaned_data, answers, situation)
    assert [(row.key, row.value) for row in step.rows(with_answer(**read), situation)] == [("Interpreter", "Yes")]


def test_the_call_of_the_example_is_in_the_contract_and_the_simulator_answers_it(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_code, call_code = code("Add an upstream call")
    record = run(record_code, "delius.records")["OutcomeType"]
    assert record.model_fields.keys() <= records.OutcomeType.model_fields.keys()
    monkeypatch.setattr(client, "OutcomeType", record)
    names = run(call_code, "delius.client")
    operation = names["GET_OUTCOMES"]

    paths = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["paths"]
    described = {
        re.sub(r"\{\w+\}", "{}", path): methods["get"]["operationId"]
        for path, methods in paths.items()
        if "get" in methods
    }
    assert described[re.sub(r"\{\w+\}", "{}", operation.path)] == operation.name
    outcomes = names["DeliusClient"].outcomes(client.get_client(), "COAP")
    assert {outcome.attended for outcome in outcomes} == {True, False}
    assert all(outcome.code and outcome.description for outcome in outcomes)


def test_the_section_of_the_example_is_on_the_page_and_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    section_code, column_code = code("Add a guidance field")
    section = run(f"made = {section_code}", "guidance.text.structure")["made"]
    column = run(column_code, "guidance.models")[section.field]
    assert column.blank
    assert column.validators

    assert section.field not in {each.field for each in TOOLKIT_SECTIONS}
    monkeypatch.setattr(ToolkitGuidance, "sections", (*TOOLKIT_SECTIONS, section))
    page = ToolkitGuidance(title="Moving On", slug="moving-on")
    for text, shown in (("", []), ("Go on.", [(section.heading, '<p class="govuk-body">Go on.</p>')])):
        monkeypatch.setattr(page, section.field, text, raising=False)
        assert [(each.heading, str(each.prose).strip()) for each in sections(page)] == shown
        assert to_file(page).endswith(f"## {section.heading}\n" + (f"\n{text}\n" if text else ""))
