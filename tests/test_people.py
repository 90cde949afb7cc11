"""startwin.gallery.people: who there is, by folder and by catalogue."""

import json
import os
import unicodedata
from pathlib import Path

import pytest

from startwin.errors import GalleryError
from startwin.gallery.people import census
from startwin.gallery.person import Person


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def catalog(folder: Path, *entries: object) -> Path:
    path = folder / "people.json"
    path.write_text(json.dumps(entries), "utf-8")
    return path


def found(folder: Path, catalog: Path | None = None) -> dict[str, list[str]]:
    return {
        candidate.person.name: [str(photo.relative_to(folder)) for photo in candidate.photos]
        for candidate in census(folder, catalog).candidates
    }


def test_file_names_and_folders_are_names(folder: Path) -> None:
    put(folder, "Grace Hopper.jpg", "Ada Lovelace/1.png", "Ada Lovelace/2.JPG", "Ada Lovelace.webp")
    assert found(folder) == {
        "Ada Lovelace": ["Ada Lovelace/1.png", "Ada Lovelace/2.JPG", "Ada Lovelace.webp"],
        "Grace Hopper": ["Grace Hopper.jpg"],
    }


def test_other_files_are_no_people(folder: Path) -> None:
    put(folder, "CREDITS.md", ".DS_Store", ".hidden.jpg", "Empty/notes.txt", "Ada/.thumb.jpg")
    assert found(folder) == {}


@pytest.mark.parametrize(
    "name", ["Тильда Суинтон", "宮崎 駿", "فيروز", "Zoë Kravitz", "राजेश खन्ना", "สมชาย ใจดี"]
)
def test_names_in_any_script(name: str, folder: Path) -> None:
    put(folder, f"{name}.jpg")
    (candidate,) = census(folder).candidates
    assert candidate.person.name == name
    assert candidate.person.alias == name.lower().replace(" ", "-")


def test_one_name_however_its_accents_are_written(folder: Path) -> None:
    put(folder, "Zoë.jpg", unicodedata.normalize("NFD", "Zoë") + ".png")
    assert [len(photos) for photos in found(folder).values()] == [2]


def test_one_name_in_capitals_or_not(folder: Path) -> None:
    put(folder, "Grace Hopper.jpg", "grace hopper.jpeg", "GRACE HOPPER/1.jpg")
    (candidate,) = census(folder).candidates
    assert candidate.person.alias == "grace-hopper"
    assert len(candidate.photos) == 3


def test_folders_that_give_nothing_are_told(folder: Path) -> None:
    put(folder, "Empty/notes.txt", "Ada/1.jpg", "Ada/more/2.jpg")
    told = census(folder).problems
    assert told == [
        f"{folder}/Ada/more: too deep to be found",
        f"{folder}/Empty: no photos in this folder",
    ]


def test_aliases_are_unique_and_depend_on_the_name_alone(folder: Path) -> None:
    put(folder, "A-B.jpg", "A. B.jpg", "!!!.jpg", "C.jpg")
    first = {c.person.name: c.person.alias for c in census(folder).candidates}
    assert len(set(first.values())) == 4
    assert first["C"] == "c"
    assert all(first.values())
    put(folder, "Another.jpg")
    second = {c.person.name: c.person.alias for c in census(folder).candidates}
    assert first.items() <= second.items()


def test_catalogue_describes_people(folder: Path) -> None:
    put(folder, "tilda.jpg", "more/2.jpg", "Grace Hopper.jpg")
    path = catalog(
        folder,
        {
            "name": "Tilda Swinton",
            "alias": "tilda-swinton",
            "role": "actor",
            "n_movies": 14,
            "photo": "tilda.jpg",
            "photos": ["more/2.jpg"],
            "link": "https://example.org/tilda",
            "photo_url": "https://example.org/tilda.jpg",
            "names": {"ru": "Тильда Суинтон"},
            "height": 180,
        },
        {"name": "Grace Hopper"},
    )
    tilda, hopper = census(folder, path).candidates
    assert tilda.person == Person(
        "Tilda Swinton",
        "tilda-swinton",
        "actor",
        14,
        "https://example.org/tilda",
        "https://example.org/tilda.jpg",
        {"ru": "Тильда Суинтон"},
    )
    assert [tilda.person.name_in(code) for code in ("ru", "de")] == [
        "Тильда Суинтон",
        "Tilda Swinton",
    ]
    assert tilda.photos == (folder / "tilda.jpg", folder / "more/2.jpg")
    assert hopper.person == Person("Grace Hopper", "grace-hopper")


def test_catalogue_finds_photos_by_name_or_alias(folder: Path) -> None:
    put(folder, "Ada Lovelace.jpg", "grace/1.jpg")
    path = catalog(
        folder,
        {"name": "Ada Lovelace", "alias": "ada"},
        {"name": "Grace Hopper", "alias": "grace"},
    )
    assert found(folder, path) == {
        "Ada Lovelace": ["Ada Lovelace.jpg"],
        "Grace Hopper": ["grace/1.jpg"],
    }


def test_catalogue_in_the_photos_folder_is_taken(folder: Path) -> None:
    put(folder, "x.jpg")
    (folder / "catalog.json").write_text('[{"name": "Ada", "alias": "ada", "photo": "x.jpg"}]')
    assert found(folder) == {"Ada": ["x.jpg"]}


def test_what_does_not_fit_is_told(folder: Path) -> None:
    put(folder, "stranger.jpg", "Ada.jpg")
    path = catalog(
        folder,
        {"name": "Ada"},
        {"name": "Grace", "alias": "g"},
        {"name": "Mary", "photo": "mary.jpg"},
    )
    problems = census(folder, path).problems
    assert len(problems) == 3
    assert "1 photos of people who are not in the catalogue: stranger.jpg" in problems
    assert any("Grace (g): no photo" in p for p in problems)
    assert any("mary.jpg" in p and "not there" in p for p in problems)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is not JSON"),
        ('{"name": "Ada"}', "must be a valid list"),
        ('[{"name": "Ada"}, {"alias": "x"}]', "entry 2, name: is missing"),
        ('[{"name": "Ada", "n_movies": "many"}]', "entry 1, n_movies"),
        ('[{"name": "Ada", "n_movies": -1}]', "entry 1, n_movies"),
        ('[{"name": " "}]', "entry 1, name"),
        ('[{"name": "Ada", "link": "javascript:alert(1)"}]', "entry 1, link: must match"),
        ('[{"name": "A", "role": "\\ud800"}]', "entry 1, role: "),
        ('[{"name": "A", "photo_url": "file:///etc/passwd"}]', "entry 1, photo_url: must match"),
        ('[{"name": "A", "names": {"Russian": "А"}}]', "entry 1, names"),
        ('[{"name": "A", "alias": "x"}, {"name": "B", "alias": "x"}]', "entry 2.*'x'.*twice"),
        ('[{"name": "A"}, {"name": "A"}]', "entry 2: 'A' without an alias is there twice"),
        ('[{"name": "A", "photo": "../secret.jpg"}]', "leads out of the photos folder"),
        ('[{"name": "A", "photo": "/etc/passwd"}]', "leads out of the photos folder"),
    ],
)
def test_wrong_catalogue_is_refused_with_the_place(
    content: str, complaint: str, folder: Path
) -> None:
    path = folder / "people.json"
    path.write_text(content)
    with pytest.raises(GalleryError, match=complaint):
        census(folder, path)


def test_catalogue_that_is_not_text(folder: Path) -> None:
    path = folder / "people.json"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(GalleryError, match="is not JSON"):
        census(folder, path)


def test_folder_or_catalogue_that_is_not_there(folder: Path) -> None:
    with pytest.raises(GalleryError, match="nowhere cannot be read: No such file"):
        census(folder / "nowhere")
    put(folder, "file")
    with pytest.raises(GalleryError, match="cannot be read: Not a directory"):
        census(folder / "file")
    with pytest.raises(GalleryError, match=r"none\.json cannot be read"):
        census(folder, folder / "none.json")


def test_file_name_that_is_not_unicode(folder: Path) -> None:
    (Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.jpg"))).touch()
    put(folder, "Ada.jpg")
    assert list(found(folder)) == ["Ada"]
    (problem,) = census(folder).problems
    assert "caf\\xe9.jpg': the name is not UTF-8" in problem


def test_catalogue_that_names_an_impossible_file(folder: Path) -> None:
    path = catalog(folder, {"name": "Ada", "photo": "a" * 400 + ".jpg"})
    (problem,) = census(folder, path).problems
    assert problem.endswith("the catalogue names it, but it is not there")


def test_catalogue_with_a_byte_order_mark(folder: Path) -> None:
    put(folder, "Ada.jpg")
    path = catalog(folder, {"name": "Ada"})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert found(folder, path) == {"Ada": ["Ada.jpg"]}


def test_catalogue_without_end(folder: Path) -> None:
    path = folder / "people.json"
    path.write_text("[" * 100_000)
    with pytest.raises(GalleryError, match="is not JSON"):
        census(folder, path)


def test_who_is_on_the_list_is_left_out(folder: Path) -> None:
    put(folder, "Ada.jpg", "Grace Hopper.jpg", "Тильда Суинтон.jpg", "Grace Hopper/deep/x.jpg")
    put(folder, "Ada/deep/x.jpg")
    path = folder / "list.txt"
    path.write_bytes("\ufeff# our list\r\nada # asked\r\n\r\nтильда-суинтон\r\nmary\r\n".encode())
    found = census(folder, leave_out=path)
    assert [candidate.person.alias for candidate in found.candidates] == ["grace-hopper"]
    assert found.left_out == 2
    assert found.unknown == {"mary"}
    assert not any("Ada" in problem for problem in found.problems)
    assert any("Grace Hopper/deep" in problem for problem in found.problems)


def test_alias_is_found_however_it_is_written(folder: Path) -> None:
    put(folder, "x.jpg", "y.jpg")
    names = [unicodedata.normalize("NFD", "grâce"), "grace#1"]
    path = catalog(folder, *({"name": n, "alias": n, "photo": "x.jpg"} for n in names))
    (folder / "leave-out.txt").write_text("grâce\ngrace#1#no\ngrace#1 # asked\n", "utf-8")
    assert census(folder, path).left_out == 2


def test_list_that_leads_nowhere_is_not_passed_over(folder: Path) -> None:
    put(folder, "Ada.jpg")
    (folder / "leave-out.txt").symlink_to(folder / "nowhere")
    with pytest.raises(GalleryError, match="cannot be read"):
        census(folder)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_list_that_cannot_be_read(content: bytes | None, folder: Path) -> None:
    put(folder, "Ada.jpg")
    if content is not None:
        (folder / "list.txt").write_bytes(content)
    with pytest.raises(GalleryError, match=r"list\.txt cannot be read"):
        census(folder, leave_out=folder / "list.txt")
