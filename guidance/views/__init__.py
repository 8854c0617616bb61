"""Views of guidance."""
