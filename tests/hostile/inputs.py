"""What somebody who means harm may send, as the bytes that cross the wire.

HOSTILE_EXAMPLES=2000 sends that many requests to every form, other ones each time; without it there are a few, always
the same.
"""

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.hostile.reading import SUM_OF_TEMPLATES, Form

EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "5"))
FEW = max(2, min(EXAMPLES // 20, 50))
# gunicorn refuses an address that is longer.
LONGEST_QUERY = 4000

# Markup is of an element and of attributes that no page has, and sums have a result that no page shows: see `reading`.
assert SUM_OF_TEMPLATES == 7919 * 7907
MARKUP = (
    b'<hostile onhostile="1">',
    b"\"><hostile a='1'>",
    b"' onhostile='1",
    b'" onhostile="1" b="',
    b"</textarea></script></title><hostile>",
    b"<!--<hostile>-->",
    b"javascript:hostile()",
    b"[x](javascript:hostile())",
    b'![x](x" onhostile="1)',
    b"<scr<hostile>ipt>",
    b"&lt;hostile&gt;",
    b"{{ 7919 * 7907 }}",
    b"{% print(7919 * 7907) %}",
    b"${7919*7907}",
    b"{{ ''.__class__.__mro__ }}",
)
TRICKS = (
    *MARKUP,
    b"",
    b" ",
    b"\x00",
    b"a\x00b",
    b"x\r\nHostile: 1",
    b"'; DROP TABLE booking_draft; --",
    b'" OR 1=1 --',
    b"%s%n%d%(a)s",
    b"../../../../etc/passwd",
    b"//elsewhere.example/",
    b"http://testserver//elsewhere.example/",
    b"-1",
    b"0",
    b"00",
    b"1e309",
    b"NaN",
    b"Infinity",
    b"1_0",
    b"9" * 19,
    b"9" * 30,
    b"9" * 5000,
    b"99999999999999999999999-99-99",
    b"9999-12-31",
    b"0001-01-01",
    b"23:59:60",
    b"true",
    b"null",
    b"[]",
    b'{"a": {"b": ["c"]}}',
    b"[" * 3000,
    b"on",
    b"x",
    "²".encode(),
    "٣".encode(),
    "９".encode() * 40,
    "ßßß".encode(),
    "ﷺ".encode() * 100,
    "\u202e\u2066\u200f\ufeff".encode(),
    "\x0b\x0c\x1c\x85\u2028\u2029".encode(),
    "Z\u0351\u036b\u0343".encode() * 200,
    "\ud800".encode("utf-8", "surrogatepass"),
    "\U000e0001\U0010ffff\ufffe".encode(),
    b"\xff\xfe",
    b"\xc0\x80",
    b"\x1b[31m",
    b"00000000-0000-0000-0000-000000000000",
)
MASS_ASSIGNMENT = [
    "id",
    "pk",
    "user",
    "user_id",
    "crn",
    "state",
    "booking_id",
    "is_staff",
    "is_superuser",
    "is_active",
    "roles",
    "groups",
    "user_permissions",
    "username",
    "version",
    "published",
    "published_at",
    "published_version",
    "scheduled",
    "scheduled_for",
    "appointment_id",
    "nsi_id",
    "nsi_id",
    "nsi_reference",
    "appointment_reference",
    "allow_overlap",
    "overlap",
    "series_id",
    "created_at",
    "sent_at",
    "officer",
    "provider_code",
    "team_code",
    "staff_code",
    "is_placeholder",
    "slug",
    "_method",
    "__class__",
]
PIECES = (b"a", b"9", b" ", b"\r\n", b"[", b"(", b"<b>", b"> ", b"- ", b"*", b"`", b"&", b"%", "\u202e".encode())
BROKEN_TYPES = (
    "",
    "application/json",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\xff",
    f"multipart/form-data; boundary={'b' * 300}",
    "multipart/form-data; boundary=x; charset=hex",
    "multipart/form-data; boundary=x; charset=idna",
    "multipart/form-data; boundary=x; charset=utf-16",
    "multipart/form-data; boundary=x; charset=raw_unicode_escape",
    "multipart/form-data; boundary=x; charset=no-such",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=undefined",
)
COOKIES = (
    "",
    "=",
    ";;;",
    "messages=x",
    'messages="\\000"',
    "csrftoken=x",
    'csrftoken="\\000\\377"',
    "csrftoken=\xff\xfe",
    "sessionid=x",
    f"sessionid={'a' * 5000}",
    'sessionid="\\000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
    'a="<hostile>"',
)

WAYS = ("usual", "usual", "hostile", "hostile", "repeated", "absent")
HEADERS = (
    ("HTTP_X_NONE", ""),
    ("HTTP_X_NONE", ""),
    ("HTTP_REFERER", "http://testserver//elsewhere.example/"),
    ("HTTP_REFERER", "http://["),
    ("HTTP_ORIGIN", "null"),
    ("HTTP_X_REQUEST_ID", "'<hostile>" * 100),
    ("HTTP_IF_NONE_MATCH", '"\xff'),
    ("HTTP_IF_MODIFIED_SINCE", "Mon, 99 Foo 99999999999 99:99:99 GMT"),
    ("HTTP_ACCEPT_LANGUAGE", "a-" * 500),
    ("HTTP_ACCEPT_ENCODING", ";q=x,,"),
    ("HTTP_X_FORWARDED_HOST", "elsewhere.example"),
    ("HTTP_HOST", "elsewhere.example"),
    ("HTTP_HOST", "test server"),
)
Pairs = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Hostile:
    """A request: what follows the address, the body, cookies besides our own, and a header by its name in WSGI."""

    query: str = ""
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    cookies: str = ""
    header: tuple[str, str] = ("HTTP_X_NONE", "")

    def __repr__(self) -> str:
        shown = (f"{name}={value[:300]!r}" for name, value in vars(self).items() if value)
        return f"Hostile({', '.join(shown)})"


def as_often(examples: int) -> settings:
    """Return the settings under which `examples` requests are tried."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize="HOSTILE_EXAMPLES" not in os.environ,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def texts() -> st.SearchStrategy[bytes]:
    """Anything that may be in a field: tricks, any text with halves of characters, any bytes, numbers, far too much."""
    return st.one_of(
        st.sampled_from(TRICKS),
        st.text(st.characters(), max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.binary(max_size=30),
        st.integers().map(lambda number: str(number).encode()),
        st.builds(
            lambda piece, times: piece * times, st.sampled_from(PIECES), st.sampled_from((200, 5_000, 5_000, 50_000))
        ),
    )


@st.composite
def fields(draw: Any, form: Form) -> Pairs:
    """A form as a browser sends it but for one field, or but for any: hostile, repeated or left out; and more."""
    pairs: Pairs = []
    only = draw(st.sampled_from([*form.fields])) if form.fields and draw(st.booleans()) else None
    for name, usual in form.fields.items():
        sent = "usual" if only not in (None, name) else draw(st.sampled_from(WAYS))
        if name in form.fixed or (sent == "usual" and usual):
            pairs.append((name.encode(), draw(st.sampled_from(usual)).encode()))
        elif sent != "absent":
            values = st.lists(texts(), min_size=1, max_size=4 if sent == "repeated" else 1)
            pairs += [(name.encode(), value) for value in draw(values)]
    known = st.sampled_from([*form.fields, *MASS_ASSIGNMENT]).map(str.encode)
    more = st.tuples(st.one_of(known, known.map(lambda name: name + b"[]"), texts()), texts())
    return pairs + draw(st.lists(more, max_size=2))


def urlencoded(pairs: Pairs) -> str:
    """Return fields as a query string, or as the body that a browser sends."""
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs)


def multipart(pairs: Pairs, *, files: bool, broken: bool) -> bytes:
    """Return fields as a body in parts: as files where text is expected, and without an end where it is broken."""
    parts = []
    for name, value in pairs:
        shown = name.replace(b'"', b"%22").replace(b"\r", b"").replace(b"\n", b"")
        filename = b'; filename="../../hostile<hostile>.svg"\r\nContent-Type: image/svg+xml' if files else b""
        parts.append(b'--x\r\nContent-Disposition: form-data; name="' + shown + b'"' + filename + b"\r\n\r\n" + value)
    return b"\r\n".join(parts) + (b"\r\n--" if broken else b"\r\n--x--\r\n")


def queries(form: Form) -> st.SearchStrategy[Hostile]:
    """Requests whose query string is hostile."""
    sent = fields(form).map(lambda pairs: urlencoded(pairs)[:LONGEST_QUERY])
    return st.builds(
        Hostile,
        query=st.one_of(sent, sent, st.binary(max_size=30).map(quote_from_bytes)),
        content_type=st.sampled_from(("", "", "", *BROKEN_TYPES)),
        cookies=st.sampled_from(("", "", "", *COOKIES)),
        header=st.sampled_from(HEADERS),
    )


def bodies(form: Form) -> st.SearchStrategy[Hostile]:
    """Requests whose body is hostile: mostly a form's, in both of its ways, and sometimes anything."""
    sent = fields(form).map(lambda pairs: Hostile(body=urlencoded(pairs).encode()))
    parts = st.builds(
        lambda pairs, files, broken: Hostile(
            body=multipart(pairs, files=files, broken=broken), content_type="multipart/form-data; boundary=x"
        ),
        fields(form),
        st.booleans(),
        st.booleans(),
    )
    anything = st.builds(
        Hostile,
        query=fields(form).map(lambda pairs: urlencoded(pairs)[:LONGEST_QUERY]),
        body=st.one_of(fields(form).map(lambda pairs: multipart(pairs, files=False, broken=False)), texts()),
        content_type=st.sampled_from(BROKEN_TYPES),
        cookies=st.sampled_from(COOKIES),
        header=st.sampled_from(HEADERS),
    )
    return st.one_of(sent, sent, sent, parts, anything)
