"""The only way to Delius: the client of HMPPS Auth and the integration service, its cache, and the mirror."""
