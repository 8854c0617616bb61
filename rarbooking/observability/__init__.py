"""Observability: logs, metrics, traces, health checks, error reports."""
