"""What is small is made of one picture, so that a decoder has work."""

from PIL import Image, ImageOps

from tests.conftest import PHOTOS

MOTIF = ImageOps.fit(Image.open(PHOTOS / "Grace Hopper.jpg"), (24, 20))
