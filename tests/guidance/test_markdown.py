"""Prose as HTML: GOV.UK's classes for what may be written, and no harm from anything else."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.text.markdown import CHEAT_SHEET, MAX_CHARACTERS, LimitExceeded, Link, links, plain_text, render

TAGS = {"p", "ul", "ol", "li", "a", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "strong", "em", "br"}
TAGS |= {f"h{level}" for level in range(3, 7)}
ATTRIBUTES = {"class", "href", "rel", "scope"}
SCHEMES = ("http://", "https://", "mailto:", "/", "#")

MARKS = [
    "# ",
    "## ",
    "### ",
    "* ",
    "- ",
    "1. ",
    "> ",
    "**",
    "*",
    "_",
    "`",
    "[",
    "]",
    "(",
    ")",
    "![",
    "](",
    "<",
    ">",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "\\",
    "&lt;",
    "&#x6A;",
]
HOSTILE = [
    "javascript:alert(1)",
    "data:text/html,x",
    "https://a.b",
    "<script>",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:x'>",
    "<svg/onload=x>",
    "<!--",
    "[a]: javascript:x",
    "|a|b|\n|-|-|\n|c|",
    "\x00",
    "\x02",
    "\x03",
    "\u202e",
    "word",
]
FRAGMENTS = st.sampled_from([*MARKS, *HOSTILE])


class Read(HTMLParser):
    """Everything in some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def is_harmless(html: str) -> bool:
    read = Read(html)
    addresses = [value for name, value in read.attributes if name == "href"]
    return (
        set(read.tags) <= TAGS
        and {name for name, _ in read.attributes} <= ATTRIBUTES
        and all(address.lower().startswith(SCHEMES) for address in addresses)
    )


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("Text", '<p class="govuk-body">Text</p>'),
        ("* One\n* Two", '<ul class="govuk-list govuk-list--bullet">\n<li>One</li>\n<li>Two</li>\n</ul>'),
        ("1. One", '<ol class="govuk-list govuk-list--number">\n<li>One</li>\n</ol>'),
        ("**Bold**", '<p class="govuk-body"><strong>Bold</strong></p>'),
        ("> Quote", '<blockquote class="govuk-inset-text">\n<p class="govuk-body">Quote</p>\n</blockquote>'),
    ],
)
def test_what_may_be_written_has_the_classes_of_govuk(typed: str, html: str) -> None:
    assert render(typed) == html


def test_a_table_has_headers_that_say_what_they_are_of() -> None:
    html = render("| A | B |\n|---|---|\n| 1 | 2 |")
    assert '<th class="govuk-table__header" scope="col">A</th>' in html
    assert '<td class="govuk-table__cell">1</td>' in html


@pytest.mark.parametrize("mark", ["#", "##", "###", "######"])
def test_headings_begin_below_those_of_the_page(mark: str) -> None:
    assert render(f"{mark} Heading") == '<h3 class="govuk-heading-m">Heading</h3>'


def test_headings_keep_their_order_and_never_go_below_the_sixth_level() -> None:
    html = render("# One\n\n## Two\n\n##### Five")
    assert Read(html).tags == ["h3", "h4", "h6"]
    assert Read(render("# One\n\n## Two", top_level=4)).tags == ["h4", "h5"]


@pytest.mark.parametrize(
    "address", ["/guidance/toolkits/", "#contact", "https://example.com/a", "mailto:a@example.com"]
)
def test_a_link_leads_where_it_says(address: str) -> None:
    assert ("href", address) in Read(render(f"[Text]({address})")).attributes


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java&Tab;script:alert(1)",
        "javascript&colon;alert(1)",
        "page.html",
        "//example.com/",
        "/\\example.com/",
        "&#106;avascript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
@pytest.mark.parametrize("form", ["[Text]({0})", "[Text](<{0}>)", "<{0}>", "[Text][a]\n\n[a]: {0}", "![Text]({0})"])
def test_a_link_that_could_do_harm_has_no_address(address: str, form: str) -> None:
    html = render(form.format(address))
    assert not [name for name, _ in Read(html).attributes if name in {"href", "src"}], html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<p onclick='x'>Text</p>",
        "<svg><script>x</script></svg>",
        "<style>body { display: none }</style>",
        "<iframe src='https://example.com'></iframe>",
        "<a href='javascript:x'>Text</a>",
        "<!-- <script>x</script> -->",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "</p><form action='/x'><input name='y'>",
        "| <script> |\n|---|\n| <b onmouseover=x> |",
    ],
)
def test_html_is_shown_as_it_was_typed_and_does_nothing(hostile: str) -> None:
    html = render(hostile)
    assert is_harmless(html), html
    assert "&lt;" in html


@pytest.mark.parametrize(
    "typed",
    [
        "x" * (MAX_CHARACTERS + 1),
        "x" * 1_000_000,
        "> " * 5_000,
        ">" * 5_000,
        "\n".join("  " * level + "- a" for level in range(100)),
        "[" * 5_000,
        "[a](" * 4_000,
        "![" * 5_000,
        "|a" * 2_000 + "\n" + "|-" * 2_000 + "\n" + "|b\n" * 2_000,
        "|a|b|\n|-|-|\n" + "|\n" * 9_000,
        " " * 15_000 + "x",
    ],
)
def test_what_would_take_the_parser_long_is_refused_before_it_is_read(typed: str) -> None:
    with pytest.raises(LimitExceeded):
        render(typed)


@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=60).map("".join))
def test_whatever_is_typed_does_no_harm(typed: str) -> None:
    try:
        html = render(typed)
    except LimitExceeded:
        return
    assert is_harmless(html), html
    plain_text(typed)
    links(typed)


def test_plain_text_has_the_words_and_nothing_else() -> None:
    typed = "### Heading\n\nSome **bold**ness, a [link](/there) & <b>more</b>\n\n* One\n* Two"
    assert plain_text(typed) == "Heading Some boldness, a link & <b>more</b> One Two"


def test_links_are_found_with_their_text_and_unfit_ones_too() -> None:
    assert links("[EQuiP](https://example.com) and [bad](javascript:x)") == [
        Link("EQuiP", "https://example.com"),
        Link("bad", "javascript:x"),
    ]


@pytest.mark.parametrize("typed", [typed for typed, _ in CHEAT_SHEET])
def test_everything_on_the_cheat_sheet_works(typed: str) -> None:
    html = render(typed)
    assert "govuk-" in html
    assert plain_text(typed)
