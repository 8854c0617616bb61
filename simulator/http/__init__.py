"""Requests, responses and the server that every part shares."""
