#!/bin/sh
# Run the tests that touch the database once more, on PostgreSQL: TEST_DATABASE_URL if it is set, else a server on
# 127.0.0.1:5432 that lets the user postgres in. Where there is none, say so loudly.
set -eu
url=${TEST_DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres}
if ! .venv/bin/python -c "import psycopg, sys; psycopg.connect(sys.argv[1], connect_timeout=3).close()" "$url" 2>/dev/null; then
    echo
    echo "************************************************************************************"
    echo "* NOT TESTED ON POSTGRESQL: no server at ${url}"
    echo "* Set TEST_DATABASE_URL, or start one on 127.0.0.1:5432, to run these tests."
    echo "************************************************************************************"
    exit 0
fi
echo "Once more on PostgreSQL:"
DATABASE_URL="$url" exec .venv/bin/pytest -n auto --dist worksteal -m "not browser" \
    tests/booking tests/toolkits \
    tests/faults/test_simultaneous.py tests/faults/test_state_machine.py tests/faults/test_between_bookings.py
