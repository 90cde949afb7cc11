"""startwin.gallery.live: what cannot serve is refused, said once, and got over."""

import shutil
from pathlib import Path

import pytest
from structlog.typing import EventDict

from startwin.face.engine import RECIPE
from startwin.face.resnet import Embedding
from startwin.gallery import manifest as manifests
from startwin.gallery.live import LiveGallery
from tests.conftest import wait_until
from tests.live.conftest import (
    Rebuild,
    deliver_build,
    deliver_manifest,
    made_elsewhere,
    swaps,
    wait_for_swaps,
    warnings,
)


def rewritten(assets: Path, **fields: object) -> None:
    """Have a manifest say something else, sealed as if a build had done it."""
    manifest = manifests.read_alone(assets)
    other = manifest.model_copy(update=fields)
    other = other.model_copy(update={"build": manifests._digest(other)})
    manifest.folder(assets).rename(other.folder(assets))
    (assets / "manifest.json").write_text(other.model_dump_json())


def damage(kind: str, assets: Path) -> str:
    """Do damage to the gallery that serves in a folder; returns what is to be said of it."""
    folder = manifests.read_alone(assets).folder(assets)
    what, _, how = kind.partition(" ")
    file = next((folder / "pictures").iterdir()) if what == "picture" else folder / what
    if kind == "manifest cut":
        (assets / "manifest.json").write_text("{")
        return "manifest.json is damaged or of another version"
    if kind == "manifest edited":
        text = (assets / "manifest.json").read_text()
        (assets / "manifest.json").write_text(text.replace('"people": 3', '"people": 4'))
        return "manifest.json is damaged: run"
    if kind == "recipe":
        rewritten(assets, recipe={**RECIPE, "embedder": "another network"})
        return "was made by another recipe: run"
    if kind == "unforeseen":
        (folder / manifests.PEOPLE).write_text("{}")
        files = manifests.read_alone(assets).files
        digest = manifests.digest_of(folder / manifests.PEOPLE)
        rewritten(assets, files={**files, manifests.PEOPLE: digest})
        return "ValidationError"
    if how == "gone":
        file.unlink()
        return "pictures are missing" if what == "picture" else f"{what} cannot be read"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.unlink()  # it may be a link to where the next build takes it from
    file.write_bytes(content)
    return f"{file.name} is damaged"


@pytest.mark.parametrize(
    "kind",
    [
        *(f"{file} flipped" for file in manifests.FILES),
        f"{manifests.GRAPH} gone",
        "picture flipped",
        "picture gone",
        "manifest cut",
        "manifest edited",
        "recipe",
        "unforeseen",
    ],
)
def test_damaged_one_is_refused_with_one_sentence_and_the_next_good_one_taken(
    kind: str,
    live: LiveGallery,
    rebuild: Rebuild,
    assets: Path,
    workshop: Path,
    log: list[EventDict],
    embedding: Embedding,
) -> None:
    elsewhere = made_elsewhere(assets, workshop)
    sentence = damage(kind, elsewhere)
    if kind != "manifest cut":
        deliver_build(elsewhere, assets)
    deliver_manifest(elsewhere, assets)
    wait_until(lambda: warnings(log))
    assert live.current.nearest(embedding)[0].person.name == "First Hopper"
    live.current.check_pictures()
    rebuild("Third")  # takes longer than several further looks at the damaged one
    wait_for_swaps(log, 1)
    assert live.current.nearest(embedding)[0].person.name == "Third Hopper"
    (why,) = warnings(log)
    assert sentence in why
    assert len(swaps(log)) == 1


def test_build_that_is_copied_here_after_its_manifest_is_taken_when_it_is_whole(
    live: LiveGallery, assets: Path, workshop: Path, log: list[EventDict]
) -> None:
    elsewhere = made_elsewhere(assets, workshop)
    shutil.copy(elsewhere / "manifest.json", assets)
    wait_until(lambda: warnings(log))
    deliver_build(elsewhere, assets)
    wait_for_swaps(log, 1)
    assert live.current.people[0].name == "Second Barack Obama"


def test_manifest_that_goes_and_comes_back_is_told_once_each_time(
    live: LiveGallery, assets: Path, log: list[EventDict]
) -> None:
    gallery = live.current
    manifest, aside = assets / "manifest.json", assets / "aside.json"
    for times in (1, 2):
        manifest.rename(aside)
        wait_until(lambda: len(log) == 2 * times - 1)  # noqa: B023 - it is called at once
        aside.rename(manifest)
        wait_until(lambda: len(log) == 2 * times)  # noqa: B023
    assert [entry["log_level"] for entry in log] == ["warning", "info"] * 2
    assert all("there is no gallery in" in why for why in warnings(log))
    assert live.current is gallery
