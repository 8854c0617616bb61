"""Services of guidance."""
