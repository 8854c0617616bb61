"""What the platform asks of the service: whether it lives, whether it can work, what it leans on, and what it is."""
