"""The text of guidance: its structure, its Markdown, and cleaning what is pasted."""
