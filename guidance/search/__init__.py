"""Finding guidance: what people read, by words, codes and near misses, on PostgreSQL and on SQLite."""

from guidance.search.fruitless import record_fruitless
from guidance.search.selector import Found, search

__all__ = ["Found", "record_fruitless", "search"]
