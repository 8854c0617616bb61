"""Measuring: how fast the product is, how it grows, and whether it stays right under load."""
