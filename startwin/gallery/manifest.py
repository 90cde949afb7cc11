"""The assets folder: whole builds side by side, and a manifest that names the one that serves.

    assets/
        manifest.json               names the build, its files' digests and its recipe
        builds/<digest>/
            vectors.npy             (n, 128) float32, in the people's order
            people.json             who they are
            embeddings.bin          nmslib's graph
            pictures/<digest>.jpg   one cropped photo a person
            report.html             what the build saw
        portraits/                  computed of photos; see `startwin.gallery.building.store`
        report.html                 of the build that serves

A build is written beside the one that serves and is named by the manifest, in one atomic step,
when it is whole. The build before it is kept; older ones and unfinished ones are removed.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from startwin.errors import GalleryError
from startwin.gallery.build_folder import unheld
from startwin.gallery.search.recall import Search
from startwin.gallery.similarity import Similarity

FORMAT = 4
VECTORS, PEOPLE, GRAPH = "vectors.npy", "people.json", "embeddings.bin"
FILES = (VECTORS, PEOPLE, GRAPH)
PICTURES = "pictures"
STAGING = ".staging"


class Manifest(BaseModel):
    """What the assets folder holds.

    Attributes:
        format: of this file and the build's folder.
        build: digest of all the rest and the name of the build's folder.
        built: when.
        previous: the build before it, kept in case it is wanted again.
        people: how many.
        recipe: how the embeddings were made; see `startwin.face.engine.RECIPE`.
        parameters: what the graph was built with, where an operator chose it.
        search: how hard the graph is to be searched, and how well that was found to work.
        similarity: distance to percent.
        files: SHA-256 of each file in `FILES`.
        source: digest of the photos, the catalogue and the parameters that it was built from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    build: str = ""
    built: datetime
    previous: str | None = None
    people: int
    recipe: dict[str, str]
    parameters: dict[str, int] = {}
    search: Search
    similarity: Similarity
    files: dict[str, str] = {}
    source: str

    def folder(self, assets: Path) -> Path:
        """The build's folder."""
        return _builds(assets) / self.build


def read(assets: Path) -> Manifest:
    """The manifest of the build that serves, after checking the build's files against it.

    Raises:
        GalleryError: as `read_alone`, or a file is missing or damaged.
    """
    manifest = read_alone(assets)
    for name in FILES:
        file = manifest.folder(assets) / name
        try:
            digest = digest_of(file)
        except OSError as error:
            raise GalleryError(f"{file} cannot be read ({error.strerror}): {mend()}") from None
        if digest != manifest.files.get(name):
            raise GalleryError(f"{file} is damaged: {mend()}")
    return manifest


def read_alone(assets: Path) -> Manifest:
    """The manifest, without a look at the build's files.

    Raises:
        GalleryError: there is none, or it is damaged or of another version; the sentence names
            the command that mends it.
    """
    path = _path(assets)
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise GalleryError(f"there is no gallery in {assets}: {mend()}") from None
    except OSError as error:
        raise GalleryError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError:
        raise GalleryError(
            f"{path} is damaged or of another version of StarTwin: {mend()}"
        ) from None
    if manifest.build != _digest(manifest):
        raise GalleryError(f"{path} is damaged: {mend()}")
    if manifest.format != FORMAT:
        raise GalleryError(f"{path} is of another version of StarTwin: {mend()}")
    return manifest


@contextmanager
def staging(assets: Path) -> Iterator[Path]:
    """A new build's folder, removed at the end unless it was published; one build at a time.

    Raises:
        GalleryError: the assets folder cannot be written, or another build is under way.
    """
    try:
        str(assets.absolute()).encode()
    except UnicodeEncodeError:
        raise GalleryError(f"{os.fsencode(assets)!r} is not UTF-8: choose another path") from None
    with errors_told(assets):
        _builds(assets).mkdir(parents=True, exist_ok=True)
        with (assets / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise GalleryError(f"another build is writing to {assets}: wait for it") from None
            folder = _builds(assets) / STAGING
            shutil.rmtree(folder, ignore_errors=True)  # left by a build that was killed
            (folder / PICTURES).mkdir(parents=True)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)


def publish(assets: Path, folder: Path, manifest: Manifest) -> Manifest:
    """Let a finished staging folder serve.

    Args:
        assets: the assets folder.
        folder: what `staging` gave, with all files in place.
        manifest: all but `build`, `previous` and `files`, which are filled in here.
    """
    serving = _serving(assets)
    filled = {
        "files": {name: digest_of(folder / name) for name in FILES},
        "previous": serving.build if serving else None,
    }
    manifest = manifest.model_copy(update=filled)
    # With the time of the build in it, the digest is new: what serves is never written over.
    manifest = manifest.model_copy(update={"build": _digest(manifest)})
    _sync(folder)
    folder.rename(manifest.folder(assets))
    draft = assets / ".manifest.json"
    draft.write_text(manifest.model_dump_json(indent=1) + "\n", "utf-8")
    _sync(assets)
    draft.replace(_path(assets))
    return manifest


def tidy(assets: Path, manifest: Manifest, keep_previous: bool = True) -> None:
    """Remove all builds but the one that serves, the one before it, and what a bot still holds."""
    kept = {manifest.build, STAGING, manifest.previous if keep_previous else ""}
    for folder in _builds(assets).iterdir():
        if folder.name not in kept:
            with contextlib.suppress(OSError), unheld(folder):
                shutil.rmtree(folder, ignore_errors=True)


def serving_build(assets: Path) -> str | None:
    """The name of the build that serves, of a manifest that may be damaged."""
    serving = _serving(assets)
    return serving.build if serving else None


def _digest(manifest: Manifest) -> str:
    content = manifest.model_copy(update={"build": ""}).model_dump_json()
    return hashlib.sha256(content.encode()).hexdigest()[:16]


@contextmanager
def errors_told(assets: Path) -> Iterator[None]:
    """Errors of the file system inside become a `GalleryError`, such as for a full disk."""
    try:
        yield
    except OSError as error:
        what = error.filename or assets
        raise GalleryError(f"{what} cannot be written: {error.strerror or error}") from None


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def mend() -> str:
    """What to do about a gallery that cannot be used, with the command to copy."""
    return f"run `{os.path.relpath(sys.executable)} build_embeddings.py`"


def _serving(assets: Path) -> Manifest | None:
    try:
        return Manifest.model_validate_json(_path(assets).read_bytes())
    except (OSError, ValidationError):
        return None


def _path(assets: Path) -> Path:
    return assets / "manifest.json"


def _builds(assets: Path) -> Path:
    return assets / "builds"


def _sync(folder: Path) -> None:
    """Bring a folder's files to the disk before a name promises that they are there."""
    for file in folder.iterdir():
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())
