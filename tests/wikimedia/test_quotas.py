"""Quotas refuse exactly those who are too many."""

from concurrent.futures import ThreadPoolExecutor

from tests.wikimedia import Wikimedia
from tests.wikimedia.client import get
from tests.wikimedia.quotas import Crowd, Quota
from tests.wikimedia.transport import Stall


def test_the_third_of_two_is_refused_on_whatever_host(wikimedia: Wikimedia) -> None:
    quota = Quota(2, 3600)
    for host in ("wikidata", "commons"):
        wikimedia.faults.on(host, quota, times=None)
    urls = [wikimedia.wikidata.url, wikimedia.commons.url, wikimedia.wikidata.url]
    replies = [get(url) for url in urls]
    assert [reply.status for reply in replies] == [404, 404, 429]
    assert 3590 < int(replies[2].headers["retry-after"]) <= 3600
    assert quota.refused == 1


def test_a_quota_fills_up_again(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("wikidata", Quota(1, 0), times=None)
    assert [get(wikimedia.wikidata.url).status for _ in range(3)] == [404, 404, 404]


def test_more_at_once_than_allowed(wikimedia: Wikimedia) -> None:
    first, crowd = Stall(), Crowd(1, "uploads", "thumbs")
    wikimedia.faults.on("uploads", first)
    wikimedia.faults.on("thumbs", crowd, times=None)
    with ThreadPoolExecutor(1) as clients:
        held = clients.submit(get, wikimedia.uploads.url)
        wikimedia.log.await_under_way(1, "uploads")
        assert get(wikimedia.thumbs.url).status == 429
        first.release()
        assert held.result().status == 404
    assert get(wikimedia.thumbs.url).status == 404
    assert crowd.refused == 1
