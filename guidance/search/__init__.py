"""Full-text search of published guidance on PostgreSQL and SQLite, with codes and fuzzy matching."""

from guidance.search.selector import SearchResult, search_guidance
from guidance.search.zero_results import record_zero_results

__all__ = ["SearchResult", "record_zero_results", "search_guidance"]
