"""startwin.gallery.index: nmslib's answers held against brute force, and what load() refuses."""

import json
import shutil
from mmap import mmap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from startwin.errors import GalleryError
from startwin.face import FaceEngine
from startwin.face.engine import RECIPE
from startwin.face.frame import eyes_of
from startwin.gallery import Gallery, Likeness, Person
from startwin.gallery import index as indexes
from startwin.gallery import manifest as manifests
from startwin.gallery.search.graph import Graph
from startwin.gallery.search.recall import tune
from startwin.gallery.similarity import Similarity
from tests.conftest import PHOTOS

SCALE = Similarity(0.6, 0.05, "gallery")


def gallery_of(vectors: NDArray[np.float32], folder: Path) -> Gallery:
    """A gallery written and read through nmslib's own file."""
    people = [Person(f"Person {n}", f"person-{n}") for n in range(len(vectors))]
    built = Graph.build(vectors)
    search = tune(built, vectors)
    indexes.write(folder, people, vectors, built)
    graph = Graph.load(folder / manifests.GRAPH, len(people), search.ef_search)
    return Gallery(people, graph, SCALE)


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    return (np.random.default_rng(5).normal(size=(1500, 128)) / 16).astype(np.float32)


@pytest.fixture(scope="module")
def gallery(
    vectors: NDArray[np.float32],
    tmp_path_factory: pytest.TempPathFactory,
) -> Gallery:
    return gallery_of(vectors, tmp_path_factory.mktemp("index"))


def test_distances_are_true_and_the_brute_force_ones(
    gallery: Gallery, vectors: NDArray[np.float32]
) -> None:
    rng = np.random.default_rng(6)
    hits = 0
    for row in rng.choice(len(vectors), 200, replace=False):
        probe = (vectors[row] + rng.normal(size=128) / 32).astype(np.float32)
        brute = np.linalg.norm(vectors.astype(np.float64) - probe, axis=1)
        (best,) = gallery.nearest(probe)
        number = int(best.person.alias.removeprefix("person-"))
        assert best.distance == pytest.approx(brute[number], abs=1e-5)
        hits += number == int(brute.argmin())
    assert hits >= 199


def test_k_nearest_come_in_order(gallery: Gallery, vectors: NDArray[np.float32]) -> None:
    likenesses = gallery.nearest(vectors[7], k=5)
    assert likenesses[0].person.alias == "person-7"
    distances = [likeness.distance for likeness in likenesses]
    assert distances[0] == pytest.approx(0, abs=1e-4)
    assert distances == sorted(distances)
    assert [x.percent for x in likenesses] == [SCALE.percent(d) for d in distances]


@pytest.mark.parametrize("people", [1, 2, 5])
def test_tiny_galleries(people: int, tmp_path: Path) -> None:
    vectors = np.eye(128, dtype=np.float32)[:people]
    tiny = gallery_of(vectors, tmp_path)
    assert len(tiny) == people
    for row in range(people):
        likenesses = tiny.nearest(vectors[row], k=9)
        assert len(likenesses) == people
        assert likenesses[0].person.alias == f"person-{row}"


@pytest.mark.parametrize(
    "query", [np.zeros(127), np.zeros(129), np.zeros((1, 128)), np.full(128, np.nan), np.array(1)]
)
def test_nonsense_is_refused(gallery: Gallery, query: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match="128 finite numbers"):
        gallery.nearest(query)


@pytest.mark.parametrize("k", [0, indexes.MOST + 1])
def test_k_out_of_range_is_refused(k: int, gallery: Gallery) -> None:
    with pytest.raises(ValueError, match="1 to 20"):
        gallery.nearest(np.zeros(128, dtype=np.float32), k)


def test_as_many_come_as_are_asked_for(gallery: Gallery) -> None:
    assert len(gallery.nearest(np.zeros(128, dtype=np.float32), indexes.MOST)) == indexes.MOST


def test_contract_each_shipped_photo_is_itself(assets: Path, engine: FaceEngine) -> None:
    gallery = Gallery.load(assets)
    for photo in PHOTOS.iterdir():
        (likeness,) = gallery.nearest(engine.read(photo.read_bytes())[0].embedding)
        assert isinstance(likeness, Likeness)
        assert likeness.person.name == photo.stem
        assert likeness.distance < 0.3
        assert round(likeness.percent) == 100
        assert gallery.picture(likeness.person)[:3] == b"\xff\xd8\xff"


@pytest.fixture
def copy(assets: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(assets, tmp_path / "assets"))


def test_no_gallery_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(
        GalleryError, match=r"there is no gallery in .*run `.*build_embeddings\.py`"
    ):
        Gallery.load(tmp_path)


@pytest.mark.parametrize("name", manifests.FILES)
@pytest.mark.parametrize("damage", ["flipped", "truncated", "missing"])
def test_damaged_file_is_refused_before_nmslib_sees_it(name: str, damage: str, copy: Path) -> None:
    file = manifests.read(copy).folder(copy) / name
    content = bytearray(file.read_bytes())
    if damage == "flipped":
        content[20] ^= 1
        file.write_bytes(content)
    elif damage == "truncated":
        file.write_bytes(content[:-1])
    else:
        file.unlink()
    with pytest.raises(GalleryError, match=rf"{name} .*run `.*build_embeddings\.py`"):
        Gallery.load(copy)


@pytest.mark.parametrize("content", ["", "{}", "[]", "\x00\x01", '{"format": 1}'])
def test_damaged_manifest_is_refused(content: str, copy: Path) -> None:
    (copy / "manifest.json").write_text(content)
    with pytest.raises(GalleryError, match="is damaged or of another version"):
        Gallery.load(copy)


def test_other_recipe_is_refused(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPE, "embedder", "another network")
    with pytest.raises(GalleryError, match="another recipe: run"):
        Gallery.load(copy)


@pytest.mark.parametrize("part", ["similarity", "search", "recipe", "people", "build"])
def test_edited_manifest_is_refused(part: str, copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest[part] = {
        "similarity": {"mean": 0.5, "deviation": 0, "source": "gallery"},
        "search": {"ef_search": 1, "recall": {"strangers": 1.0}},
        "recipe": {},
        "people": -7,
        "build": "../elsewhere",
    }[part]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(GalleryError, match="damaged"):
        Gallery.load(copy)


def test_missing_pictures_are_noticed_at_start(copy: Path) -> None:
    shutil.rmtree(manifests.read(copy).folder(copy) / "pictures")
    with pytest.raises(GalleryError, match="pictures are missing in"):
        Gallery.load(copy)


def test_damaged_picture_is_refused(copy: Path) -> None:
    gallery = Gallery.load(copy)
    person = gallery.people[0]
    assert person.picture is not None
    person.picture.write_bytes(person.picture.read_bytes()[:-2])
    with pytest.raises(GalleryError, match="is damaged: run"):
        gallery.picture(person)
    person.picture.unlink()
    with pytest.raises(GalleryError, match="No such file"):
        gallery.picture(person)


def test_frame_shows_the_star_and_comes_from_memory(assets: Path, engine: FaceEngine) -> None:
    gallery = Gallery.load(assets)
    for person in gallery.people:
        frame = gallery.frame(person)
        face = engine.faces(frame)[0]
        (likeness,) = gallery.nearest(face.embedding)
        assert likeness.person == person
        eyes = eyes_of(face.landmarks)
        assert eyes.left[1] == pytest.approx(eyes.right[1], abs=12)
        assert gallery.frame(person) is frame


def test_frames_in_memory_are_apart_from_the_heap(assets: Path) -> None:
    gallery = Gallery.load(assets)
    owner: Any = gallery.frame(gallery.people[0])
    while isinstance(owner, np.ndarray):
        owner = owner.base
    assert isinstance(owner.obj, mmap)


def test_aliases_are_everybodys(assets: Path) -> None:
    gallery = Gallery.load(assets)
    assert len(gallery.aliases) == len(gallery)
    assert "grace-hopper" in gallery.aliases
