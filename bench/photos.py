"""The photos that are measured, and harder versions of them, made with fixed seeds."""

import hashlib
import io
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from startwin.gallery.people import census

ON_ITS_SIDE = 0.1
EACH_EFFECT = 1 / 3
"""How often a harder photo lies on its side, and is blurred, dark or noisy."""


@dataclass(frozen=True)
class Probe:
    """A photo to be recognised.

    Attributes:
        person: the alias of who it shows.
        photo: the bytes of the file.
    """

    person: str
    photo: bytes


def photos_of(folder: Path) -> list[Probe]:
    """All photos of a folder, named by its census."""
    return [
        Probe(candidate.person.alias, photo.read_bytes())
        for candidate in census(folder).candidates
        for photo in candidate.photos
    ]


def is_held_back(person: str) -> bool:
    """Whether nothing was tuned on this person's photos: true of half of all people."""
    return hashlib.sha256(person.encode()).digest()[0] % 2 == 1


def telegram_sized(probe: Probe, longer: int = 1280) -> Probe:
    """The photo as large as Telegram's largest common size."""
    image = Image.open(io.BytesIO(probe.photo)).convert("RGB")
    factor = longer / max(image.size)
    image = image.resize((round(image.width * factor), round(image.height * factor)))
    return Probe(probe.person, _jpeg(image, 87))


def harder(probes: list[Probe], seed: int) -> list[Probe]:
    """Each photo in a scene, made hard to read in one of many ways; the seed decides which."""
    return [_in_a_scene(probe, seed + n) for n, probe in enumerate(probes)]


def _in_a_scene(probe: Probe, seed: int) -> Probe:
    """Small or large, tilted, one in ten on its side; some blurred, dark, noisy, compressed."""
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    noise = np.random.default_rng(seed)
    image = Image.open(io.BytesIO(probe.photo)).convert("RGB")
    height = round(150 * 6 ** chance.random())  # 150 to 900; the face is two fifths of it
    image = image.resize((round(image.width * height / image.height), height))
    tilt = chance.gauss(0, 12)
    if chance.random() < ON_ITS_SIDE:
        tilt += 90 * chance.choice([-1, 1])
    image = image.rotate(tilt, Image.Resampling.BICUBIC, expand=True, fillcolor="grey")
    scene = _noise(noise, (160, 120), 40).resize((1280, 960))
    room = (scene.width - image.width, scene.height - image.height)
    scene.paste(image, (chance.randint(0, max(0, room[0])), chance.randint(0, max(0, room[1]))))
    if chance.random() < EACH_EFFECT:
        scene = scene.filter(ImageFilter.GaussianBlur(chance.uniform(0.7, 2)))
    if chance.random() < EACH_EFFECT:
        scene = ImageEnhance.Brightness(scene).enhance(chance.uniform(0.15, 0.5))
    if chance.random() < EACH_EFFECT:
        scene = Image.blend(scene, _noise(noise, scene.size, 60), 0.25)
    return Probe(probe.person, _jpeg(scene, chance.choice([20, 40, 87])))


def _noise(chance: np.random.Generator, size: tuple[int, int], deviation: float) -> Image.Image:
    grey = chance.normal(128, deviation, (size[1], size[0])).clip(0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()
