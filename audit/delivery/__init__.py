"""Sending audit events to the queue of HMPPS Audit."""
