"""Processor time of each page and where it goes, measured in this process: what `bench.profile` starts for each tree.

Reads how many journeys to make from standard input, a number a line (negative: with the profiler), and answers each
line with a JSON object: milliseconds of processor time by page, what a page asks for, and samples by layer and by
function. Processor time is the kernel's of the whole process, with all of its threads.
"""

import gc
import io
import json
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http.cookies import SimpleCookie
from types import FrameType
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

BARE = "/bare/"
BARE_PAGE, UNCHANGED = "bare view", "guidance, unchanged"
GUIDANCE = {
    "guidance page": "/guidance/toolkits/developing-dialogues/",
    "guidance on toolkits": "/guidance/toolkits/",
    "guidance on risk flags": "/guidance/risk-flags/",
}
SAMPLE_SECONDS = 0.001
# The innermost frame of a known folder says whose a sample is.
LAYERS = {
    "database": ("/django/db/", "/psycopg", "/django_prometheus/db/"),
    "upstream and cache": ("/django/core/cache/", "/delius/", "/requests/", "/pydantic/", "/toolkits/cache.py"),
    "log and audit": ("/structlog/", "/logging/", "/django_structlog/", "/audit/", "/rarbooking/observability/"),
    "templates": ("/jinja2/", "/markupsafe/", ".jinja", "/govuk_frontend_jinja/"),
    "forms and journey": (
        "/django/forms/",
        "/booking/",
        "/cases/",
        "/appointments/",
        "/govuk/",
        "/guidance/",
        "/toolkits/",
    ),
    "session and access": ("/sessions/", "/identity/", "/contrib/auth/", "/rarbooking/roles.py"),
}
OTHER = "middleware and Django"


class Browser:
    """Sends a journey's requests to the product in this process, and HMPPS Auth's to where it is."""

    def __init__(self, application: Any, auth_url: str, counts: Counter[str]) -> None:
        self.spent: dict[str, list[float]] = defaultdict(list)
        self.asked: dict[str, dict[str, int]] = {}
        self._application = application
        self._auth = urlsplit(auth_url).netloc
        self._counts = counts
        self._cookies: SimpleCookie = SimpleCookie()

    def get(self, address: str, *, name: str, **headers: str) -> Any:
        return self._answer("GET", address, name, {}, headers)

    def post(self, address: str, fields: Mapping[str, str], *, name: str) -> Any:
        return self._answer("POST", address, name, fields, {})

    def _answer(
        self, method: str, address: str, name: str, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Any:
        from bench.journey import Answer

        parts = urlsplit(address)
        if parts.netloc == self._auth:
            got = requests.request(method, address, data=fields or None, allow_redirects=False, timeout=10)
            return Answer(got.status_code, got.text, got.headers.get("Location", ""))
        body = urlencode(fields).encode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": "; ".join(f"{each.key}={each.coded_value}" for each in self._cookies.values()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            **headers,
        }
        answered: list[Any] = []
        self._counts.clear()
        began = time.process_time()
        response = self._application(environ, lambda status, sent, *rest: answered.extend((status, sent)))
        text = b"".join(response)
        response.close()
        self.spent[name].append((time.process_time() - began) * 1000)
        self.asked[name] = {**self._counts, "bytes": len(text)}
        status, sent = answered
        for key, value in sent:
            if key == "Set-Cookie":
                self._cookies.load(value)
        found = dict(sent)
        self.etag = found.get("ETag", "")
        return Answer(int(status.split()[0]), text.decode(), found.get("Location", ""))


def count_what_is_asked() -> Counter[str]:
    """Return how many upstream calls, queries and cache operations this process has made, counted from now on."""
    from django.core.signals import request_started
    from django.db import connection
    from redis.connection import AbstractConnection

    from delius.http.signals import request_ended

    counts: Counter[str] = Counter()

    def call(sender: Any, **details: Any) -> None:
        counts["calls"] += 1

    def query(execute: Any, *given: Any) -> Any:
        counts["queries"] += 1
        return execute(*given)

    def count_queries(sender: Any, **details: Any) -> None:
        if query not in connection.execute_wrappers:
            connection.execute_wrappers.append(query)

    send = AbstractConnection.send_packed_command

    def send_counted(self: Any, *given: Any, **named: Any) -> Any:
        counts["cache"] += 1
        return send(self, *given, **named)

    AbstractConnection.send_packed_command = send_counted  # type: ignore[method-assign]
    request_ended.connect(call, weak=False)
    request_started.connect(count_queries, weak=False)
    return counts


class Sampler:
    """Samples of the stack, one a millisecond of processor time at most."""

    def __init__(self) -> None:
        self.layers: dict[str, Counter[str]] = defaultdict(Counter)
        self.functions: Counter[str] = Counter()
        self.inside: Counter[str] = Counter()
        self.page = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, SAMPLE_SECONDS, SAMPLE_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _sample(self, number: int, frame: FrameType | None) -> None:
        layer, seen, where = "", set(), frame
        while where is not None:
            file = where.f_code.co_filename
            if file == __file__:
                break
            # A middleware's __call__ is around everything, and says nothing of what is within.
            if not layer and where.f_code.co_name != "__call__":
                layer = next((name for name, parts in LAYERS.items() if any(part in file for part in parts)), "")
            seen.add(_function(where))
            where = where.f_back
        if frame is None or where is None or where.f_code.co_name != "_answer":
            return
        self.layers[str(where.f_locals["name"])][layer or OTHER] += 1
        self.functions[_function(frame)] += 1
        self.inside.update(seen)


def _function(frame: FrameType) -> str:
    short = "/".join(frame.f_code.co_filename.split("/")[-3:])
    return f"{short}:{frame.f_code.co_name}"


def main() -> None:
    """Answer one line after another."""
    who = int(sys.argv[1])
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    from rarbooking.wsgi import application

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse("This is all.")

    from django.conf import settings

    from rarbooking import urls

    urls.urlpatterns.insert(0, path(BARE.lstrip("/"), bare))

    from django.db import connection

    from bench import caseloads
    from bench.journey import ARRANGED, TOOLKITS, arrange, sign_in, wanted
    from bench.stack import ROLLOUT

    with connection.cursor() as cursor:
        cursor.execute(ROLLOUT)
    browser = Browser(application, settings.HMPPS_AUTH_URL, count_what_is_asked())
    sign_in(browser, caseloads.username(who))
    made = 0
    for line in sys.stdin:
        journeys, sampler = int(line), Sampler()
        browser.spent.clear()
        gc.collect()
        for _ in range(abs(journeys)):
            # An appointment for which the NSI is made, and one that hangs from it.
            pair, second = divmod(made, 2)
            turn, person = divmod(pair, caseloads.CASELOAD)
            made += 1
            appointment = wanted(caseloads.crn(who, person + 1), turn + second * len(TOOLKITS) * 60, today=date.today())
            with sampler.running() if journeys < 0 else _nothing():
                before = sum(map(sum, browser.spent.values()))
                outcome = arrange(browser, appointment, confirmed=[]).outcome
                assert outcome == ARRANGED, outcome
                browser.spent["journey"].append(sum(map(sum, browser.spent.values())) - before)
                kind = "confirm, the NSI is there" if second else "confirm, the NSI is made"
                browser.spent[kind].append(browser.spent["confirm"][-1])
                for name, address in GUIDANCE.items():
                    browser.get(address, name=name)
                browser.get(GUIDANCE["guidance page"], name="guidance page")
                again = browser.get(GUIDANCE["guidance page"], name=UNCHANGED, HTTP_IF_NONE_MATCH=browser.etag)
                assert again.status == 304
                for _ in range(3):
                    browser.get(BARE, name=BARE_PAGE)
        found = {
            "spent": browser.spent,
            "asked": browser.asked,
            "layers": sampler.layers,
            "functions": sampler.functions.most_common(60),
            "inside": sampler.inside.most_common(220),
        }
        print(json.dumps(found), flush=True)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


if __name__ == "__main__":
    main()
