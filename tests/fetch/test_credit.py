"""startwin.gallery.credit, credits_page, and the credit's way to the words below a card."""

from pathlib import Path

import pytest

from startwin.chat.replies import Replies
from startwin.errors import GalleryError
from startwin.gallery import Likeness, Person
from startwin.gallery.credit import Credit, family, read_sidecar, sidecar_path
from startwin.gallery.fetch.credits_page import renewed
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
        ("not free: CC BY 4.0", "not-free:-cc-by-4.0"),
        (" ", "unknown"),
        ("", "unknown"),
    ],
)
def test_families(name: str, expected: str) -> None:
    assert family(name) == expected


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


def test_an_author_without_a_name_and_one_without_an_end() -> None:
    assert caption(Credit("CC BY 4.0")).endswith(
        "<i>Photo: author not named, CC BY 4.0, cropped</i>"
    )
    long = caption(Credit("CC BY 4.0", "many " * 500))
    assert len(long) < 300
    assert "many…, CC BY 4.0" in long or "…, CC BY 4.0" in long


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
    assert r"| `Star 0.jpg` | Star 0 | A \| \[b\](c) | CC0 |  |" in text
