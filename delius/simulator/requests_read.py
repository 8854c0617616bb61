"""Reading what a request carries, with Spring's answers to what it cannot read."""

import re
from datetime import date, datetime, time
from typing import Any

from flask import request

from delius.simulator.clock import parse_date, parse_date_time
from delius.simulator.errors import Refusal, bad_request

LARGEST_LONG = 2**63 - 1
LONGEST_LONG = 19
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def path_number(name: str, text: str) -> int:
    """Return a number in the path. Raises a 400 Refusal for other text."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_LONG and int(text) <= LARGEST_LONG):
        raise bad_request(f"{name} '{text}' is not a number")
    return int(text)


def query_flag(name: str) -> bool | None:
    """Return a true or false query parameter, None where absent. Raises a 400 Refusal for other text."""
    text = request.args.get(name)
    if not text:
        return None
    if text.lower() not in ("true", "false"):
        raise bad_request(f"{name} '{text}' is not a boolean")
    return text.lower() == "true"


def query_number(name: str) -> int | None:
    """Return a whole query parameter, None where absent. Raises a 400 Refusal for other text."""
    text = request.args.get(name)
    return path_number(name, text) if text else None


def query_date(name: str) -> date | None:
    """Return a date in the query, None where absent. Raises a 400 Refusal for other text."""
    text = request.args.get(name)
    if not text:
        return None
    try:
        return parse_date(text)
    except ValueError as error:
        raise bad_request(f"{name}: {error}") from error


def query_list(name: str) -> list[str]:
    """Return a repeated query parameter; commas separate too."""
    return [code for text in request.args.getlist(name) for code in text.split(",") if code]


def json_body() -> Any:
    """Return the JSON that was sent. Raises a 400 Refusal where it is none, 415 where it is not called JSON."""
    if request.mimetype not in ("application/json", "application/json-patch+json"):
        raise Refusal(415, f"Content type '{request.mimetype}' not supported")
    body = request.get_json(force=True, silent=True)
    if body is None:
        raise bad_request("JSON parse error: the body cannot be read")
    return body


class Body:
    """The fields of a JSON object, typed one by one; every problem is kept so that one answer names them all."""

    def __init__(self, document: Any, *, prefix: str = "") -> None:
        if not isinstance(document, dict):
            raise bad_request("JSON parse error: an object is expected")
        self._document = document
        self._prefix = prefix
        self.problems: list[str] = []

    def has(self, name: str) -> bool:
        """Return whether the field was given a value."""
        return self._document.get(name) is not None

    def text(self, name: str, *, longest: int, required: bool = False) -> str | None:
        """Return a text of at most `longest` characters; an empty one counts as none."""
        value = self._document.get(name)
        if value is None or value == "":
            self._nothing(name, required)
            return None
        if not isinstance(value, str) or LONE_SURROGATE.search(value):
            self.note(name, "is not text")
            return None
        if len(value) > longest:
            self.note(name, f"size must be between 0 and {longest}")
            return None
        if required and not value.strip():
            self.note(name, "must not be blank")
            return None
        return value

    def number(self, name: str) -> int | None:
        """Return a whole number."""
        value = self._document.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_LONG:
            self.note(name, "is not a whole number")
            return None
        return value

    def seconds(self, name: str, *, usual: float) -> float:
        """Return a number of seconds, `usual` where none is given."""
        value = self._document.get(name, usual)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return float(value)
        self.note(name, "is not a number of seconds")
        return usual

    def share(self, name: str, *, usual: float) -> float:
        """Return a number above 0 and up to 1, `usual` where none is given."""
        value = self._document.get(name, usual)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
            return float(value)
        self.note(name, "is not a number above 0 and up to 1")
        return usual

    def boolean(self, name: str) -> bool | None:
        """Return true or false."""
        value = self._document.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.note(name, "is not a boolean")
        return None

    def date(self, name: str, *, required: bool = False) -> date | None:
        """Return a date."""
        value = self._document.get(name)
        if value is None:
            self._nothing(name, required)
            return None
        try:
            return parse_date(value)
        except (TypeError, ValueError):
            self.note(name, "is not a valid date")
            return None

    def time_of_day(self, name: str, *, required: bool = False) -> time | None:
        """Return a time of day in whole minutes."""
        value = self._document.get(name)
        if value is None:
            self._nothing(name, required)
            return None
        try:
            return time.fromisoformat(value).replace(second=0, microsecond=0)
        except (TypeError, ValueError):
            self.note(name, "is not a valid time")
            return None

    def date_time(self, name: str, *, required: bool = False) -> datetime | None:
        """Return a date-time, aware if it carries an offset."""
        value = self._document.get(name)
        if value is None:
            self._nothing(name, required)
            return None
        try:
            return parse_date_time(value)
        except (TypeError, ValueError):
            self.note(name, "is not a valid date-time")
            return None

    def part(self, name: str) -> "Body":
        """Return an object inside this one; problems with it are told with those of this one."""
        value = self._document.get(name)
        if not isinstance(value, dict):
            self.note(name, "is required")
        inner = Body(value if isinstance(value, dict) else {}, prefix=f"{name}.")
        inner.problems = self.problems
        return inner

    def refuse_if_unsound(self) -> None:
        """Raise a 400 Refusal that names every problem found."""
        if self.problems:
            raise bad_request("Validation failure: " + ", ".join(self.problems))

    def note(self, name: str, problem: str) -> None:
        """Keep a problem with a field."""
        self.problems.append(f"{self._prefix}{name} {problem}")

    def _nothing(self, name: str, required: bool) -> None:
        if required:
            self.note(name, "is required")
