"""Who somebody is: sign-in at HMPPS Auth, sessions, and what is kept of both."""
