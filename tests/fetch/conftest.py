"""A small world of people on the stand-in, and a fetch from it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from startwin.gallery.catalog import Listed
from startwin.gallery.fetch.fetching import fetch
from startwin.gallery.fetch.finding import Outcome
from startwin.gallery.fetch.plan import Plan
from startwin.gallery.fetch.summary import Summary
from startwin.gallery.fetch.terms import Terms
from tests.conftest import PHOTOS
from tests.wikimedia import Wikimedia

CONTACT = "tests@example.org"

ADA = {"name": "Ada Example", "role": "actress", "birth_year": 1956}


def ada(wikimedia: Wikimedia, portrait: bytes, license: str = "cc-by-2.0") -> None:  # noqa: A002
    wikimedia.world.person(
        "Q1", "Ada Example", born="1956-07-09", occupations="Q100", portrait="Ada_E.jpg"
    )
    wikimedia.world.file("Ada E.jpg", portrait, license=license, author="Jane Doe")


@pytest.fixture
def wikimedia() -> Iterator[Wikimedia]:
    with Wikimedia() as wikimedia:
        wikimedia.world.item("Q100", "actor", aliases=["actress", "film actor"])
        wikimedia.world.item("Q101", "painter")
        yield wikimedia


@pytest.fixture(scope="session")
def portrait() -> bytes:
    return (PHOTOS / "Grace Hopper.jpg").read_bytes()


@dataclass
class Told:
    """Keeps what a fetch tells."""

    people: int = 0
    came: dict[str, Outcome] = field(default_factory=dict)

    def begin(self, people: int) -> None:
        self.people = people

    def came_of(self, listed: Listed, outcome: Outcome) -> None:
        assert listed.person.alias not in self.came
        self.came[listed.person.alias] = outcome


class Fetcher:
    """Fetches from the stand-in into a folder of its own.

    Attributes:
        photos: the folder.
        plan: may be changed before a run.
        told: by the last run.
    """

    def __init__(self, folder: Path, wikimedia: Wikimedia) -> None:
        self.photos = folder / "photos"
        self.photos.mkdir()
        self.told = Told()
        self.plan = Plan(
            self.photos,
            Terms(CONTACT, allow_private=True),
            wikidata=wikimedia.wikidata.api,
            commons=wikimedia.commons.api,
        )

    def __call__(self, *people: dict[str, Any], **changes: Any) -> Summary:
        """Run with this catalogue; without people, with the one before."""
        if people:
            (self.photos / "catalog.json").write_text(json.dumps(people), "utf-8")
        self.told = Told()
        return fetch(replace(self.plan, **changes), self.told)

    def outcome(self, alias: str) -> Outcome:
        """What came of somebody in the last run."""
        return self.told.came[alias]

    @property
    def files(self) -> set[str]:
        """What lies in the folder beside the catalogue, the summary and the credits."""
        usual = {"catalog.json", "fetched.json", "CREDITS.md"}
        return {file.name for file in self.photos.iterdir()} - usual


@pytest.fixture
def fetcher(tmp_path: Path, wikimedia: Wikimedia) -> Fetcher:
    return Fetcher(tmp_path, wikimedia)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    return tmp_path
