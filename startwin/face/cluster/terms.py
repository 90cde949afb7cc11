"""What this machine and a node must agree on."""

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Self

import startwin
from startwin.face.engine import RECIPE
from startwin.face.resnet import EngineName
from startwin.settings import Settings

PACKAGES = ("ray", "numpy", "pillow", "dlib-bin", "onnxruntime")
"""What faces, or the way there, depend on."""

ROOMS = ("*.py", "face/**/*.py", "gallery/**/*.py", "journal/**/*.py")
"""What runs on a node, or travels to it and back."""


@dataclass(frozen=True)
class Terms:
    """What a station's workers are held to; see `FacePool` for the meaning.

    Attributes:
        identity: what they must be; see `identity`.
    """

    max_pixels: int
    embedder: EngineName
    time_limit: float
    memory_limit: float
    tries: int
    identity: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings, tries: int) -> Self:
        """As the operator wants them."""
        limits = float(settings.photo_timeout), float(settings.worker_memory)
        return cls(settings.max_pixels, settings.embedder, *limits, tries, identity())


def identity() -> Mapping[str, str]:
    """What the faces that this machine computes depend on, by name."""
    recipe = hashlib.sha256(repr(sorted(RECIPE.items())).encode()).hexdigest()[:8]
    found = {"the recipe": recipe, "Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "missing"
    return found | {"StarTwin's code": _code()}


def difference(here: Mapping[str, str], there: Mapping[str, str]) -> str | None:
    """What keeps a node from being used: the rest of a sentence that begins with its name."""
    for name, ours in here.items():
        theirs = there.get(name, "missing")
        if theirs != ours:
            return f"has another version of {name}: {theirs} there, {ours} here"
    return None


def _code() -> str:
    folder = Path(startwin.__file__).parent
    files = sorted({file for room in ROOMS for file in folder.glob(room)})
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:8]
