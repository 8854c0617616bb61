"""Mutation testing: change one thing in the product, and see whether a test notices. `make mutants`."""
