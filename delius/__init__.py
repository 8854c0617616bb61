"""Client of HMPPS Auth and the integration service, read cache, and mirror: the only app that calls Delius."""
