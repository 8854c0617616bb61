#!/bin/sh
# Run the tests that are marked `database` once more, on PostgreSQL: TEST_DATABASE_URL if it is set, else a server on
# 127.0.0.1:5432 that lets the user postgres in, else one of our own for as long as the tests run, where its binaries are
# installed. Where there is none of these, say so loudly.
set -eu

reachable() {
    .venv/bin/python -c "import psycopg, sys; psycopg.connect(sys.argv[1], connect_timeout=3).close()" "$1" 2>/dev/null
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

stop_own_server() {
    as_postgres "$binaries/pg_ctl" -D "$cluster/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$cluster"
}

start_own_server() {
    binaries=$(find /usr/lib/postgresql /usr/local/pgsql -name initdb 2>/dev/null | sort -V | tail -1)
    binaries=$(dirname "${binaries:-$(command -v initdb || true)}")
    [ -x "$binaries/initdb" ] || return 1
    cluster=$(mktemp -d)
    trap stop_own_server EXIT INT TERM
    [ "$(id -u)" != 0 ] || chown postgres "$cluster"
    port=$(.venv/bin/python -c "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])")
    as_postgres "$binaries/initdb" -D "$cluster/data" -U postgres -A trust >/dev/null || return 1
    as_postgres "$binaries/pg_ctl" -D "$cluster/data" -w -l "$cluster/log" \
        -o "-c listen_addresses=127.0.0.1 -p $port -k $cluster -c fsync=off" start >/dev/null || return 1
    url="postgres://postgres@127.0.0.1:$port/postgres"
}

url=${TEST_DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres}
if ! reachable "$url"; then
    asked=$url
    if [ -n "${TEST_DATABASE_URL:-}" ] || ! start_own_server; then
        echo
        echo "************************************************************************************"
        echo "* NOT TESTED ON POSTGRESQL: no server at ${asked}"
        echo "* Set TEST_DATABASE_URL, or install PostgreSQL, to run these tests."
        echo "************************************************************************************"
        exit 0
    fi
fi
echo "On PostgreSQL:"
# Only the files that have such tests: collecting all takes as long as some hundred of them.
DATABASE_URL="$url" .venv/bin/pytest -n auto --dist worksteal -m "database and not browser" \
    $(grep --recursive --files-with-matches --include="test_*.py" "mark\.database" tests)
