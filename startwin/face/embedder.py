"""A face chip's embedding: the mean over several views of the face."""

import dlib
import numpy as np
from PIL import Image, ImageFilter

from startwin.face.landmarks import Chip
from startwin.face.resnet import Embedding, ResNet

SMOOTHING = 0.7
"""Standard deviation in pixels of the blur that takes noise and compression off a chip. Stronger
ones verify noisy photos a little better, and clear ones worse (bench/results.md has the gain)."""


class Embedder:
    """Embeds the views of a face by a network."""

    def __init__(self, network: ResNet) -> None:
        self._network = network

    def embed(self, chip: Chip, jitters: int = 0) -> Embedding:
        """The embedding of a face.

        Args:
            chip: (150, 150, 3), the face.
            jitters: above 1, the mean over so many slightly moved, turned and mirrored copies;
                else over the face and its mirror image.
        """
        smooth = smoothed(chip)
        views = dlib.jitter_image(smooth, jitters) if jitters > 1 else [smooth, smooth[:, ::-1]]
        mean = self._network.embed(views).mean(axis=0)
        return np.asarray(mean, dtype=np.float32)


def smoothed(chip: Chip) -> Chip:
    """A chip without its finest grain."""
    return np.asarray(Image.fromarray(chip).filter(ImageFilter.GaussianBlur(SMOOTHING)))
