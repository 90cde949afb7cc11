"""startwin.gallery.credit, credits_page, and the credit's way to the words below a card."""

import json
from pathlib import Path

import pytest

from startwin.chat.replies import Replies
from startwin.errors import GalleryError
from startwin.gallery import Likeness, Person
from startwin.gallery.credit import UNKNOWN, Credit, Sidecar, family, read_sidecar, sidecar_path
from startwin.gallery.fetch.credits_page import renewed
from startwin.gallery.fetch.plan import LICENSES
from startwin.gallery.people import census


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Public domain", "pd"),
        ("pd", "pd"),
        ("PD-USGov", "pd"),
        ("CC0", "cc0"),
        ("CC0 1.0", "cc0"),
        ("cc-zero", "cc0"),
        ("CC BY 2.0", "cc-by"),
        ("cc_by-3.0-de", "cc-by"),
        ("CC BY-SA 4.0", "cc-by-sa"),
        ("cc-by-sa-3.0-migrated", "cc-by-sa"),
        ("CC BY-NC 2.0", "cc-by-nc-2.0"),
        ("CC BY-SA-NC 2.0", "cc-by-sa-nc-2.0"),
        ("CC BY-ND 4.0", "cc-by-nd-4.0"),
        ("GFDL", "gfdl"),
        ("CC BY NonCommercial 4.0", "cc-by-noncommercial-4.0"),
        ("CC BY 4.0 non commercial", "cc-by-4.0-non-commercial"),
        ("CC BY-NC4.0", "cc-by-nc4.0"),
        ("CC BY NoDerivs 2.0", "cc-by-noderivs-2.0"),
        ("CC0-NC", "cc0-nc"),
        ("PD-US only, non-free elsewhere", "pd-us-only,-non-free-elsewhere"),
        ("Creative Commons Attribution 4.0", "cc-by"),
        ("Creative Commons Attribution-ShareAlike 3.0 Unported", "cc-by-sa"),
        ("https://creativecommons.org/licenses/by-sa/4.0/deed.en", "cc-by-sa"),
        ("https://creativecommons.org/licenses/by-nc/4.0/", "cc-by-nc-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0"),
        ("not free: CC BY 4.0", "not-free:-cc-by-4.0"),
        (" ", "unknown"),
        ("", "unknown"),
    ],
)
def test_families(name: str, expected: str) -> None:
    assert family(name) == expected


@pytest.mark.parametrize("name", [*LICENSES, UNKNOWN])
def test_a_familys_own_name(name: str) -> None:
    assert family(name) == name


def caption(credit: Credit | None, language: str = "en") -> str:
    star = Person("Ada", "ada", credit=credit)
    return Replies(language).caption(Likeness(star, 0.5, 87))


def test_the_author_is_named_where_the_licence_wants_it() -> None:
    credit = Credit("CC BY-SA 4.0", "Jane <Doe>", "https://cc.org/by-sa", "https://c.org/?a=1&b=2")
    assert caption(credit).endswith(
        '<i>Photo: <a href="https://c.org/?a=1&amp;b=2">Jane &lt;Doe&gt;</a>, '
        '<a href="https://cc.org/by-sa">CC BY-SA 4.0</a>, cropped</i>'
    )
    assert "<i>Фото: " in caption(credit, "ru")


@pytest.mark.parametrize("credit", [None, Credit("Public domain", "Jane"), Credit("CC0", "Jane")])
def test_and_only_there(credit: Credit | None) -> None:
    assert "Photo" not in caption(credit)


def test_an_author_without_a_name_and_one_without_a_licence() -> None:
    unnamed = "<i>Photo: author not named, CC BY 4.0, cropped</i>"
    assert caption(Credit("CC BY 4.0")).endswith(unnamed)
    assert caption(Credit("", "Jane")).endswith("<i>Photo: Jane, cropped</i>")
    assert "Photo" not in caption(Credit())


def test_what_is_shown_is_short_and_straight() -> None:
    sidecar = Sidecar(
        license="CC BY 4.0" + "!" * 3000,
        author="作" * 2000,
        license_url="javascript:alert(1)",
        source="ftp://a",
    )
    assert sidecar.credit.license_url is sidecar.credit.source is None
    assert len(caption(sidecar.credit)) < 300
    assert Sidecar(license="CC0", author="a\u202eb\x1b[1m\nc").credit.author == "ab[1m c"


def folder_with(tmp_path: Path, *credits_: str) -> Path:
    for n, credit in enumerate(credits_):
        photo = tmp_path / f"Star {n}.jpg"
        photo.touch()
        sidecar_path(photo).write_text(credit, "utf-8")
    return tmp_path


def test_a_credit_written_by_hand(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, '{"license": "CC BY 4.0", "author": "Me"}')
    (credit,) = census(folder).credits.values()
    assert credit == Credit("CC BY 4.0", "Me")


def test_names_as_long_as_names_can_be(tmp_path: Path) -> None:
    (tmp_path / ("ж" * 124 + ".jpg")).touch()
    assert len(census(tmp_path).candidates) == 1


def test_a_namesakes_picture_is_the_namesakes(tmp_path: Path) -> None:
    people = [{"name": "Madonna", "alias": "madonna"}, {"name": "Madonna", "alias": "madonna-2"}]
    (tmp_path / "catalog.json").write_text(json.dumps(people))
    photo = tmp_path / "madonna.jpg"
    photo.touch()
    sidecar_path(photo).write_text('{"license": "CC0", "alias": "madonna"}')
    assert [each.person.alias for each in census(tmp_path).candidates] == ["madonna"]


@pytest.mark.parametrize("damaged", ["", "{}", "[]", '{"license": 4}', "\0"])
def test_a_photo_whose_credit_cannot_be_read_is_not_used(tmp_path: Path, damaged: str) -> None:
    folder = folder_with(tmp_path, damaged)
    with pytest.raises(GalleryError, match="is damaged: mend it"):
        read_sidecar(folder / "Star 0.jpg")
    found = census(folder)
    assert found.candidates == []
    assert "is not used" in found.problems[0]


def test_the_page_keeps_what_people_wrote(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, '{"license": "CC0", "author": "A | [b](c)"}')
    page = folder / "CREDITS.md"
    page.write_text("# Mine\n\nOwn words.\n", "utf-8")
    for _ in range(2):
        page.write_text(renewed(folder, census(folder)) + "\nMore of mine.\n", "utf-8")
    text = page.read_text("utf-8")
    assert text.startswith("# Mine\n\nOwn words.\n\n<!-- ")
    assert text.endswith("\nMore of mine.\n")
    assert text.count("Own words.") == text.count("| file |") == 1
    assert r"| Star 0.jpg | Star 0 | A \| \[b\](c) | CC0 |  |" in text


def test_a_page_without_fetched_pictures_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "CREDITS.md").write_text("# Mine\n", "utf-8")
    assert renewed(tmp_path, census(tmp_path)) == "# Mine\n"


def test_the_page_survives_what_people_do_to_it(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, '{"license": "CC0", "source": "javascript:x"}')
    page = folder / "CREDITS.md"
    page.write_bytes("Größe\n".encode("cp1252"))
    text = renewed(folder, census(folder))
    assert "javascript" not in text
    without_end = "\n".join(line for line in text.splitlines() if "End of" not in line)
    page.write_text(without_end + "\nMine.\n", "utf-8", errors="surrogateescape")
    again = renewed(folder, census(folder))
    assert again.encode("utf-8", "surrogateescape").startswith("Größe".encode("cp1252"))
    assert "Mine." in again
    assert again.count("Star 0.jpg") == 1
