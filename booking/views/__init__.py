"""Views, a module a part of the service: parse, call, render."""
