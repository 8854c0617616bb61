"""What workers do (`manage.py db_worker`)."""

from django_tasks import task

from audit.delivery.sending import send_waiting


@task()
def send_audit_events() -> int:
    """Send the events that wait. Which ones they are is in the database, not in the task."""
    return send_waiting()
