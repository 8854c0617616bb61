"""Presenters: typed template contexts, a module for each page."""
