"""Background tasks (`manage.py db_worker`)."""

from django_tasks import task

from audit.delivery.sending import send_due_events


@task()
def send_audit_events() -> int:
    """Send the due events of the outbox."""
    return send_due_events()
