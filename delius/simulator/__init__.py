"""A stand-in for Delius and the services in front of it, for demonstrations and tests.

It is another system: a process of its own with a database of its own, reached over HTTP only. It serves HMPPS
Auth under `/auth`, Community API under `/community-api`, Delius API under `/delius-api` and, for tests, a control
door under `/control`.
"""
