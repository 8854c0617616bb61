"""What can be seen from outside: logs, metrics, traces, health, error reports."""
