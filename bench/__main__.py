"""Run the measurements and write `bench/results.md`."""

import argparse
import os
import platform
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.likeness import likeness
from bench.photos import harder, photos_of, telegram_sized
from bench.search import search
from bench.speed import speed
from bench.traffic import traffic

CATALOGUE = 12_000
"""The people in the article's gallery."""

RESULTS = Path(__file__).parent / "results.md"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--photos", type=Path, default="photos", metavar="DIR", help="the gallery")
    parser.add_argument(
        "--probes", type=Path, metavar="DIR", help="other photos of the same people, named alike"
    )
    parser.add_argument("--rounds", type=int, default=5, help="readings of each photo for speed")
    parser.add_argument("--seconds", type=float, default=15, help="of traffic, a row")
    parser.add_argument("--most", type=int, default=60, help="photos for speed, at the most")
    parser.add_argument("--large", action="store_true", help="search among a million, too")
    parser.add_argument("--only", choices=["speed", "likeness", "search", "traffic"])
    return parser.parse_args()


def parts(asked: argparse.Namespace) -> Iterator[tuple[str, str, Callable[[], str]]]:
    """Name, heading and work of each part."""
    gallery = photos_of(asked.photos)
    probes = photos_of(asked.probes) if asked.probes else gallery
    chosen = probes[:: max(1, len(probes) // asked.most)]
    sized = [telegram_sized(probe) for probe in chosen]
    yield "speed", "Photo to embeddings", lambda: speed(sized, asked.rounds)
    sets = {"As they are": probes, "In hard scenes": harder(probes)}
    yield "likeness", "Likeness", lambda: likeness(gallery, sets)
    for size in (CATALOGUE, 100_000, *([1_000_000] if asked.large else [])):
        yield (
            "search",
            f"Search among {size:,}",
            partial(search, size, with_article=size == CATALOGUE),
        )
    yield (
        "traffic",
        "The whole bot",
        lambda: traffic(sized, Path("assets"), [1, 10, 50], asked.seconds),
    )


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
    written = [head]
    for name, heading, work in parts(asked):
        if asked.only in (None, name):
            written.append(f"## {heading}\n{work()}\n")
            print(written[-1], flush=True)  # noqa: T201 - this is what it is for
    if asked.only is None:
        RESULTS.write_text("\n".join(written), "utf-8")


if __name__ == "__main__":
    main()
