"""The integration service: a module for each tag of its contract."""
