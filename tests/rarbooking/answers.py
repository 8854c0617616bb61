"""One answer of every kind that the service gives."""

from collections.abc import Callable

from django.http import HttpResponse
from django.templatetags.static import static
from django.test import Client

from booking.models import Draft
from tests.booking.journeys import answer_all, sent_by_the_page_of

Ask = Callable[[Client], HttpResponse]


def booked(client: Client) -> str:
    """Book an appointment, and return the address of its page."""
    answer_all(client)
    check = client.post("/cases/X000001/arrange/check/", sent_by_the_page_of(Draft.objects.get()))
    return str(check["Location"])


def getting(path: str) -> Ask:
    """Return what asks for an address over HTTPS."""
    return lambda client: client.get(path, secure=True)


# For each kind: what asks for it as somebody signed in who is staff, and the status it is answered with.
KINDS: dict[str, tuple[Ask, int]] = {
    "a page": (getting("/guidance/"), 200),
    "a page about people": (getting("/"), 200),
    "a case": (getting("/cases/X000001/arrange/type/"), 200),
    "a page of the administration": (getting("/admin/"), 200),
    "the password form": (lambda client: Client().get("/admin/login/", secure=True), 200),
    "a redirect to a page": (getting("/cases/X000001/arrange/"), 302),
    "a redirect to sign-in": (lambda client: Client().get("/", secure=True), 302),
    "a redirect to HMPPS Auth": (getting("/sign-in/"), 302),
    "signing out": (lambda client: client.post("/sign-out/", secure=True), 302),
    "a static file": (lambda client: client.get(static("rarbooking/product.css"), secure=True), 200),
    "a script": (lambda client: client.get(static("rarbooking/product.js"), secure=True), 200),
    "a calendar": (lambda client: client.get(f"{booked(client)}calendar.ics", secure=True), 200),
    "the state of a booking": (lambda client: client.get(f"{booked(client)}state/", secure=True), 200),
    "a probe": (getting("/health/liveness"), 200),
    "metrics without a token": (getting("/metrics"), 404),
    "a page that is not there": (getting("/no-such-page/"), 404),
    "a page that is not there, before sign-in": (lambda client: Client().get("/no-such-page/", secure=True), 404),
    "a file that is not there": (getting("/assets/no-such-file.js"), 404),
    "another host": (lambda client: client.get("/", secure=True, headers={"Host": "elsewhere.example"}), 400),
    "another method": (lambda client: client.generic("TRACE", "/", secure=True), 405),
    "a form for another page": (lambda client: client.get("/sign-out/", secure=True), 405),
    "a form without its token": (
        lambda client: Client(enforce_csrf_checks=True).post("/sign-out/", secure=True),
        403,
    ),
    "a form that is too long": (lambda client: client.post("/sign-out/", {"a": "x" * 300_000}, secure=True), 413),
    "a fault of ours": (getting("/failing/broken/"), 500),
    "a database out of reach": (getting("/failing/database/"), 503),
}
