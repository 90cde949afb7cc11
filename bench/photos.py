"""The photos that are measured, and harder versions of them, made with fixed seeds."""

import io
import random
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

from startwin.gallery.people import census

SEED = 2018
"""The article's year."""


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


def telegram_sized(probe: Probe, longer: int = 1280) -> Probe:
    """The photo as large as Telegram's largest common size."""
    image = Image.open(io.BytesIO(probe.photo)).convert("RGB")
    factor = longer / max(image.size)
    image = image.resize((round(image.width * factor), round(image.height * factor)))
    return Probe(probe.person, _jpeg(image, 87))


def harder(probes: list[Probe]) -> list[Probe]:
    """Each photo small, turned, blurred, dark or strongly compressed in a 1280-pixel scene."""
    return [_in_a_scene(probe, random.Random(SEED + n)) for n, probe in enumerate(probes)]  # noqa: S311


def _in_a_scene(probe: Probe, chance: random.Random) -> Probe:
    image = Image.open(io.BytesIO(probe.photo)).convert("RGB")
    image.thumbnail((chance.randint(180, 700),) * 2)
    image = image.rotate(
        chance.uniform(-15, 15), Image.Resampling.BICUBIC, expand=True, fillcolor="grey"
    )
    scene = Image.new("RGB", (1280, 960))
    scene.paste(Image.effect_noise((160, 120), 90).resize(scene.size))
    room = (scene.width - image.width, scene.height - image.height)
    scene.paste(image, (chance.randint(0, room[0]), chance.randint(0, room[1])))
    effect = chance.choice(["none", "blur", "dark", "compressed"])
    if effect == "blur":
        scene = scene.filter(ImageFilter.GaussianBlur(1.5))
    if effect == "dark":
        scene = ImageEnhance.Brightness(scene).enhance(0.3)
    return Probe(probe.person, _jpeg(scene, 30 if effect == "compressed" else 87))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()
