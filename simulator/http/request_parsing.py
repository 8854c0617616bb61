"""Request parsing with pydantic models; a 400 error lists all invalid fields."""

import json
import re
from datetime import date, datetime
from typing import Annotated, Any, TypeVar, get_origin

from flask import request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from simulator.http.errors import Problem, bad_request
from simulator.state.clock import to_wall_time

MAX_ID = 2**63 - 1
MAX_NOTES = 4000
MAX_REFERENCE = 100
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
REFERENCE = re.compile(r"urn:[a-z0-9][a-z0-9:-]*:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _check_length_utf16(text: str) -> str:
    if len(text.encode("utf-16-le")) // 2 > MAX_NOTES:
        raise ValueError(f"must be at most {MAX_NOTES} UTF-16 units")
    return text


def _day(value: object) -> date:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("must be a day written as 2026-01-31")
    return date.fromisoformat(value)


def _wall_minute(value: object) -> datetime:
    if not isinstance(value, str) or not MOMENT.match(value):
        raise ValueError("must be a moment written as in ISO 8601")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("must have an offset")
    try:
        return to_wall_time(moment).replace(second=0, microsecond=0)
    except OverflowError as error:
        raise ValueError("is out of range") from error


def _reference(text: str) -> str:
    if len(text) > MAX_REFERENCE or not REFERENCE.fullmatch(text):
        raise ValueError("must be a URN that ends in a UUID")
    return text


Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Code10 = Annotated[str, Field(min_length=1, max_length=10)]
Code20 = Annotated[str, Field(min_length=1, max_length=20)]
Notes = Annotated[str, AfterValidator(_check_length_utf16)]
OfficeCode = Annotated[str, Field(min_length=1, max_length=7)]
Reference = Annotated[str, AfterValidator(_reference)]
Day = Annotated[date, BeforeValidator(_day)]
WallMinute = Annotated[datetime, BeforeValidator(_wall_minute)]
"""A time with an offset, parsed as naive Europe/London wall time in whole minutes."""


class Model(BaseModel):
    """Base of request models: camel case names, strict types."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True)


class PageQuery(Model):
    """The query of a paginated operation."""

    page: Annotated[int, Field(ge=0, le=MAX_ID // 1000)] = 0
    size: Annotated[int, Field(ge=1, le=100)] = 50

    def slice(self, found: list[Any]) -> list[Any]:
        """Return the page of a list."""
        return found[self.page * self.size : (self.page + 1) * self.size]

    def totals(self, total: int) -> dict[str, int]:
        """Return the pagination fields of the response."""
        return {"page": self.page, "totalPages": -(-total // self.size), "totalElements": total}


M = TypeVar("M", bound=BaseModel)


def parse_body(model: type[M]) -> M:
    """Parse the JSON body; a null property counts as absent.

    Raises a Problem: 415 for another content type, 400 for invalid JSON or a validation error.
    """
    document = json_body()
    if not isinstance(document, dict):
        raise bad_request("", "The body must be an object", kind="model_type")
    try:
        return model.model_validate_json(json.dumps(_without_nulls(document)))
    except ValidationError as error:
        raise _validation_problem(error) from error


def json_body() -> Any:
    """Return the JSON body. Raises a Problem: 415 for another content type, 400 for invalid JSON."""
    if request.mimetype != "application/json":
        raise Problem(415, f"Content type '{request.mimetype}' not supported")
    document = request.get_json(force=True, silent=True)
    if document is None:
        raise bad_request("", "The body is not JSON", kind="json_invalid")
    return document


def parse_query(model: type[M]) -> M:
    """Parse the query; lists are repeated parameters. Raises a 400 Problem for a validation error."""
    given: dict[str, Any] = {}
    for field in model.model_fields.values():
        name = field.alias or ""
        if name in request.args:
            given[name] = request.args.getlist(name) if get_origin(field.annotation) is list else request.args[name]
    try:
        return model.model_validate_json(json.dumps(given), strict=False)
    except ValidationError as error:
        raise _validation_problem(error) from error


def parse_reference(text: str) -> str:
    """Validate an external reference in the path. Raises a 400 Problem for other text."""
    try:
        return _reference(text)
    except ValueError as error:
        raise bad_request("externalReference", str(error), kind="value_error") from error


def _without_nulls(document: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in document.items()
        if value is not None
    }


def _validation_problem(error: ValidationError) -> Problem:
    fields = [
        {"type": found["type"], "message": found["msg"], "field": ".".join(str(part) for part in found["loc"])}
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return Problem(400, "Validation failure", fields=fields)
