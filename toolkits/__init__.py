"""Reference data: the RAR toolkits, how they are recorded in Delius, and which teams use them from when."""
