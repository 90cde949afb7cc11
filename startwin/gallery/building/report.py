"""The build's picture report: what came into the gallery, what did not and why, what to look at."""

import base64
import csv
import io
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from numpy.typing import NDArray
from PIL import Image

from startwin.gallery.building.duplicates import Duplicate
from startwin.gallery.building.portrait import Portrait
from startwin.gallery.building.quality import Reason
from startwin.gallery.building.reading import Reading
from startwin.gallery.building.selection import Selection
from startwin.gallery.building.store import PortraitStore
from startwin.gallery.fetch.summary import Summary
from startwin.gallery.manifest import Manifest
from startwin.gallery.people import Census
from startwin.gallery.person import Person
from startwin.gallery.search.brute_force import evenly_spaced

PAGE, LIST = "report.html", "rejected.csv"

SHOWN = 24
"""Pictures in a group at most: with all groups full the page has less than 3 MB."""

SAMPLE = 48
"""People of the gallery that are shown."""

THUMBNAIL = 112
"""Pixels of a thumbnail's height on the page; it has half as many again for fine screens."""

DISTANCES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Whose percentages are told."""

BINS = 40


@dataclass(frozen=True, eq=False)
class Report:
    """What a build has to tell.

    Attributes:
        manifest: the draft.
        found: the census.
        readings: what came of each photo.
        selection: who is in.
        duplicates: people who are probably one.
        nearest: distances of people to their nearest other one; see `similarity.nearest_other`.
        seconds: what each stage took.
        fetched: what came of looking for photos on the web.
    """

    manifest: Manifest
    found: Census
    readings: dict[Path, Reading]
    selection: Selection
    duplicates: list[Duplicate]
    nearest: NDArray[np.float64]
    seconds: dict[str, float]
    fetched: Summary | None = None


@dataclass(frozen=True)
class Shot:
    """A thumbnail with words below it; without a picture where a file is none."""

    title: str
    note: str = ""
    picture: str = ""


def write(folder: Path, report: Report, store: PortraitStore) -> None:
    """Write the page and the list of rejected photos into a build's folder.

    Args:
        folder: the build's.
        report: what it has to tell.
        store: where its pictures are.
    """
    environment = Environment(
        loader=PackageLoader("startwin.gallery.building", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html.jinja").render(_content(report, store))
    (folder / PAGE).write_text(page, "utf-8", errors="replace")
    with (folder / LIST).open("w", encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["photo", "reason", "detail"])
        for photo, reading in report.readings.items():
            if reading.rejection is not None:
                rows.writerow([photo, reading.rejection.reason, reading.rejection.detail])


def is_there(build: Path) -> bool:
    """Whether a build has its report."""
    return all((build / name).is_file() for name in (PAGE, LIST))


def publish(build: Path, assets: Path) -> None:
    """Put the report of the build that serves beside its manifest."""
    for name in (PAGE, LIST):
        draft = assets / f".{name}"
        draft.write_bytes((build / name).read_bytes())
        draft.replace(assets / name)


def _content(report: Report, store: PortraitStore) -> dict[str, object]:
    selection = report.selection
    rejected: dict[Reason, list[Path]] = defaultdict(list)
    for photo, reading in report.readings.items():
        if reading.rejection is not None:
            rejected[reading.rejection.reason].append(photo)
    sample = evenly_spaced(len(selection.people), SAMPLE)
    return {
        "manifest": report.manifest,
        "problems": report.found.problems,
        "left_out": report.found.left_out,
        "photos": len(report.readings),
        "new": sum(reading.is_new for reading in report.readings.values()),
        "accepted": len(report.readings) - sum(map(len, rejected.values())),
        "rejected": [
            (reason, len(rejected[reason]), _rejected(report, rejected[reason], store))
            for reason in Reason
            if reason in rejected
        ],
        "without": selection.without,
        "fetched": report.fetched,
        "turned_away": [
            photo.name
            for photo in report.found.credits
            if photo in report.readings and report.readings[photo].rejection is not None
        ],
        "duplicates": [
            (f"{pair.distance:.2f}", [_person(selection.people[row], store) for row in rows])
            for pair in report.duplicates[:SHOWN]
            for rows in [(pair.one, pair.other)]
        ],
        "duplicates_found": len(report.duplicates),
        "strangers": list(_strangers(selection, store)),
        "strangers_found": len(selection.strangers),
        "sample": [_person(selection.people[row], store) for row in sample],
        "histogram": _Histogram(report) if len(report.nearest) else None,
        "percents": [
            (distance, report.manifest.similarity.percent(distance)) for distance in DISTANCES
        ],
        "seconds": report.seconds,
        "shown": SHOWN,
        "thumbnail": THUMBNAIL,
    }


def _rejected(report: Report, photos: list[Path], store: PortraitStore) -> list[Shot]:
    shots = []
    for photo in photos[:SHOWN]:
        reading = report.readings[photo]
        known = store.get(reading.digest)
        picture = _inline(known.picture) if isinstance(known, Portrait) else ""
        detail = reading.rejection.detail if reading.rejection else ""
        shots.append(Shot(photo.name, detail, picture))
    return shots


def _strangers(selection: Selection, store: PortraitStore) -> Iterator[tuple[str, list[Shot]]]:
    typical = {person.alias: person for person in selection.people}
    for stranger in selection.strangers[:SHOWN]:
        odd = Shot(stranger.photo.name, "probably not", _inline(store.picture(stranger.picture)))
        yield f"{stranger.distance:.2f}", [odd, _person(typical[stranger.person.alias], store)]


def _person(person: Person, store: PortraitStore) -> Shot:
    picture = _inline(store.picture(person.picture.name)) if person.picture else ""
    return Shot(person.name, person.role or "", picture)


def _inline(picture: bytes) -> str:
    """A thumbnail as an address that holds it."""
    image = Image.open(io.BytesIO(picture))
    image.thumbnail((4 * THUMBNAIL, round(1.5 * THUMBNAIL)), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


class _Histogram:
    """Bars and the fitted normal's curve in a drawing of 100 by 40, from left and bottom."""

    def __init__(self, report: Report) -> None:
        scale = report.manifest.similarity
        low = min(report.nearest.min(), scale.mean - 3.5 * scale.deviation)
        high = max(report.nearest.max(), scale.mean + 3.5 * scale.deviation)
        counts, edges = np.histogram(report.nearest, BINS, (low, high))
        x = np.linspace(low, high, 200)
        density = np.exp(-(((x - scale.mean) / scale.deviation) ** 2) / 2)
        density *= len(report.nearest) * (edges[1] - edges[0])
        density /= scale.deviation * math.sqrt(2 * math.pi)
        highest = max(float(counts.max()), float(density.max()))
        across, up = 100 / (high - low), 38 / highest
        self.width = 100 / BINS
        self.bars = [
            ((edge - low) * across, count * up, int(count), edge)
            for edge, count in zip(edges[:-1], counts, strict=True)
        ]
        self.curve = " ".join(
            f"{(a - low) * across:.2f},{40 - b * up:.2f}" for a, b in zip(x, density, strict=True)
        )
        step = 0.05 if high - low < 0.4 else 0.1  # noqa: PLR2004 - labels that fit on a phone
        ticks = np.arange(math.ceil(low / step) * step, high, step)
        self.ticks = [((tick - low) * across, f"{tick:.2f}") for tick in ticks]
        self.people = len(report.nearest)
