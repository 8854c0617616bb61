"""Mirror of toolkit NSIs and their appointments: sync from the feed of changes, selectors, retention."""
