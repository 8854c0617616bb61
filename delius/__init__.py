"""The only room with a door to the outside: Delius, through HMPPS Auth, Community API and Delius API."""
