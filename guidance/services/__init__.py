"""What the guidance section does."""
