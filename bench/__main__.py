"""Run the measurements and write `bench/results.md`."""

import argparse
import os
import platform
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.likeness import likeness
from bench.photos import Probe, harder, is_held_back, photos_of, telegram_sized
from bench.search import search
from bench.section import Section
from bench.soak import soak
from bench.speed import speed
from bench.traffic import traffic
from bench.workers import workers

CATALOGUE = 12_000
"""The people in the article's gallery."""

SEEDS = (2018, 12018, 22018)
"""For hard scenes: each photo comes in so many."""

RESULTS = Path(__file__).parent / "results.md"
PLOTS = Path(__file__).parent / "plots"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--photos", type=Path, default="photos", metavar="DIR", help="the gallery")
    parser.add_argument(
        "--probes", type=Path, metavar="DIR", help="other photos of the same people, named alike"
    )
    parser.add_argument("--rounds", type=int, default=3, help="readings of each photo for speed")
    parser.add_argument("--seconds", type=float, default=15, help="of traffic, a row")
    parser.add_argument("--most", type=int, default=60, help="photos for speed, at the most")
    parser.add_argument(
        "--dlib-blas", type=Path, metavar="DIR", help="a dlib that was compiled with BLAS"
    )
    parser.add_argument("--large", action="store_true", help="search among a million, too")
    parser.add_argument("--soak", type=int, default=3000, metavar="N", help="photos of the soak")
    parser.add_argument(
        "--only", choices=["speed", "likeness", "search", "workers", "traffic", "soak", "cluster"]
    )
    parser.add_argument(
        "--renew", action="store_true", help="put what --only measures in its old place"
    )
    return parser.parse_args()


def sets(asked: argparse.Namespace) -> tuple[list[Probe], list[Probe]]:
    """The gallery, one photo a person, and other photos of the same people.

    Without a folder of probes they are the gallery folder's further photos, or the same ones if
    there are no further ones.
    """
    photos = photos_of(asked.photos)
    gallery = list({probe.person: probe for probe in reversed(photos)}.values())[::-1]
    probes = photos_of(asked.probes) if asked.probes else [p for p in photos if p not in gallery]
    people = {probe.person for probe in gallery}
    return gallery, [probe for probe in probes if probe.person in people] or gallery


def parts(asked: argparse.Namespace) -> Iterator[tuple[str, str, Callable[[], Section]]]:
    """Name, heading and work of each part."""
    gallery, probes = sets(asked)
    chosen = probes[:: max(1, len(probes) // asked.most)]
    sized = [telegram_sized(probe) for probe in chosen]
    yield "speed", "Photo to embeddings", lambda: speed(sized, asked.rounds, asked.dlib_blas)
    kept = [probe for probe in probes if is_held_back(probe.person)] or probes
    yield "likeness", "Likeness", lambda: likeness(gallery, asked_of(kept))
    for size in (CATALOGUE, 100_000, *([1_000_000] if asked.large else [])):
        among = partial(search, size, with_article=size == CATALOGUE)
        yield "search", f"Search among {size:,}", among
    yield "workers", "Workers", lambda: workers(sized)
    crowds = partial(traffic, sized, Path("assets"), [1, 10, 50], asked.seconds)
    yield "traffic", "The whole bot", crowds
    if asked.only == "cluster":  # which needs Ray
        from bench.cluster import cluster  # noqa: PLC0415

        yield "cluster", "On a cluster", lambda: cluster(sized)
    yield "soak", "Soak", lambda: soak(sized, Path("assets"), asked.soak)


def asked_of(probes: list[Probe]) -> dict[str, list[Probe]]:
    """The sets of probes that likeness is measured on."""
    hard = [probe for seed in SEEDS for probe in harder(probes, seed)]
    return {"As they are, held back": probes, "In hard scenes, held back": hard}


def main() -> None:
    """Measure, print, write."""
    asked = arguments()
    head = (
        "# Measured\n"
        f"By `make bench` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}, photos from "
        f"`{asked.photos.name}`" + (f" and `{asked.probes.name}`" if asked.probes else "") + ". "
        "Machines differ and are noisy: the ratios are what counts.\n"
    )
    written: dict[str, str] = {}
    plots: dict[str, bytes] = {}
    for name, heading, work in parts(asked):
        if asked.only in (None, name):
            section = work()
            print(f"## {heading}\n{section.text}\n", flush=True)  # noqa: T201 - it is for this
            images = [f"![{plot}]({PLOTS.name}/{plot}.svg)" for plot in section.plots]
            written[heading] = "\n\n".join([section.text, *images]) + "\n"
            plots.update(section.plots)
    if asked.only is None:
        sections = [f"## {heading}\n{text}" for heading, text in written.items()]
        RESULTS.write_text("\n".join([head, *sections]), "utf-8")
    elif asked.renew:
        RESULTS.write_text(renewed(RESULTS.read_text("utf-8"), written), "utf-8")
    if asked.only is None or asked.renew:
        PLOTS.mkdir(exist_ok=True)
        for plot, drawing in plots.items():
            (PLOTS / f"{plot}.svg").write_bytes(drawing)


def renewed(results: str, written: dict[str, str]) -> str:
    """The results with sections in the place of the old ones of the same heading, or behind all.

    Args:
        results: what was measured before.
        written: the new sections' texts by heading.
    """
    head, *old = [part.strip() for part in re.split(r"^## ", results, flags=re.MULTILINE)]
    sections = dict(section.split("\n", 1) for section in old)
    for heading, text in written.items():
        sections[heading] = f"Measured by itself on {datetime.now(UTC):%Y-%m-%d}.\n\n{text.strip()}"
    return "\n\n".join([head, *(f"## {name}\n{text}" for name, text in sections.items())]) + "\n"


if __name__ == "__main__":
    main()
