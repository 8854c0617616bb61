"""What is the same for everybody is kept in the process for some seconds, and let go."""

import time
from collections.abc import Callable

import pytest
import time_machine
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache as Elsewhere
from pytest_django import Settings

from delius.reads.cache import key, reference_key
from rarbooking.web.caches import LocMemCache

NEAR = "toolkits:all"
FAR = "delius:of-one-person"
SECONDS = 10


@pytest.fixture
def cache() -> LocMemCache:
    kept = LocMemCache("near", {"NEAR_SECONDS": SECONDS, "NEAR_PREFIXES": ("toolkits:",)})
    kept.clear()
    return kept


@pytest.fixture
def another_process() -> Elsewhere:
    """What another process sees and changes: the same store, without near copies."""
    return Elsewhere("near", {})


def test_what_another_process_changed_is_seen_when_the_copy_has_aged(
    cache: LocMemCache, another_process: Elsewhere
) -> None:
    cache.set(NEAR, "old")
    another_process.set(NEAR, "new")
    assert cache.get(NEAR) == "old"
    with time_machine.travel(time.time() + SECONDS, tick=False):
        assert cache.get(NEAR) == "new"


def test_a_clock_that_is_set_back_keeps_no_copy_longer(cache: LocMemCache, another_process: Elsewhere) -> None:
    cache.set(NEAR, "old")
    another_process.set(NEAR, "new", timeout=None)
    with time_machine.travel(time.time() - SECONDS - 1, tick=False):
        assert cache.get(NEAR) == "new"


@pytest.mark.parametrize(
    "let_go",
    [
        lambda cache: cache.delete(NEAR),
        lambda cache: cache.delete_many([NEAR]),
        lambda cache: cache.clear(),
    ],
    ids=["delete", "delete many", "clear"],
)
def test_what_this_process_lets_go_is_gone_at_once(cache: LocMemCache, let_go: Callable[[LocMemCache], None]) -> None:
    cache.set(NEAR, "old")
    let_go(cache)
    assert cache.get(NEAR) is None
    assert cache.get_many([NEAR]) == {}


def test_what_this_process_writes_is_read_at_once(cache: LocMemCache) -> None:
    cache.set(NEAR, "old")
    cache.set_many({NEAR: "new"})
    assert cache.get_many([NEAR, FAR]) == {NEAR: "new"}


def test_what_is_of_one_person_is_never_kept_in_the_process(cache: LocMemCache, another_process: Elsewhere) -> None:
    cache.set(FAR, "old")
    assert cache.get_many([FAR]) == {FAR: "old"}
    another_process.delete(FAR)
    assert cache.get(FAR) is None


def test_only_what_is_the_same_for_everybody_has_copies(settings: Settings) -> None:
    near = tuple(settings.CACHES["default"]["NEAR_PREFIXES"])
    assert reference_key("appointment-types").startswith(near)
    for of_one in (key("case", "X000001", "ROBIN.SAMPLE"), key("staff", "ROBIN.SAMPLE"), "delius-token:0"):
        assert not of_one.startswith(near)


def test_copies_can_be_done_without(another_process: Elsewhere) -> None:
    plain = LocMemCache("near", {"NEAR_SECONDS": 0, "NEAR_PREFIXES": ("toolkits:",)})
    plain.set(NEAR, "old")
    another_process.set(NEAR, "new")
    assert plain.get(NEAR) == "new"


def test_the_process_keeps_so_many_copies_and_no_more(cache: LocMemCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rarbooking.web.caches.MAX_NEAR", 3)
    for number in range(10):
        cache.set(f"toolkits:{number}", number)
    assert [cache.get(f"toolkits:{number}") for number in range(10)] == list(range(10))


def test_the_products_cache_is_one_with_copies() -> None:
    assert isinstance(caches["default"], LocMemCache)
