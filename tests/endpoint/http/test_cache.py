import threading

from hypothesis import given
from hypothesis import strategies as st

from endpoint.http.cache import AnswerCache, CachedBody


def test_what_was_kept_is_found() -> None:
    cache: AnswerCache[None] = AnswerCache(10_000)
    cache.put("a", CachedBody(b"x"))

    assert (cache.get("a"), cache.get("b"), len(cache)) == (CachedBody(b"x"), None, 1)


def test_the_least_used_goes_first() -> None:
    cache: AnswerCache[None] = AnswerCache(3000)
    for key in ("a", "b"):
        cache.put(key, CachedBody(b"x" * 800))
    cache.get("a")
    cache.put("c", CachedBody(b"x" * 800))

    assert [key for key in "abc" if cache.get(key)] == ["a", "c"]


def test_what_would_drive_out_all_else_is_not_kept() -> None:
    cache: AnswerCache[None] = AnswerCache(3000)
    cache.put("a", CachedBody(b"x" * 800))
    cache.put("b", CachedBody(b"x" * 2000))

    assert (cache.get("a") is not None, cache.get("b")) == (True, None)


def test_compressed_bytes_count_too() -> None:
    cache: AnswerCache[None] = AnswerCache(10_000)
    cache.put("a", CachedBody(b"x" * 100))
    cache.put("a", CachedBody(b"x" * 100, b"y" * 50))

    assert cache.size == CachedBody(b"x" * 100, b"y" * 50).weight
    assert len(cache) == 1


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 4000)), max_size=60))
def test_a_cache_never_holds_more_than_it_may(kept: list[tuple[str, int]]) -> None:
    cache: AnswerCache[None] = AnswerCache(6000)
    for key, size in kept:
        cache.put(key, CachedBody(b"x" * size))
        found = [content for key in "abcdefgh" if (content := cache.get(key))]
        assert sum(content.weight for content in found) == cache.size <= 6000


def test_only_the_first_of_a_flight_leads_and_the_others_get_its_outcome() -> None:
    cache: AnswerCache[str] = AnswerCache(0)
    pending, leads = cache.join("a")
    followers = [cache.join("a") for _ in range(3)]
    got: list[str | None] = []

    def wait() -> None:
        followers[0][0].is_done.wait(10)
        got.append(followers[0][0].result)

    thread = threading.Thread(target=wait)
    thread.start()
    cache.finish("a", "an answer")
    thread.join()

    assert leads
    assert [(found is pending, leads) for found, leads in followers] == [(True, False)] * 3
    assert got == ["an answer"]
    assert cache.join("a")[1]
