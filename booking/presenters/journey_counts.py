"""Presenter of *Journeys in numbers*: tables and CSV rows."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from booking.models import JourneyEvent
from toolkits.selectors import ToolkitChoice

# In the order in which they are asked.
QUESTIONS = {
    "team": "Team",
    "type": "Type of appointment",
    "rar": "Whether it counts towards RAR",
    "requirement": "RAR requirement",
    "sentence": "Sentence",
    "toolkit": "RAR toolkit",
    "where": "Location",
    "when": "Date and time",
    "repeat": "Whether it repeats",
    "dates": "Dates of repeats",
    "repeat-rar": "Whether repeats count towards RAR",
    "notes": "Notes",
    "sensitive": "Sensitive information",
    "check": "Check your answers",
}
# Small numbers are suppressed: a share of fewer says more about single sessions than about a provider.
MIN_SHOWN = 5
FEWER = f"Fewer than {MIN_SHOWN}"


@dataclass(frozen=True)
class Line:
    """A row of a table: how many, out of how many. `share` is in whole per cent; None where it is suppressed."""

    name: str
    number: int | str
    of: int | str
    share: int | None


@dataclass(frozen=True)
class Numbers:
    """The numbers of the page. `questions` have the journeys abandoned at each, and the share that went on."""

    started: int
    finished: int
    left: int
    questions: list[Line]
    toolkits: list[Line]
    providers: list[Line]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.started or self.finished or self.left)


def numbers(found: Mapping[JourneyEvent, Counter[str]], toolkits: Sequence[ToolkitChoice]) -> Numbers:
    """Return the numbers of a period from its counts."""
    finished = found[JourneyEvent.FINISHED].total()
    left = found[JourneyEvent.ABANDONED]
    return Numbers(
        started=found[JourneyEvent.STARTED].total(),
        finished=finished,
        left=left.total(),
        questions=_questions(left, ended=finished + left.total()),
        toolkits=_toolkits(found[JourneyEvent.TOOLKIT], toolkits),
        providers=_providers(found[JourneyEvent.WITH_NAT1], found[JourneyEvent.WITH_TOOLKIT]),
    )


def csv_lines(shown: Numbers, *, first: date, last: date) -> Iterator[list[object]]:
    """Yield the header and the rows of the CSV of a period."""
    yield ["From", "To", "What", "Which", "Number", "Out of", "Per cent"]
    period = [first.isoformat(), last.isoformat()]
    yield [*period, "Journeys started", "", shown.started, "", ""]
    yield [*period, "Journeys finished", "", shown.finished, "", ""]
    yield [*period, "Journeys left", "", shown.left, "", ""]
    tables = {
        "Journeys left at a question": [
            Line(each.name, each.number, each.of, _share(each.number, each.of)) for each in shown.questions
        ],
        "Toolkit chosen": shown.toolkits,
        "NAT1 by provider": shown.providers,
    }
    for what, lines in tables.items():
        for line in lines:
            yield [*period, what, line.name, line.number, line.of, "" if line.share is None else line.share]


def _questions(left: Counter[str], *, ended: int) -> list[Line]:
    lines, went_on = [], ended
    for slug in [*QUESTIONS, *sorted(left.keys() - QUESTIONS.keys())]:
        went_on -= left[slug]
        lines.append(Line(QUESTIONS.get(slug, slug), left[slug], ended, _share(went_on, ended)))
    return lines


def _toolkits(chosen: Counter[str], toolkits: Sequence[ToolkitChoice]) -> list[Line]:
    names = {toolkit.slug: toolkit.name for toolkit in toolkits}
    total = chosen.total()
    most_first = sorted(chosen.items(), key=lambda each: (-each[1], names.get(each[0], each[0])))
    return [Line(names.get(slug, slug), number, total, _share(number, total)) for slug, number in most_first]


def _providers(nat1: Counter[str], with_toolkit: Counter[str]) -> list[Line]:
    both = nat1 + with_toolkit
    return [
        Line(code or "None", nat1[code], total, _share(nat1[code], total))
        if total >= MIN_SHOWN
        else Line(code or "None", "", FEWER, None)
        for code, total in sorted(both.items())
    ]


def _share(number: int | str, of: int | str) -> int | None:
    return round(100 * number / of) if isinstance(number, int) and isinstance(of, int) and of else None
