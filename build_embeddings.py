#!/usr/bin/env python3
"""Refresh the gallery: a folder of celebrity photos becomes the index that the bot searches."""

import argparse
import sys
import time
from contextlib import closing
from pathlib import Path


def arguments() -> argparse.Namespace:
    """The command line."""
    from startwin.gallery.arguments import folder_arguments  # noqa: PLC0415
    from startwin.gallery.search.graph import parameter  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__, parents=[folder_arguments()])
    add = parser.add_argument
    fetch = "first fetch photos for those of the catalogue who have none; see the README"
    add("--fetch", action="store_true", help=fetch)
    add("--assets", type=Path, metavar="DIR", help="where the gallery goes (ASSETS_DIR)")
    jitters = "slightly changed copies of each face that are averaged; 0 for none (%(default)s)"
    add("--jitters", type=int, default=10, metavar="N", help=jitters)
    add("--workers", type=int, metavar="N", help="processes that read photos (WORKERS)")
    add("--cluster", metavar="ADDRESS", help="a Ray cluster that reads them (FACE_CLUSTER)")
    index = "parameters of the search graph, such as M=32 efConstruction=400 efSearch=100"
    add("--index", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help=index)
    parsed = parser.parse_args()
    if parsed.jitters < 0:
        parser.error("--jitters must be 0 or more")
    if parsed.workers not in {None, *range(1, 257)}:
        parser.error("--workers must be 1 to 256")
    try:
        parsed.index = dict(parameter(text) for text in parsed.index)
    except ValueError as error:
        parser.error(f"--index: {error}")
    return parsed


def main() -> int:
    """Build, and say how it went."""
    asked = arguments()
    # The worker processes import this file again: what they do not need is imported here.
    from startwin import journal, settings  # noqa: PLC0415
    from startwin.errors import StarTwinError  # noqa: PLC0415
    from startwin.gallery.building.build import Plan, build  # noqa: PLC0415
    from startwin.gallery.building.progress import ProgressBar  # noqa: PLC0415
    from startwin.gallery.fetch.progress import fetch_photos  # noqa: PLC0415

    journal.start()
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    who = asked.photos, asked.catalog, asked.leave_out
    try:
        chosen = settings.load(
            assets_dir=asked.assets, workers=asked.workers, face_cluster=asked.cluster
        )
        if asked.fetch:
            print("Photos:", fetch_photos(*who, chosen.fetch_contact))
        began = time.monotonic()
        with closing(ProgressBar()) as bar:
            manifest, anew = build(Plan(*who, asked.jitters, asked.index), chosen, bar)
    except StarTwinError as error:
        print(f"build_embeddings.py: {error}", file=sys.stderr)
        return 1
    verb = f"built in {time.monotonic() - began:.1f} s" if anew else "up to date"
    people = "1 person" if manifest.people == 1 else f"{manifest.people} people"
    print(f"Gallery {verb}: {people} in {manifest.folder(chosen.assets_dir)}; {bar.counted}")
    print(f"The search found the nearest of all for {manifest.search.worst:.1%} of test faces")
    print(f"Percentages come from {manifest.similarity}")
    print(f"All about it: {chosen.assets_dir / 'report.html'}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ModuleNotFoundError as missing:
        sys.exit(f"{missing.name} is not installed: run `make run` once, then use .venv/bin/python")
    except KeyboardInterrupt:
        print("Stopped. The gallery is as it was before.", file=sys.stderr)
        sys.exit(130)
