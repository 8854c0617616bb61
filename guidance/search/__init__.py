"""Finding guidance: what people read, by words, codes and near misses, on PostgreSQL and on SQLite."""

from guidance.search.selector import Found, search
from guidance.search.zero_results import record_fruitless

__all__ = ["Found", "record_fruitless", "search"]
