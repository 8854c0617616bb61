"""The pages of the guidance section."""
