"""Quality checks of guidance: broken links, reading age, missing content."""
