"""The one cleaning rule for text that people type or paste, wherever it comes in.

People paste from Word, Outlook, PDF files and web pages, and cannot see what comes along:

- line ends become line feeds: carriage return, U+000B (Word's soft line break), form feed, U+0085, U+2028, U+2029;
- every other space, such as U+00A0, becomes a space; a tab stays;
- characters that nobody sees go: controls, zero-width spaces, soft hyphens, marks of direction, byte order marks,
  unpaired surrogates. Joiners, variation selectors and tags stay where they shape what is seen: after an emoji or a
  letter of a script that has them, never after a Latin letter or a digit;
- letters with accents are composed (NFC), so that a name is one text however it was typed.

Cleaning text that is clean changes nothing. Everything typed comes through `CleansText` (govuk/forms.py).
"""

import re
import unicodedata

_ENDS_OF_LINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad"  # controls, soft hyphen
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # joiners and fillers of scripts
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero-width spaces, direction, byte order mark
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"  # specials, unpaired surrogates
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # shorthand and musical format controls
    "]"
)
# Hebrew and what follows it: scripts that are joined, symbols and emoji.
_SHAPED = "\u0590-\u1dff\u200c\u200d\u2100-\U000e01ef"
_SHAPERS = "\u200c\u200d\ufe00-\ufe0f\U000e0001-\U000e007f\U000e0100-\U000e01ef"
_STRAY_SHAPERS = re.compile(f"(?<![{_SHAPED}])[{_SHAPERS}]+")


def clean_text(typed: str) -> str:
    """Return text of several lines, cleaned. Spaces at the ends of lines and of the text stay."""
    if typed.isascii() and typed.isprintable():
        return typed
    text = _SPACES.sub(" ", _ENDS_OF_LINES.sub("\n", typed))
    return unicodedata.normalize("NFC", _STRAY_SHAPERS.sub("", _UNSEEN.sub("", text)))


def clean_line(typed: str) -> str:
    """Return text of one line, cleaned: every run of whitespace becomes one space, and none is at the ends."""
    return " ".join(clean_text(typed).split())
