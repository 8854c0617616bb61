"""Authentication with HMPPS Auth (OAuth2), sessions, encryption of refresh tokens, safe redirects."""
