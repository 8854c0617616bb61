"""What workers do for guidance (`manage.py db_worker`)."""

from django_tasks import task


@task()
def publish_scheduled() -> int:
    """Publish every page whose moment has come. Which ones those are is written on the pages, not in the task."""
    from guidance.services.publishing import publish_due

    return publish_due()
