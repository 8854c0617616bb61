"""What workers do for guidance (`manage.py db_worker`)."""

from django_tasks import task

from guidance.services.publishing import publish_due


@task()
def publish_due_guidance() -> int:
    """Publish what is due. Which pages are is written on the pages, not in the task."""
    return publish_due()
