"""A simulator of Delius, HMPPS Auth and the integration service, for demonstrations and tests.

A separate system with its own process and database, used over HTTP only. It serves HMPPS Auth under `/auth`, the
integration service under `/delius`, Delius's contact log under `/ndelius`, and for tests a control API under
`/control`.
"""
