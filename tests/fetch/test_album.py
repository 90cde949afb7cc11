"""startwin.gallery.fetch.album: what lies in the photos folder, before and after."""

import json
from pathlib import Path

import pytest

from startwin.gallery.credit import read_sidecar
from startwin.gallery.people import census
from tests.fetch.conftest import ADA, Fetcher, ada
from tests.wikimedia import Wikimedia


def test_what_is_there_is_not_fetched_again(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    fetcher(ADA)
    wikimedia.log.clear()
    assert str(fetcher()) == "1 had a photo already"
    assert wikimedia.log.entries() == []


def test_photos_of_the_operators_own_are_left_alone(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    own = fetcher.photos / "Ada Example.png"
    own.write_bytes(b"mine")
    assert str(fetcher(ADA, refresh=True)) == "1 had a photo already"
    assert own.read_bytes() == b"mine"
    assert wikimedia.log.entries() == []


def test_where_the_catalogue_names_a_file_it_goes_there(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    fetcher(ADA | {"photo": "stars/ada.jpeg"})
    assert (fetcher.photos / "stars" / "ada.jpeg").read_bytes() == portrait
    assert census(fetcher.photos).problems == []


def test_refresh_asks_whether_a_picture_has_changed(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    fetcher(ADA)
    wikimedia.log.clear()
    wikimedia.world.file("Ada E.jpg", portrait, license="cc-by-2.0", author="Jane D.")
    assert str(fetcher(refresh=True)) == "1 unchanged"
    (request,) = wikimedia.log.entries("uploads")
    assert request.status == 304
    sidecar = read_sidecar(fetcher.photos / "ada-example.jpg")
    assert sidecar is not None
    assert sidecar.author == "Jane D."

    other = (Path(__file__).parent.parent / "photos" / "Eileen Collins.jpg").read_bytes()
    wikimedia.world.file("Ada E.jpg", other, license="pd")
    assert str(fetcher(refresh=True)) == "1 fetched"
    assert (fetcher.photos / "ada-example.jpg").read_bytes() == other


def test_refresh_keeps_what_it_cannot_renew_and_says_so(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    fetcher(ADA)
    wikimedia.world.file("Ada E.jpg", portrait, license="fair use")
    assert str(fetcher(refresh=True)) == "1 refused by licence"
    assert fetcher.outcome("ada-example").detail.endswith(
        "; ada-example.jpg, fetched before, was kept"
    )
    assert "ada-example.jpg" in fetcher.files


@pytest.mark.parametrize("credit", ['{"licence": "mine"}', ""])
def test_nothing_is_written_over_a_photo_that_was_not_fetched(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes, credit: str
) -> None:
    ada(wikimedia, portrait)
    own = fetcher.photos / "mine.jpg"
    own.write_bytes(b"mine")
    (fetcher.photos / "mine.jpg.credit.json").write_text(credit)
    fetcher(ADA | {"photo": "mine.jpg"})
    assert fetcher.outcome("ada-example").detail.endswith("was not fetched, and is left as it is")
    assert own.read_bytes() == b"mine"


@pytest.mark.parametrize(
    "photo", ["catalog.json/x.jpg", "y" * 300 + ".jpg", ".", "a\0.jpg", "x.txt"]
)
def test_a_place_that_no_picture_can_have_is_one_persons_trouble(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes, photo: str
) -> None:
    ada(wikimedia, portrait)
    wikimedia.world.person("Q2", "Ben", portrait="Ben.jpg")
    wikimedia.world.file("Ben.jpg", portrait)
    summary = fetcher(ADA | {"photo": photo}, {"name": "Ben"})
    assert str(summary) == "1 fetched, 1 failed"


def test_photos_that_are_called_alike_in_different_folders(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    people = []
    for n in range(60):
        host, site = wikimedia.site(f"site {n}")
        site.put("/a.jpg", portrait)
        credit = {"license": "CC0", "author": f"author {n}"}
        person = {"name": f"P {n}", "photo_url": f"{host.url}/a.jpg", "photo_credit": credit}
        people.append(person | {"photo": f"{n}/portrait.jpg"})
    assert str(fetcher(*people)) == "60 fetched"
    for n in range(60):
        sidecar = read_sidecar(fetcher.photos / f"{n}" / "portrait.jpg")
        assert sidecar is not None
        assert sidecar.author == f"author {n}"


def test_a_picture_of_another_format_takes_the_place(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    fetcher(ADA)
    png = b"\x89PNG\r\n\x1a\n" + b"anything"
    wikimedia.world.file("Ada.png", png, license="pd", mime="image/png")
    wikimedia.world.person("Q1", "Ada Example", born=1956, occupations="Q100", portrait="Ada.png")
    assert str(fetcher(refresh=True)) == "1 fetched"
    assert fetcher.files == {"ada-example.png", "ada-example.png.credit.json"}


def test_an_alias_that_no_file_can_have(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    host, site = wikimedia.site("blog")
    site.put("/a.jpg", portrait)
    where = {"photo_url": f"{host.url}/a.jpg", "photo_credit": {"license": "CC0"}}
    fetcher({"name": "Ada", "alias": "a/../../b"} | where)
    assert "give the person another alias" in fetcher.outcome("a/../../b").detail
    assert json.loads((fetcher.photos / "fetched.json").read_text())["entries"][0]["alias"]
