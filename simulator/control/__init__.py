"""The control API, and the injection of the faults that it asks for."""
