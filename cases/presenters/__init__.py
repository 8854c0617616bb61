"""Presenters that pages of several apps share: names, and parts of a page, ready to print."""
