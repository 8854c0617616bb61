"""What the pages of the guidance section show, ready to print."""
