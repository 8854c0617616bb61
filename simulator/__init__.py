"""A stand-in for Delius and the service in front of it, for demonstrations and tests.

It is another system: a process of its own with a database of its own, reached over HTTP only. It serves HMPPS Auth
under `/auth`, the integration service under `/delius`, Delius's own contact log under `/ndelius` and, for tests, a
control door under `/control`.
"""
