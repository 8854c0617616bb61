"""Checks of a page's prose: Markdown that may not be shown as it was meant, and links that lead nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from guidance.models import Page, RiskFlagGuidance, ToolkitGuidance
from guidance.quality.links import LinkProblem, LinkTargets, links_in
from guidance.text.markdown import LimitExceeded
from guidance.text.markdown_lint import warnings
from guidance.text.structure import Section


@dataclass(frozen=True, slots=True)
class ProseProblem:
    """A problem in a section. `link` is that of a link, and None for other text."""

    section: Section
    text: str
    link: LinkProblem | None = None

    def __str__(self) -> str:
        """Return the problem with its section, as one sentence or two."""
        return f"In “{self.section.heading}”, {self.text}"


def all_targets() -> LinkTargets:
    """Return the pages that a link may lead to, with a query for each kind."""
    return LinkTargets(page for kind in (ToolkitGuidance, RiskFlagGuidance) for page in kind._default_manager.all())


def prose_problems(page: Page, *, targets: LinkTargets) -> Iterator[ProseProblem]:
    """Yield the problems in the sections of a page, in order, each once."""
    for section in page.sections:
        prose = getattr(page, section.field)
        try:
            found, links = _warnings(prose), links_in(prose)
        except LimitExceeded as error:
            yield ProseProblem(section, f"the text cannot be shown. {error}")
            continue
        for text in found:
            yield ProseProblem(section, text)
        for link in dict.fromkeys(links):
            if problem := targets.problem(link.address, on=page):
                yield ProseProblem(section, f"the link “{link.text}” {problem.text}", problem)


@lru_cache(maxsize=2048)
def _warnings(prose: str) -> tuple[str, ...]:
    return tuple(warnings(prose)) if prose else ()
