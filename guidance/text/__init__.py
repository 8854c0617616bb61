"""The text of guidance: structure, Markdown and text cleaning."""
