"""A small world that the stand-in's own tests look at."""

from collections.abc import Iterator

import pytest
from PIL import Image

from tests.conftest import encoded
from tests.wikimedia import UNKNOWN, Wikimedia, deprecated, preferred
from tests.wikimedia.people import DISAMBIGUATION, FICTIONAL, FILM


@pytest.fixture
def wikimedia() -> Iterator[Wikimedia]:
    with Wikimedia() as wikimedia:
        world = wikimedia.world
        world.item("Q33999", "actor", aliases=["actress"])
        world.item("Q11", "Ada Example", descriptions="film about her", P31=FILM)
        world.item("Q12", "Ada Example", P31=DISAMBIGUATION)
        world.person(
            "Q1",
            {"en": "Ada Example", "de": "Ada Beispiel"},
            aliases={"en": ["A. Example"], "mul": ["Adá"]},
            descriptions={"en": "actor of the stand-in"},
            born="1956-07-09",
            occupations="Q33999",
            portrait=["Plain.jpg", preferred("Best.jpg"), deprecated("Old.jpg")],
            fame=5,
        )
        world.person("Q2", {"mul": "Ada Exampleton"}, born=1980)
        world.person("Q3", "Ben Unborn", born=UNKNOWN, kind=FICTIONAL)
        world.redirect("Q99", "Q1")
        picture = encoded(Image.new("RGB", (1400, 700), "teal"), "JPEG")
        world.file("Best.jpg", picture, license="cc-by-2.0", author="Grace")
        world.file("Plain_one (small).jpg", encoded(Image.new("RGB", (100, 50)), "JPEG"))
        world.file("Free.jpg", b"no picture", license="pd", author=None)
        world.file("Stern.jpg", b"no picture", license="cc-by-nc-2.0", restrictions="personality")
        world.file("Bare.jpg", b"no picture", license=None)
        world.rename("Former.jpg", "Best.jpg")
        yield wikimedia
