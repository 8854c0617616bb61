"""What workers do (`manage.py db_worker`)."""

from django_tasks import task


@task()
def send_audit_events() -> int:
    """Send the events that wait. Which ones they are is in the database, not in the task."""
    from audit.sending import send_waiting

    return send_waiting()
