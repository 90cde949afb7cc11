"""startwin.gallery.fetch.fetching: who gets which picture, and what is told of the others."""

import json

import pytest
from PIL import Image

from startwin.errors import GalleryError
from startwin.gallery.credit import read_sidecar
from startwin.gallery.fetch.finding import Kind
from startwin.gallery.fetch.summary import read_summary
from startwin.gallery.people import census
from tests.conftest import encoded
from tests.fetch.conftest import ADA, CONTACT, Fetcher, ada
from tests.wikimedia import Wikimedia, deprecated, preferred
from tests.wikimedia.claims import Claim
from tests.wikimedia.faults import refuse
from tests.wikimedia.garbage import body


def test_a_portrait_comes_with_its_credit(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    summary = fetcher(ADA)
    assert str(summary) == "1 fetched"
    assert fetcher.files == {"ada-example.jpg", "ada-example.jpg.credit.json"}
    photo = fetcher.photos / "ada-example.jpg"
    assert photo.read_bytes() == portrait
    sidecar = read_sidecar(photo)
    assert sidecar is not None
    assert (sidecar.author, sidecar.license) == ("Jane Doe", "CC BY 2.0")
    assert sidecar.license_url == "https://creativecommons.org/licenses/by/2.0"
    assert sidecar.source == "https://commons.wikimedia.org/wiki/File:Ada_E.jpg"
    assert (sidecar.alias, sidecar.wikidata) == ("ada-example", "Q1")
    assert "| ada-example.jpg | Ada Example | Jane Doe | [CC BY 2.0](https://" in (
        fetcher.photos / "CREDITS.md"
    ).read_text("utf-8")


def test_a_build_finds_who_it_is_and_whose(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    fetcher(ADA)
    found = census(fetcher.photos)
    assert [candidate.person.name for candidate in found.candidates] == ["Ada Example"]
    assert [credit.author for credit in found.credits.values()] == ["Jane Doe"]
    assert found.problems == []


def test_every_request_says_who_asks(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    fetcher(ADA)
    (agent,) = wikimedia.log.user_agents()
    assert agent.startswith("StarTwinBot/")
    assert f"({CONTACT}) urllib3/" in agent


def test_the_best_portrait_is_taken(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    names: list[str | Claim] = ["Normal.jpg", preferred("Best.jpg"), deprecated("Wrong.jpg")]
    wikimedia.world.person("Q1", "Ada Example", portrait=names)
    for name in ("Normal.jpg", "Best.jpg", "Wrong.jpg"):
        wikimedia.world.file(name, portrait, author=name)
    fetcher({"name": "Ada Example"})
    sidecar = read_sidecar(fetcher.photos / "ada-example.jpg")
    assert sidecar is not None
    assert sidecar.author == "Best.jpg"


def test_moved_files_and_merged_items_are_followed(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    wikimedia.world.person("Q1", "Ada Example", portrait="Old_name.jpg")
    wikimedia.world.redirect("Q99", "Q1")
    wikimedia.world.file("New name.jpg", portrait)
    wikimedia.world.rename("Old name.jpg", "New name.jpg")
    fetcher({"name": "Somebody", "wikidata": "Q99"})
    assert fetcher.outcome("somebody").kind is Kind.FETCHED
    sidecar = read_sidecar(fetcher.photos / "somebody.jpg")
    assert sidecar is not None
    assert sidecar.wikidata == "Q1"


def test_large_pictures_come_in_a_fitting_size(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    large = encoded(Image.new("RGB", (1400, 700)), "JPEG")
    wikimedia.world.file("Ada E.jpg", large, license="pd")
    fetcher(ADA)
    assert wikimedia.log.entries("uploads") == []
    (request,) = wikimedia.log.entries("thumbs")
    assert "/960px-" in request.target


@pytest.mark.parametrize("license", ["cc-by-nc-2.0", "gfdl", "fair use", None])
def test_other_licences_are_refused(
    fetcher: Fetcher,
    wikimedia: Wikimedia,
    portrait: bytes,
    license: str | None,  # noqa: A002
) -> None:
    ada(wikimedia, portrait)
    wikimedia.world.file("Ada E.jpg", portrait, license=license)
    summary = fetcher(ADA)
    assert str(summary) == "1 refused by licence"
    assert fetcher.outcome("ada-example").detail.endswith("/File:Ada_E.jpg")
    assert fetcher.files == set()
    assert wikimedia.log.entries("uploads", "thumbs") == []


@pytest.mark.parametrize("license", ["pd", "cc0", "cc-by-3.0-de", "cc-by-sa-4.0"])
def test_free_ones_are_taken(
    fetcher: Fetcher,
    wikimedia: Wikimedia,
    portrait: bytes,
    license: str,  # noqa: A002
) -> None:
    ada(wikimedia, portrait, license)
    assert str(fetcher(ADA)) == "1 fetched"


def test_a_narrower_list_of_licences(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait, "cc-by-sa-4.0")
    assert str(fetcher(ADA, licenses=frozenset(["pd"]))) == "1 refused by licence"


def test_namesakes_are_told_and_a_number_decides(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    wikimedia.world.person(
        "Q2", "Ada Example", born=1956, occupations="Q100", descriptions="French actress"
    )
    summary = fetcher(ADA)
    assert str(summary) == "1 ambiguous"
    assert fetcher.outcome("ada-example").candidates == (
        "Q1: Ada Example, born 1956, no description",
        "Q2: Ada Example, born 1956, French actress",
    )
    assert str(fetcher(ADA | {"wikidata": "Q1"})) == "1 fetched"


def test_films_and_characters_are_nobody(fetcher: Fetcher, wikimedia: Wikimedia) -> None:
    wikimedia.world.item("Q1", "Ada Example", descriptions="film about an actress", P31="Q11424")
    assert str(fetcher(ADA)) == "1 missing"


def test_nobody_and_no_portrait(fetcher: Fetcher, wikimedia: Wikimedia) -> None:
    wikimedia.world.person("Q1", "Bob Bare", born=1950)
    fetcher({"name": "Bob Bare"}, {"name": "No One"}, {"name": "Lost", "wikidata": "Q77"})
    assert fetcher.outcome("bob-bare").detail.startswith("Wikidata has no portrait of Q1: Bob Bare")
    assert fetcher.outcome("no-one").kind is Kind.MISSING
    assert fetcher.outcome("lost").detail == "Wikidata has no item Q77"


def test_names_in_another_language(fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes) -> None:
    wikimedia.world.person(
        "Q1", {"en": "Ada Example", "ru": "Ада Пример"}, portrait="Ada.jpg", born=1956
    )
    wikimedia.world.file("Ada.jpg", portrait)
    person = {"name": "Ада Пример", "birth_year": 1956}
    assert str(fetcher(person, language="ru")) == "1 fetched"
    assert fetcher.files == {"ада-пример.jpg", "ада-пример.jpg.credit.json"}


def test_photo_url_with_the_catalogues_credit(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    host, site = wikimedia.site("blog")
    site.put("/a.jpg", portrait)
    person = {"name": "Ada Example", "photo_url": f"{host.url}/a.jpg"}
    credit = {"license": "CC BY 4.0", "author": "Joe"}
    assert str(fetcher(person | {"photo_credit": credit})) == "1 fetched"
    sidecar = read_sidecar(fetcher.photos / "ada-example.jpg")
    assert sidecar is not None
    assert (sidecar.author, sidecar.license) == ("Joe", "CC BY 4.0")
    assert wikimedia.log.entries("wikidata") == []


def test_photo_url_without_a_licence_has_to_be_allowed(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    host, site = wikimedia.site("blog")
    site.put("/a.jpg", portrait)
    person = {"name": "Ada Example", "photo_url": f"{host.url}/a.jpg"}
    assert str(fetcher(person)) == "1 refused by licence"
    assert wikimedia.log.entries("blog") == []
    assert str(fetcher(person, licenses=frozenset(["unknown"]))) == "1 fetched"


def test_where_a_photo_url_fails_wikidata_is_asked(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    host, _ = wikimedia.site("blog")
    gone = {"photo_url": f"{host.url}/gone.jpg", "photo_credit": {"license": "CC0"}}
    assert str(fetcher(ADA | gone)) == "1 fetched"
    assert len(wikimedia.log.entries("blog")) == 1


def test_what_is_most_worth_telling_of_two_sources(fetcher: Fetcher, wikimedia: Wikimedia) -> None:
    host, _ = wikimedia.site("blog")
    gone = {"photo_url": f"{host.url}/gone.jpg", "photo_credit": {"license": "CC0"}}
    fetcher({"name": "No One"} | gone)
    outcome = fetcher.outcome("no-one")
    assert outcome.kind is Kind.FAILED
    assert outcome.detail == "answered 404"


def test_a_photo_url_on_commons_is_credited_by_commons(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    wikimedia.world.file("Ada E.jpg", portrait, author="Jane Doe")
    page = "https://commons.wikimedia.org/wiki/File:Ada_E.jpg"
    assert str(fetcher({"name": "Ada Example", "photo_url": page})) == "1 fetched"
    sidecar = read_sidecar(fetcher.photos / "ada-example.jpg")
    assert sidecar is not None
    assert sidecar.author == "Jane Doe"


def test_who_is_left_out_is_neither_looked_for_nor_named(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    fetcher(ADA)
    (fetcher.photos / "leave-out.txt").write_text("Ada Example\nno-one\n")
    wikimedia.log.clear()
    summary = fetcher(ADA, {"name": "No One"})
    assert str(summary) == "nobody in the catalogue"
    assert wikimedia.log.entries() == []
    assert "Ada" not in (fetcher.photos / "CREDITS.md").read_text("utf-8")


def test_half_a_character_in_an_answer(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    about = {"LicenseShortName": {"value": "CC0"}}
    about["Artist"] = {"value": "A\ud83d B\udc00 \U0001f600"}
    url = wikimedia.uploads.url + wikimedia.world.files["Ada E.jpg"].path
    info = {"url": url, "mime": "image/jpeg", "extmetadata": about}
    pages = {"query": {"pages": [{"title": "File:Ada E.jpg", "imageinfo": [info]}]}}
    wikimedia.faults.on("commons", body(json.dumps(pages).encode(), "application/json"))
    assert str(fetcher(ADA)) == "1 fetched"
    sidecar = read_sidecar(fetcher.photos / "ada-example.jpg")
    assert sidecar is not None
    assert sidecar.author == "A\ufffd B\ufffd \U0001f600"


def test_one_search_that_fails_is_told_and_tried_by_the_next_run(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    ada(wikimedia, portrait)
    wikimedia.faults.on("wikidata", refuse(403))
    assert str(fetcher(ADA)) == "1 failed"
    assert fetcher.outcome("ada-example").detail == "answered 403"
    assert str(fetcher()) == "1 fetched"


def test_the_summary_is_kept(fetcher: Fetcher) -> None:
    fetcher({"name": "No One"})
    kept = read_summary(fetcher.photos, census(fetcher.photos))
    assert kept is not None
    assert [(entry.alias, entry.kind) for entry in kept.entries] == [("no-one", Kind.MISSING)]


def test_without_a_catalogue(fetcher: Fetcher) -> None:
    with pytest.raises(GalleryError, match=r"there is no .*catalog.json: name a catalogue"):
        fetcher()
