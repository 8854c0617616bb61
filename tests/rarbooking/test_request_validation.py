"""Requests that no page of ours sends are turned away, and are no error of ours."""

from io import BytesIO
from wsgiref.util import setup_testing_defaults

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from booking.models import Booking
from guidance.models import Feedback
from rarbooking.web.request_bodies import force_utf8
from rarbooking.wsgi import application

pytestmark = pytest.mark.django_db
PARTS = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n\\ud800\r\n--x--\r\n'
KINDS = ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain"]
# Django looks for codecs by these names, and lets out what they do.
CODECS = ["hex", "rot13", "idna", "undefined", "utf-16", "raw_unicode_escape", "base64", "no-such", "\xff"]


def served(method: str, path: str, body: bytes = b"", *, content_type: str) -> str:
    """The status that the WSGI application answers with."""
    environ = {
        "HTTP_HOST": "testserver",
        "REQUEST_METHOD": method,
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": path.partition("?")[2],
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    setup_testing_defaults(environ)
    said: list[str] = []
    b"".join(application(environ, lambda status, headers, info=None: said.append(status)))
    return said[0]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_body_and_an_address_are_read_as_utf_8_whatever_codec_is_named(kind: str, codec: str) -> None:
    for content_type in (f"{kind}; charset={codec}", f"{kind}; title*={codec}''%41"):
        assert served("GET", "/signed-out/?a=%C3%A9", content_type=content_type) == "200 OK"
        assert served("POST", "/admin/login/?a=b", PARTS, content_type=content_type) == "403 Forbidden"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("", ""),
        ("text/plain", "text/plain"),
        ("application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded"),
        ('Multipart/Form-Data; charset=hex; Boundary="a b"; x=y', 'Multipart/Form-Data; boundary="a b"'),
        ("multipart/form-data;boundary=----x", "multipart/form-data; boundary=----x"),
    ],
)
def test_of_a_content_type_the_kind_of_body_is_kept(sent: str, read: str) -> None:
    assert force_utf8({"CONTENT_TYPE": sent}) == {"CONTENT_TYPE": read}


@pytest.mark.parametrize("path", ["/?find=%00", "/guidance/%00/", "/sign-in/?next=%00", "/admin/?x=a%00b", "/?%00=1"])
def test_a_nul_in_an_address_is_a_bad_request(robin: Client, path: str) -> None:
    assert robin.get(path).status_code == 400


@pytest.mark.parametrize("cookie", [r'sessionid="\000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"', r'csrftoken="\000"'])
def test_a_cookie_with_a_nul_is_as_if_it_had_not_come(client: Client, cookie: str) -> None:
    answer = client.get("/guidance/", HTTP_COOKIE=cookie)
    assert answer["Location"] == "/sign-in/?next=/guidance/"
    assert client.get("/admin/login/", HTTP_COOKIE=cookie).status_code == 200


@pytest.mark.parametrize("row", ["x", "9" * 30, "9" * 5000, "", "\x00", "²", "1.5"])
@pytest.mark.parametrize("action", ["delete_selected", "try_again", "mark_as_settled"])
@pytest.mark.parametrize("page", ["guidance/feedback", "booking/booking", "toolkits/rollout", "rarbooking/user"])
def test_an_action_of_the_administration_on_what_is_no_row_is_a_bad_request(
    admin_client: Client, page: str, action: str, row: str
) -> None:
    answer = admin_client.post(f"/admin/{page}/", {"action": action, "_selected_action": row})
    assert answer.status_code == 400


def test_an_action_on_a_row_that_is_there_is_done(admin_client: Client) -> None:
    given = Feedback.objects.create(page="/guidance/toolkits/maps-for-change/", useful=True)
    sent = {"action": "delete_selected", "_selected_action": str(given.pk), "post": "yes"}
    assert admin_client.post("/admin/guidance/feedback/", sent).status_code == 302
    assert not Feedback.objects.exists()


def test_a_search_of_the_administration_is_short(admin_client: Client) -> None:
    assert admin_client.get("/admin/booking/booking/", {"q": "x" * 200}).status_code == 200
    for page in ("booking/booking", "guidance/toolkitguidance", "rarbooking/user"):
        assert admin_client.get(f"/admin/{page}/", {"q": "a " * 1000}).status_code == 400
    asked = {"app_label": "rarbooking", "model_name": "user", "field_name": "groups", "term": "a " * 1000}
    assert admin_client.get("/admin/autocomplete/", asked).status_code == 400


def test_a_year_that_no_calendar_has_is_a_bad_request(admin_client: Client) -> None:
    assert admin_client.get("/admin/booking/booking/", {"created_at__year": "9" * 30}).status_code == 400


def test_the_way_from_an_id_that_is_none_to_its_page_is_a_bad_request(admin_client: Client) -> None:
    bookings = ContentType.objects.get_for_model(Booking).pk
    assert admin_client.get(f"/admin/r/{bookings}/no-such-booking/").status_code == 400
