"""Background tasks of guidance, run by `manage.py db_worker`."""

from django_tasks import task

from guidance.services.publishing import publish_due


@task()
def publish_due_guidance() -> int:
    """Publish due pages. The schedule is in the pages' rows, not in the task."""
    return publish_due()
