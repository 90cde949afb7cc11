"""Face chips become embeddings, by dlib's residual network on one of two engines.

dlib's own implementation, as its wheels have it, has no BLAS. onnxruntime computes the same graph
with the same weights many times faster; the two differ by rounding errors.
"""

import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Protocol

import dlib
import numpy as np
from numpy.typing import NDArray

from startwin import journal
from startwin.errors import ModelError
from startwin.face import models
from startwin.face.landmarks import Chip
from startwin.face.photo import decode

Embedding = NDArray[np.float32]
"""(128,): faces of one person lie closer than about 0.6 to each other, in Euclidean distance."""

CHIP_SIDE = 150
CHIP_PADDING = 0.25
"""As the network was trained (dlib's `dnn_face_recognition_ex.cpp`)."""

DIMENSIONS = 128

CONVERSION = 1
"""Version of `onnx_graph`: raise it when the graph changes, so that kept models are made anew."""

TOLERANCE = 1e-4
"""How far the two engines may be apart; measured: 1.2e-6. Two photos of a person: 0.4."""

BATCH = 8
"""Chips computed at once: fewer cost more each, more no longer fit into the cache."""

EngineName = Literal["onnx", "dlib"]


class ResNet(Protocol):
    """The network on one engine."""

    def embed(self, chips: Sequence[Chip]) -> NDArray[np.float32]:
        """Embed chips.

        Args:
            chips: any number, (150, 150, 3) each.

        Returns:
            (n, 128): one `Embedding` a chip.
        """


def load(engine: EngineName, data_dir: Path) -> ResNet:
    """The network, ready to use.

    Args:
        engine: "onnx" falls back to "dlib", with a line in the log, where onnxruntime is not
            installed or does not compute what dlib does.
        data_dir: where the converted model is kept.

    Raises:
        ModelError: dlib's model file is missing or damaged.
    """
    if engine == "onnx":
        try:
            return OnnxResNet(data_dir)
        except (ImportError, ModelError) as error:
            models.RESNET.path()  # if it is to blame, that is worse news
            journal.log("resnet").warning("falling back to dlib's slower engine", error=str(error))
    return DlibResNet()


class DlibResNet:
    """On dlib: `face_recognition_model_v1`."""

    def __init__(self) -> None:
        self._network = dlib.face_recognition_model_v1(str(models.RESNET.path()))

    def embed(self, chips: Sequence[Chip]) -> NDArray[np.float32]:
        """See `ResNet`."""
        # dlib takes no mirror image that is but another view of the same memory.
        whole = [np.ascontiguousarray(chip) for chip in chips]
        vectors = [self._network.compute_face_descriptor(chip) for chip in whole]
        return np.array(vectors, dtype=np.float32).reshape(len(chips), DIMENSIONS)


class OnnxResNet:
    """On onnxruntime, one thread: the workers share the cores among them.

    Raises:
        ImportError: onnxruntime, or for the conversion onnx, is not installed.
        ModelError: dlib's model file is unusable, or the conversion does not compute what it does.
    """

    def __init__(self, data_dir: Path) -> None:
        converted = models.Converted(data_dir, models.RESNET, CONVERSION)
        model = converted.read()
        if model is None:
            from startwin.face import onnx_graph  # noqa: PLC0415 - imports onnx, needed just here

            model = onnx_graph.build(models.RESNET.path())
            self._session = _session(model)
            self._check()
            converted.write(model)
        else:
            self._session = _session(model)

    def embed(self, chips: Sequence[Chip]) -> NDArray[np.float32]:
        """See `ResNet`."""
        if not chips:
            return np.empty((0, DIMENSIONS), dtype=np.float32)
        batches = [np.stack(chips[at : at + BATCH]) for at in range(0, len(chips), BATCH)]
        return np.concatenate([self._session.run(None, {"chips": b})[0] for b in batches])

    def _check(self) -> None:
        """Hold the conversion against dlib on faces that come with the program."""
        folder = files("startwin.face").joinpath("chips")
        chips = [decode(file.read_bytes()) for file in folder.iterdir()]
        expected = DlibResNet().embed(chips)
        error = np.linalg.norm(self.embed(chips) - expected, axis=1).max()
        if not error < TOLERANCE:
            raise ModelError(f"the converted network is {error:.1e} away from dlib's")


def _session(model: bytes) -> Any:
    # Otherwise it would tell its makers of its use, and leave a number of the machine on the disk.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # noqa: PLC0415 - may be missing

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
