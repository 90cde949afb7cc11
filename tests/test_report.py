"""startwin.gallery.building.report: what an operator sees of a build."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from startwin.gallery.building.build import Plan, build
from startwin.gallery.building.report import SHOWN
from startwin.gallery.similarity import constants
from startwin.settings import Settings
from tests.conftest import PHOTOS, SilentWatcher, encoded

HOSTILE = "<img src=x onerror=alert(1)>&"
WALLS = SHOWN + 3


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of photos with all kinds of trouble."""
    folder = tmp_path_factory.mktemp("report")
    photos = Path(shutil.copytree(PHOTOS, folder / "photos"))
    biden = Image.open(photos / "Joe Biden.jpg")
    (photos / "Joe Biden").mkdir()
    biden.resize((biden.width // 2, biden.height // 2)).save(photos / "Joe Biden" / "small.jpg")
    shutil.copy(PHOTOS / "Grace Hopper.jpg", photos / "Joe Biden" / "wrong.jpg")
    shutil.copy(PHOTOS / "Mona Lisa.jpg", photos / f"{HOSTILE}.jpg")
    (photos / "Text.jpg").write_text("not a picture")
    for n in range(WALLS):
        shade = Image.new("RGB", (200, 200), (n, n, n))
        (photos / f"Wall {n}.png").write_bytes(encoded(shade))
    (photos / "Empty").mkdir()
    settings = Settings(assets_dir=folder / "assets", workers=1)
    build(Plan(photos, jitters=0), settings, SilentWatcher())
    return settings.assets_dir


@pytest.fixture(scope="module")
def page(assets: Path) -> str:
    return (assets / "report.html").read_text("utf-8")


def words(page: str) -> str:
    """The page's text, for a search in it."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.S).split())


def test_counts_are_told(page: str) -> None:
    people = len(list(PHOTOS.iterdir())) + 1
    for told in (
        f"{people} people",
        f"{people + 2} photos accepted",
        f"{WALLS + 1} photos rejected",
        "1 probable duplicate ",
        "1 photo of someone else?",
        "100.0% recall",
        f"no face {WALLS} ",
        "not readable 1 ",
        f"{WALLS + 1} people have no photo that can be used",
        "Empty: no photos in this folder",
    ):
        assert told in words(page)


def test_pictures_are_bounded(page: str) -> None:
    walls = re.findall(r'<b dir="auto" title="Wall \d+\.png">', page)
    assert len(walls) == SHOWN
    assert f"and {WALLS - SHOWN} more" in words(page)


def test_doubles_and_strangers_are_side_by_side(page: str) -> None:
    told = words(page)
    assert re.search(r"One person twice\?.*Mona Lisa.*0\.\d\d", told)
    assert re.search(r"Somebody else\?.*wrong\.jpg probably not Joe Biden 0\.[6-9]\d|1\.", told)


def test_percentages_are_those_that_users_see(page: str) -> None:
    scale = constants(len(list(PHOTOS.iterdir())) + 1)
    row = " ".join(f"{scale.percent(tenth / 10):.1f}" for tenth in range(3, 10))
    assert f"percent {row}" in words(page)


def test_names_are_escaped(page: str) -> None:
    assert HOSTILE not in page
    assert "&lt;img src=x onerror=alert(1)&gt;&amp;" in page


def test_every_rejected_photo_is_listed_with_one_reason(assets: Path) -> None:
    with (assets / "rejected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == WALLS + 1
    reasons = {Path(row["photo"]).name: (row["reason"], row["detail"]) for row in rows}
    assert reasons["Text.jpg"] == ("not readable", "not a picture")
    assert reasons["Wall 3.png"] == ("no face", "")


def test_report_that_is_gone_comes_back(assets: Path) -> None:
    shown = (assets / "report.html").read_bytes()
    (assets / "report.html").unlink()
    settings = Settings(assets_dir=assets, workers=1)
    _, anew = build(Plan(assets.parent / "photos", jitters=0), settings, SilentWatcher())
    assert not anew
    assert (assets / "report.html").read_bytes() == shown
