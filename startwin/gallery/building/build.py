"""Photos become a gallery: census, portraits, one vector a person, graph, manifest, report."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from startwin.errors import GalleryError
from startwin.face import models
from startwin.face.engine import RECIPE
from startwin.gallery import index, people, similarity
from startwin.gallery import manifest as manifests
from startwin.gallery.building import report
from startwin.gallery.building.duplicates import duplicates
from startwin.gallery.building.reading import Reader, Reading, recipe
from startwin.gallery.building.report import Report
from startwin.gallery.building.selection import Selection, select
from startwin.gallery.building.store import KEEP, PortraitStore
from startwin.gallery.fetch.summary import Summary, read_summary
from startwin.gallery.index import Gallery
from startwin.gallery.manifest import Manifest
from startwin.gallery.people import Census
from startwin.gallery.search import graph, recall
from startwin.gallery.search.graph import Graph
from startwin.settings import Settings


@dataclass(frozen=True)
class Plan:
    """What is to be built.

    Attributes:
        photos: the folder of celebrity photos.
        catalog: see `people.census`.
        leave_out: see `people.census`.
        jitters: how many jittered copies of a face an embedding is averaged over.
        parameters: of the graph, where an operator chooses them; see `graph.PARAMETERS`.
    """

    photos: Path
    catalog: Path | None = None
    leave_out: Path | None = None
    jitters: int = 10
    parameters: dict[str, int] = field(default_factory=dict)


class Watcher(Protocol):
    """Who is told how a build goes on."""

    def begin(self, photos: int) -> None:
        """So many photos will be looked at."""

    def looked_at(self, photo: Path, reading: Reading, /) -> None:
        """This is what came of a photo."""

    def problem(self, sentence: str) -> None:
        """Something does not fit, or is worth a look."""

    def stage(self, name: str) -> None:
        """This is being done now."""


def build(plan: Plan, settings: Settings, watcher: Watcher) -> tuple[Manifest, bool]:
    """Build the gallery, unless the one that serves is made of the very same already.

    Args:
        plan: of what, and how.
        settings: `assets_dir`, `workers`, the gates and the limits of a photo.
        watcher: is told of every photo.

    Returns:
        The manifest of the gallery that serves now, and whether it was built anew.

    Raises:
        GalleryError: nothing usable remains, or a folder or a file cannot be used.
        ModelError: a model file is missing or damaged.
    """
    models.check()
    assets = settings.assets_dir
    if assets.exists() and assets.resolve() == plan.photos.resolve():
        raise GalleryError(f"{assets} is the photos' folder: the gallery needs one of its own")
    found = people.census(plan.photos, plan.catalog, plan.leave_out)
    for problem in found.problems:
        watcher.problem(problem)
    for alias in sorted(found.unknown):
        watcher.problem(f"{alias}, who is to be left out, is nobody's alias or name here")
    if not (found.candidates or found.leave_out):
        raise GalleryError(f"no photos in {plan.photos}: put portraits there, one person each")
    with (
        manifests.staging(assets) as folder,
        closing(PortraitStore(assets, recipe(plan.jitters), watcher.problem)) as store,
    ):
        fetched = read_summary(plan.photos, found)
        work = _Work(plan, found, fetched, folder, store, watcher)
        readings = work.read(settings)
        # Who asks to be left out may have been there under other photos, or another name.
        store.prune({each.digest for each in readings.values()}, 0 if found.leave_out else KEEP)
        source = _digest(plan, found, readings, fetched)
        serving = _unchanged(assets, source)
        manifest = serving or manifests.publish(assets, folder, work.write(readings, source))
        manifests.tidy(assets, manifest, keep_previous=not found.leave_out)
        try:
            report.publish(manifest.folder(assets), assets)
        except OSError as error:  # the gallery serves; that must not look like a failure
            watcher.problem(f"{assets / report.PAGE} cannot be written: {error.strerror}")
    return manifest, serving is None


class _Work:
    """One build's work, with a clock on its stages."""

    def __init__(
        self,
        plan: Plan,
        found: Census,
        fetched: Summary | None,
        folder: Path,
        store: PortraitStore,
        watcher: Watcher,
    ) -> None:
        self._plan = plan
        self._found = found
        self._fetched = fetched
        self._folder = folder
        self._store = store
        self._watcher = watcher
        self._seconds: dict[str, float] = {}

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        self._watcher.stage(name)
        began = time.monotonic()
        yield
        self._seconds[name] = time.monotonic() - began

    def read(self, settings: Settings) -> dict[Path, Reading]:
        """All photos, in the census's order."""
        photos = [photo for candidate in self._found.candidates for photo in candidate.photos]
        readings = dict.fromkeys(photos, Reading(""))
        self._watcher.begin(len(readings))
        with (
            self._stage("photos"),
            Reader(settings, self._store, self._plan.jitters) as reader,
        ):
            for photo, reading in reader.read(readings.keys()):
                readings[photo] = reading
                self._watcher.looked_at(photo, reading)
        return readings

    def write(self, readings: dict[Path, Reading], source: str) -> Manifest:
        """The files of the build, and the draft of its manifest."""
        with self._stage("choice of photos"):
            selection = select(self._found.candidates, readings, self._store, self._found.credits)
            if not selection.people:
                raise GalleryError(self._nobody())
            self._tell(selection)
            for picture in selection.pictures:
                self._store.link(picture, self._folder / manifests.PICTURES)
        parameters = dict(self._plan.parameters)
        ef_search = parameters.pop("efSearch", None)
        with self._stage("graph"):
            built = Graph.build(selection.vectors, parameters)
            index.write(self._folder, selection.people, selection.vectors, built)
        with self._stage("search"):
            search = recall.tune(built, selection.vectors, ef_search)
        with self._stage("likeness"):
            nearest = similarity.nearest_other(selection.vectors, selection.probes)
            twice = duplicates(built, selection.vectors)
            if twice:
                self._watcher.problem(f"{len(twice)} pairs of people look like one: see the report")
        draft = Manifest(
            format=manifests.FORMAT,
            built=datetime.now(UTC),
            people=len(selection.people),
            recipe={**RECIPE, "jitters": str(self._plan.jitters)},
            parameters=self._plan.parameters,
            search=search,
            similarity=similarity.estimate(len(selection.people), nearest),
            source=source,
        )
        report.write(
            self._folder,
            Report(
                draft,
                self._found,
                readings,
                selection,
                twice,
                nearest,
                self._seconds,
                self._fetched,
            ),
            self._store,
        )
        return draft

    def _nobody(self) -> str:
        sentence = f"none of the photos in {self._plan.photos} can be used"
        if self._found.leave_out:
            sentence += (
                ", but for those of people who are to be left out: the gallery that serves is as"
                " it was, maybe with them; remove it by hand if it is to serve no more"
            )
        return sentence

    def _tell(self, selection: Selection) -> None:
        several = {each.person.alias for each in self._found.candidates if len(each.photos) > 1}
        for person in selection.without:
            if person.alias in several:  # of the others, the photo has just been told
                self._watcher.problem(f"{person.name} ({person.alias}): no photo that can be used")
        for stranger in selection.strangers:
            self._watcher.problem(
                f"{stranger.photo}: probably not {stranger.person.name}: "
                f"{stranger.distance:.2f} from their other photos"
            )


def _unchanged(assets: Path, source: str) -> Manifest | None:
    """The manifest that serves, if it is whole and of this source."""
    try:
        serving = manifests.read(assets)
        if serving.source != source or not report.is_there(serving.folder(assets)):
            return None
        Gallery.load(assets).check_pictures()
    except GalleryError:
        return None  # missing, damaged or of another recipe: it is built anew
    return serving


def _digest(
    plan: Plan, found: Census, readings: dict[Path, Reading], fetched: Summary | None
) -> str:
    """All that a build depends on: photos by content, people, recipe, parameters and gates."""
    digest = hashlib.sha256()
    parameters = {**graph.BUILD_PARAMETERS, **plan.parameters}
    about = [recipe(plan.jitters), parameters, found.problems, sorted(found.leave_out)]
    digest.update(json.dumps([manifests.FORMAT, *about]).encode())
    if fetched is not None:
        digest.update(fetched.model_dump_json(exclude={"at"}).encode())
    for candidate in found.candidates:
        digest.update(json.dumps(asdict(candidate.person), default=str).encode())
    for photo, reading in readings.items():
        place = str(photo.relative_to(plan.photos))
        credit = found.credits.get(photo)
        outcome = [place, reading.digest, str(reading.rejection), credit and asdict(credit)]
        digest.update(json.dumps(outcome).encode())
    return digest.hexdigest()
