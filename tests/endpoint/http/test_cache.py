import threading

from hypothesis import given
from hypothesis import strategies as st

from endpoint.http.cache import Cache, Kept


def test_what_was_kept_is_found() -> None:
    cache: Cache[None] = Cache(10_000)
    cache.keep("a", Kept(b"x"))

    assert (cache.find("a"), cache.find("b"), len(cache)) == (Kept(b"x"), None, 1)


def test_the_least_used_goes_first() -> None:
    cache: Cache[None] = Cache(3000)
    for key in ("a", "b"):
        cache.keep(key, Kept(b"x" * 800))
    cache.find("a")
    cache.keep("c", Kept(b"x" * 800))

    assert [key for key in "abc" if cache.find(key)] == ["a", "c"]


def test_what_would_drive_out_all_else_is_not_kept() -> None:
    cache: Cache[None] = Cache(3000)
    cache.keep("a", Kept(b"x" * 800))
    cache.keep("b", Kept(b"x" * 2000))

    assert (cache.find("a") is not None, cache.find("b")) == (True, None)


def test_compressed_bytes_count_too() -> None:
    cache: Cache[None] = Cache(10_000)
    cache.keep("a", Kept(b"x" * 100))
    cache.keep("a", Kept(b"x" * 100, b"y" * 50))

    assert cache.size == Kept(b"x" * 100, b"y" * 50).weight
    assert len(cache) == 1


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 4000)), max_size=60))
def test_a_cache_never_holds_more_than_it_may(kept: list[tuple[str, int]]) -> None:
    cache: Cache[None] = Cache(6000)
    for key, size in kept:
        cache.keep(key, Kept(b"x" * size))
        found = [content for key in "abcdefgh" if (content := cache.find(key))]
        assert sum(content.weight for content in found) == cache.size <= 6000


def test_only_the_first_of_a_flight_leads_and_the_others_get_its_outcome() -> None:
    cache: Cache[str] = Cache(0)
    flight, leads = cache.board("a")
    followers = [cache.board("a") for _ in range(3)]
    got: list[str | None] = []

    def wait() -> None:
        followers[0][0].landed.wait(10)
        got.append(followers[0][0].outcome)

    thread = threading.Thread(target=wait)
    thread.start()
    cache.land("a", "an answer")
    thread.join()

    assert leads
    assert [(found is flight, leads) for found, leads in followers] == [(True, False)] * 3
    assert got == ["an answer"]
    assert cache.board("a")[1]
