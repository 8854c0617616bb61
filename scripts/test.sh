#!/usr/bin/env bash
# All tests, and at the same time those that ask the database on PostgreSQL, whose output comes last.
set -u
cd "$(dirname "$0")/.."
mkdir -p var
scripts/test_on_postgresql.sh > var/test-postgresql.log 2>&1 &
postgresql=$!
.venv/bin/pytest -n auto --dist worksteal --durations=20 --durations-min=1
sqlite_status=$?
wait "$postgresql"
postgresql_status=$?
cat var/test-postgresql.log
exit $((sqlite_status || postgresql_status))
