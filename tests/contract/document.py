"""The document of the integration service, and exchanges held against it."""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

import requests
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from requests.structures import CaseInsensitiveDict

PATH = Path(__file__).resolve().parents[2] / "docs" / "integration" / "openapi.yaml"
BASE = "/delius"
LONGEST_FAULT = 1500
KEPT = 2000
TOLD_BY_THE_DOCUMENT = ("Content-Type", "Accept", "Idempotency-Key")


@cache
def contents() -> dict[str, Any]:
    """Return the document as it is written."""
    found: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return found


@cache
def operations() -> dict[str, tuple[str, str]]:
    """Return the method and the path of each operation by its operationId."""
    return {
        operation["operationId"]: (method.upper(), path)
        for path, item in contents()["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def is_of_the_service(url: str | None) -> bool:
    """Return whether an address is one of the service's operations."""
    path = urlsplit(url or "").path
    return path.startswith(f"{BASE}/") and not path.startswith(f"{BASE}/health/")


def faults_of_request(sent: requests.PreparedRequest) -> list[str]:
    """Return what is wrong with a request by the document; a query parameter that it does not have is wrong too."""
    return list(_faults_of_request(_Exchange.of(sent)))


def faults_of_answer(answer: requests.Response) -> list[str]:
    """Return what is wrong with an answer by the document; a property that it does not have is wrong too."""
    kind = answer.headers.get("Content-Type", "")
    return list(_faults_of_answer(_Exchange.of(answer.request), answer.status_code, kind, answer.content))


@dataclass(frozen=True)
class _Exchange:
    """A request as far as the document speaks of it: the same one needs to be looked at once only."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | str | None

    @classmethod
    def of(cls, sent: requests.PreparedRequest) -> Self:
        address = urlsplit(sent.url or "")
        headers = tuple((name, sent.headers[name]) for name in TOLD_BY_THE_DOCUMENT if name in sent.headers)
        return cls(sent.method or "", address._replace(scheme="", netloc="").geturl(), headers, sent.body)

    def read(self) -> "_Sent":
        """Return it as openapi-core reads it."""
        sent = requests.PreparedRequest()
        sent.method, sent.url, sent.body = self.method, f"http://service{self.target}", self.body
        sent.headers = CaseInsensitiveDict(self.headers)
        return _Sent(sent)

    def told(self, errors: Iterable[Exception]) -> tuple[str, ...]:
        """Return what is wrong, in words."""
        return tuple(f"{self.method} {self.target}: {error!r} {error.__cause__!r}"[:LONGEST_FAULT] for error in errors)


@lru_cache(KEPT)
def _faults_of_request(exchange: _Exchange) -> tuple[str, ...]:
    request = exchange.read()
    asked = parse_qs(urlsplit(exchange.target).query).keys()
    unknown = asked - _query_names(exchange.method, request.path)
    return (
        *exchange.told(_service().iter_request_errors(request)),
        *(f"{exchange.method} {request.path}: query parameter {name} is not documented" for name in unknown),
    )


@lru_cache(KEPT)
def _faults_of_answer(exchange: _Exchange, status: int, kind: str, content: bytes) -> tuple[str, ...]:
    answer = requests.Response()
    answer.status_code, answer._content = status, content
    answer.headers["Content-Type"] = kind
    return exchange.told(_service().iter_response_errors(exchange.read(), RequestsOpenAPIResponse(answer)))


class _Sent(RequestsOpenAPIRequest):
    """A request whose path is read as the service reads it, without percent-encoding."""

    @property
    def path(self) -> str:
        return unquote(super().path)


@cache
def _service() -> OpenAPI:
    """Return the service at the simulator's address, whatever its port. What a token may do is HMPPS Auth's affair."""
    document = deepcopy({**contents(), "servers": [{"url": BASE}], "security": []})
    schemas = document["components"]["schemas"]
    # The parts of allOf: neither has the properties of the other.
    for part in (schemas["Error"], schemas["ConflictError"]["allOf"][1]):
        part["additionalProperties"] = True
    return OpenAPI.from_dict(document, config=Config(additional_properties_default_policy="forbid"))


def _query_names(method: str, path: str) -> set[str]:
    """Return the names of the query parameters that the operation at a path has."""
    shared = contents()["components"]["parameters"]
    for template, item in contents()["paths"].items():
        if re.fullmatch(BASE + re.sub(r"\{\w+\}", "[^/]+", template), path):
            parameters = item.get(method.lower(), {}).get("parameters", [])
            named = [shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in parameters]
            return {each["name"] for each in named if each["in"] == "query"}
    return set()
