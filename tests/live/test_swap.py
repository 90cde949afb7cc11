"""startwin.gallery.live: builds take each other's place while others search."""

import gc
import hashlib
import shutil
import threading
import weakref
from contextlib import closing
from pathlib import Path

import pytest
from structlog.typing import EventDict

from startwin.errors import GalleryError
from startwin.face import FacePool
from startwin.face.resnet import Embedding
from startwin.gallery.live import LiveGallery
from startwin.matcher import Matcher
from tests.conftest import PHOTOS, wait_until
from tests.live.conftest import (
    EVERY,
    GALLERIES,
    Rebuild,
    made_elsewhere,
    swaps,
    wait_for_swaps,
    warnings,
)


def test_new_build_goes_live_and_the_old_one_is_let_go(
    live: LiveGallery, rebuild: Rebuild, log: list[EventDict], embedding: Embedding
) -> None:
    assert live.current.nearest(embedding)[0].person.name == "First Hopper"
    old = weakref.ref(live.current)
    manifest = rebuild("Second")
    wait_for_swaps(log, 1)
    gc.collect()
    assert old() is None
    assert live.current.nearest(embedding)[0].person.name == "Second Hopper"
    assert "second-hopper" in live.current.aliases
    ((swap,), complaints) = swaps(log), warnings(log)
    assert (swap["people"], swap["build"]) == (3, manifest.build)
    assert complaints == []


def test_no_gallery_to_begin_with_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GalleryError, match="there is no gallery in"):
        LiveGallery(tmp_path)


class Answerer:
    """Answers one photo as the bot does."""

    def __init__(self, matcher: Matcher, photo: bytes) -> None:
        self._matcher = matcher
        self._photo = photo

    def answer(self) -> tuple[str, float, float, str]:
        match = self._matcher.match(self._photo)
        likeness = match.likenesses[0]
        assert likeness.person in match.gallery.people
        assert likeness.percent == match.gallery.similarity.percent(likeness.distance)
        frame = match.gallery.frame(likeness.person)
        shown = hashlib.sha256(frame.tobytes()).hexdigest()
        return likeness.person.name, likeness.distance, likeness.percent, shown


def test_each_answer_is_of_one_gallery_while_they_change(
    live: LiveGallery, rebuild: Rebuild, pool: FacePool, log: list[EventDict]
) -> None:
    answerer = Answerer(Matcher(pool, live), (PHOTOS / "Mona Lisa.jpg").read_bytes())
    whole = set()
    answers = []
    failures = []
    over = threading.Event()

    def keep_answering() -> None:
        while not over.is_set():
            try:
                answers.append(answerer.answer())
            except Exception as error:  # noqa: BLE001 - whatever it is, there must be none
                failures.append(error)

    threads = [threading.Thread(target=keep_answering) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(6):
        rebuild(GALLERIES[number % 3], efSearch=20 + number)
        wait_for_swaps(log, number + 1)
        whole.add(answerer.answer())
    over.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {name.split()[0] for name, *_ in whole} == set(GALLERIES)
    assert [len(set(part)) for part in zip(*whole, strict=True)] == [3, 3, 3, 3]
    assert set(answers) == whole


def test_answer_under_way_is_drawn_from_its_own_gallery_whatever_is_built_meanwhile(
    live: LiveGallery, rebuild: Rebuild, assets: Path, log: list[EventDict], embedding: Embedding
) -> None:
    gallery = live.current
    (likeness,) = gallery.nearest(embedding)
    for number, name in enumerate(("Second", "Third", "Second", "Third")):
        rebuild(name, efSearch=20 + number)
        wait_for_swaps(log, number + 1)
    kept = {folder.name for folder in (assets / "builds").iterdir()}
    assert gallery.build in kept
    assert gallery.picture(likeness.person)
    build = gallery.build
    del gallery, likeness
    rebuild("First")
    assert build not in {folder.name for folder in (assets / "builds").iterdir()}


def test_manifest_written_again_in_place_changes_nothing(
    live: LiveGallery, rebuild: Rebuild, assets: Path, log: list[EventDict]
) -> None:
    manifest = assets / "manifest.json"
    content = manifest.read_bytes()
    for _ in range(3):
        with manifest.open("r+b") as file:
            file.write(content)
    rebuild("First")  # of what it is made of already: nothing is built
    rebuild("Second")
    wait_for_swaps(log, 1)
    assert warnings(log) == []
    assert live.current.people[0].name.startswith("Second")


def test_link_that_is_switched_to_another_folder(
    assets: Path, workshop: Path, tmp_path: Path, log: list[EventDict]
) -> None:
    elsewhere = made_elsewhere(assets, workshop)
    twin = Path(shutil.copytree(elsewhere, tmp_path / "twin"))  # the same build once more
    link, draft = tmp_path / "link", tmp_path / "draft"
    link.symlink_to(assets)
    with closing(LiveGallery(link, EVERY)) as live:
        for times, folder in enumerate((elsewhere, twin), 1):
            old = live.current
            draft.symlink_to(folder)
            draft.replace(link)
            old.check_pictures()
            wait_for_swaps(log, times)
            old.check_pictures()
        shutil.rmtree(elsewhere)
        live.current.check_pictures()
        assert live.current.people[0].name.startswith("Second")


def test_folder_that_is_replaced_by_another(
    live: LiveGallery, assets: Path, workshop: Path, log: list[EventDict]
) -> None:
    elsewhere = made_elsewhere(assets, workshop)
    old = live.current
    assets.rename(assets.with_name("old"))
    old.check_pictures()
    elsewhere.rename(assets)
    wait_for_swaps(log, 1)
    old.check_pictures()
    live.current.check_pictures()


def test_closed_one_looks_no_more_but_still_serves(live: LiveGallery) -> None:
    live.close()
    wait_until(lambda: "gallery" not in {thread.name for thread in threading.enumerate()})
    live.current.check_pictures()
