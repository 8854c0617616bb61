"""What other rooms show of changes of appointments, through a global of the pages (rarbooking/web/jinja2.py)."""

from appointments.presenters.changes import ChangeNews, news_of
from appointments.selectors import changes_to_report


def change_news(user_id: int) -> list[ChangeNews]:
    """Return the notifications about the user's changes of appointments, the oldest first."""
    return news_of(changes_to_report(user_id=user_id))
