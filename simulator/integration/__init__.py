"""The integration service: the operations of its contract, a module for each of its tags."""
