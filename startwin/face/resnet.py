"""Face chips become embeddings, by dlib's residual network."""

from collections.abc import Sequence

import dlib
import numpy as np
from numpy.typing import NDArray

from startwin.face import models

Chip = NDArray[np.uint8]
"""(150, 150, 3), RGB: an upright face with the eyes at their standard places."""

Embedding = NDArray[np.float32]
"""(128,): faces of one person lie closer than about 0.6 to each other, in Euclidean distance."""

CHIP_SIDE = 150
CHIP_PADDING = 0.25
"""As the network was trained (dlib's `dnn_face_recognition_ex.cpp`)."""

DIMENSIONS = 128


class ResNet:
    """dlib's `face_recognition_model_v1`: a 29-layer network trained with triplet loss."""

    def __init__(self) -> None:
        self._network = dlib.face_recognition_model_v1(str(models.RESNET.path()))

    def embed(self, chips: Sequence[Chip], jitters: int = 0) -> list[Embedding]:
        """Embed chips.

        Args:
            chips: any number of `Chip`s.
            jitters: above 1, the mean over so many slightly moved, turned and mirrored copies.

        Returns:
            One `Embedding` a chip.
        """
        vectors = [self._network.compute_face_descriptor(chip, jitters) for chip in chips]
        return [np.asarray(vector, dtype=np.float32) for vector in vectors]
