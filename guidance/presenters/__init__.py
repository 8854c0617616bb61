"""Presenters: typed template contexts of guidance."""
