"""The product on PostgreSQL, with Redis, and under gunicorn, each a real process."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.servers import Postgres, Redis, Site, environment, manage, serving

needs_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not here")


@pytest.fixture
def redis() -> Iterator[Redis]:
    server = Redis()
    server.start()
    yield server
    server.stop()


def down(site: Site) -> set[str]:
    components = site.get("/health/readiness").json()["components"]
    return {name for name, each in components.items() if each["status"] != "UP"}


@pytest.mark.parametrize("pool_size", ["0", "3"])
def test_readiness_tells_of_a_database_that_goes_away_and_of_its_return(postgres: Postgres, pool_size: str) -> None:
    with serving("--workers=1", DATABASE_URL=postgres.url, DATABASE_POOL_SIZE=pool_size) as site:
        assert (site.get("/health/readiness").status_code, down(site)) == (200, set())
        postgres.stop()
        try:
            answer = site.get("/health/readiness")
            assert answer.status_code == 503
            assert not re.search(rf"127\.0\.0\.1|{postgres.port}|psycopg|refused", answer.text)
            assert down(site) == {"db", "migrations"}
            assert site.get("/health/liveness").status_code == 200
            assert "rarbooking_database_up 0.0" in site.metrics()
        finally:
            postgres.start()
        # A request waits for the pool, which tries again by itself every few seconds.
        assert any(down(site) == set() for _ in range(5))


def test_the_pool_never_opens_more_connections_than_it_may(postgres: Postgres) -> None:
    count = "select count(*) from pg_stat_activity where application_name = 'the-pool'"
    url = f"{postgres.url}?application_name=the-pool"
    with serving("--workers=1", "--threads=8", DATABASE_URL=url, DATABASE_POOL_SIZE="2") as site:
        for _ in range(12):
            assert site.get("/health/readiness").status_code == 200
        kept = int(postgres.sql(count))
    assert 1 <= kept <= 2


@needs_redis
def test_readiness_tells_of_redis_going_away_and_of_its_return(redis: Redis, sqlite_url: str) -> None:
    with serving("--workers=1", DATABASE_URL=sqlite_url, CACHE_URL=redis.url) as site:
        assert down(site) == set()
        redis.stop()
        assert down(site) == {"cache"}
        redis.start()
        assert down(site) == set()


@needs_redis
def test_with_redis_what_one_process_keeps_another_one_finds(redis: Redis) -> None:
    keep = "from django.core.cache import cache; cache.set('kept', {'of': 'one process'}, 60)"
    assert manage("shell", "--command", keep, CACHE_URL=redis.url).returncode == 0
    found = manage(
        "shell", "--command", "from django.core.cache import cache; print(cache.get('kept'))", CACHE_URL=redis.url
    )
    assert "{'of': 'one process'}" in found.stdout


@needs_redis
def test_nothing_is_read_from_redis_that_somebody_else_wrote(redis: Redis, tmp_path: Path) -> None:
    trap = tmp_path / "was-run"
    attack = "\n".join(
        [
            "import pathlib, pickle, redis",
            "from django.core.cache import cache",
            "from django.conf import settings",
            f"class Trap:\n    def __reduce__(self): return pathlib.Path.touch, (pathlib.Path({str(trap)!r}),)",
            "cache.set('signed', 'ours', 60)",
            "server = redis.Redis.from_url(settings.CACHES['default']['LOCATION'])",
            "ours = server.get(cache.make_key('signed'))",
            "server.set(cache.make_key('pickled'), pickle.dumps(Trap()))",
            "server.set(cache.make_key('changed'), ours[:32] + pickle.dumps(Trap()))",
            "server.set(cache.make_key('cut'), ours[:20])",
            "cache.set('number', -7, 60)",
            "print(cache.get('signed'), cache.get('number'))",
            "for key in ('pickled', 'changed', 'cut'):",
            "    try: print(cache.get(key))",
            "    except Exception as error: print(type(error).__name__)",
        ]
    )
    said = manage("shell", "--command", attack, CACHE_URL=redis.url)
    assert said.stdout.split()[-5:] == ["ours", "-7", "TamperedEntry", "TamperedEntry", "TamperedEntry"], said.stderr
    assert not trap.exists()


@needs_redis
def test_what_was_kept_under_an_earlier_secret_key_is_not_met(redis: Redis) -> None:
    keep = "from django.core.cache import cache; cache.set('kept', 'earlier', 60)"
    assert manage("shell", "--command", keep, CACHE_URL=redis.url).returncode == 0
    read = "from django.core.cache import cache; print(cache.get('kept', 'nothing'))"
    assert "earlier" in manage("shell", "--command", read, CACHE_URL=redis.url).stdout
    later = manage("shell", "--command", read, CACHE_URL=redis.url, SECRET_KEY="another-secret-" + "y" * 40)
    assert "nothing" in later.stdout


def test_without_a_cache_url_each_process_keeps_its_own_in_memory() -> None:
    shown = manage("shell", "--command", "from django.conf import settings; print(settings.CACHES['default'])")
    assert "LocMemCache" in shown.stdout
    assert "20000" in shown.stdout


def test_requests_that_several_processes_answered_are_counted_together(sqlite_url: str) -> None:
    with serving("--workers=3", "--threads=1", DATABASE_URL=sqlite_url) as site:
        for _ in range(30):
            assert site.get("/health/liveness").status_code == 200
        counted = re.search(r'^django_http_responses_total_by_status_total\{status="200"\} (\S+)', site.metrics(), re.M)
    assert counted
    assert float(counted[1]) == 30


def test_no_request_is_taken_whose_end_two_servers_could_see_differently(sqlite_url: str) -> None:
    framings = (
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 50",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
        "Content-Length: +4",
    )
    smuggled = "0\r\n\r\nGET /health/liveness HTTP/1.1\r\nHost: rarbooking.example\r\n\r\n"
    with serving("--workers=1", DATABASE_URL=sqlite_url) as site:
        for framing in framings:
            head = f"POST /sign-out/ HTTP/1.1\r\nHost: rarbooking.example\r\n{framing}\r\n\r\n"
            answer = site.send((head + smuggled).encode())
            assert re.match(rb"HTTP/1\.1 (400|501) ", answer), framing
            assert answer.count(b"HTTP/1.1 ") == 1, framing


def test_a_server_that_is_told_to_stop_ends_well_and_leaves_no_files_behind(sqlite_url: str, tmp_path: Path) -> None:
    with serving(DATABASE_URL=sqlite_url, TMPDIR=str(tmp_path)) as site:
        assert site.get("/health/readiness").status_code == 200
        assert list(tmp_path.glob("rarbooking-metrics-*"))
    assert site.process.returncode == 0
    assert not list(tmp_path.glob("rarbooking-metrics-*"))


def test_a_production_environment_asks_for_https_of_pages_but_not_of_probes(sqlite_url: str) -> None:
    assert "SECURE_SSL_REDIRECT" not in environment()
    with serving("--workers=1", DATABASE_URL=sqlite_url) as site:
        plain = {"X-Forwarded-Proto": "http"}
        assert site.get("/signed-out/", **plain).status_code == 301
        for path in ("/health/liveness", "/health/readiness", "/info"):
            assert site.get(path, **plain).status_code == 200
        assert site.get("/health/liveness", Host="elsewhere.example").status_code == 400
