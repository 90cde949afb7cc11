"""startwin.gallery.fetch.guard: only the public internet is reached."""

import socket
from typing import Any

import pytest

from startwin.gallery.fetch.finding import Kind
from startwin.gallery.fetch.guard import is_public
from startwin.gallery.fetch.terms import Terms
from tests.fetch.conftest import CONTACT, Fetcher
from tests.wikimedia import Wikimedia


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def guarded(fetcher: Fetcher, url: str) -> str:
    """What comes of an address without ``--allow-private``."""
    person = {"name": "Ada", "photo_url": url, "photo_credit": {"license": "CC0"}}
    # Wikidata's stand-in is private as well, and tells nothing of what was asked first.
    fetcher(person, terms=Terms(CONTACT))
    assert fetcher.outcome("ada").kind is Kind.FAILED
    assert fetcher.files == set()
    return fetcher.outcome("ada").detail


@pytest.mark.parametrize("host", ["127.0.0.9", "localhost", "0x7f.1", "2130706433", "[::1]"])
def test_nothing_private_is_connected_to(fetcher: Fetcher, wikimedia: Wikimedia, host: str) -> None:
    server, _ = wikimedia.site("inner")
    port = server.address[1]
    assert "is a private address" in guarded(fetcher, f"http://{host}:{port}/a.jpg")
    assert wikimedia.log.entries() == []


def test_a_name_that_leads_inside(
    fetcher: Fetcher, wikimedia: Wikimedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's resolver is somebody else's; a name server of ours would need root."""
    server, _ = wikimedia.site("inner")
    real = socket.getaddrinfo

    def resolve(host: Any, *more: Any, **options: Any) -> Any:
        return real("127.0.0.1" if host == "star.example" else host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"http://star.example:{server.address[1]}/a.jpg"
    assert guarded(fetcher, url).startswith("star.example is a private address")


@pytest.mark.parametrize(
    "url", ["http://", "http:///a.jpg", "https://[::1/a.jpg", "http://a b/c.jpg", "http://x:99999/"]
)
def test_what_is_no_address(fetcher: Fetcher, url: str) -> None:
    assert guarded(fetcher, url)
