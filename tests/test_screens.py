"""The script of `make screens` can be played."""

from scripts.screens import SCRIPT, lines


def test_every_line_is_a_deed_that_is_known() -> None:
    assert list(lines(SCRIPT.read_text(encoding="utf-8")))
