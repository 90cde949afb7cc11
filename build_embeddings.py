#!/usr/bin/env python3
"""Refresh the gallery: a folder of celebrity photos becomes the index that the bot searches."""

import argparse
import sys
import time
from pathlib import Path


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, default="photos", metavar="DIR")
    parser.add_argument(
        "--catalog", type=Path, metavar="FILE", help="default: catalog.json in the photos folder"
    )
    parser.add_argument("--assets", type=Path, metavar="DIR", help="default: ASSETS_DIR")
    parser.add_argument(
        "--jitters", type=int, default=10, help="copies an embedding is averaged over (%(default)s)"
    )
    parser.add_argument("--workers", type=int, metavar="N", help="default: WORKERS")
    parsed = parser.parse_args()
    if parsed.jitters < 0:
        parser.error("--jitters must be 0 or more")
    if parsed.workers is not None and parsed.workers < 1:
        parser.error("--workers must be 1 or more")
    return parsed


def main() -> int:
    """Build, and say how it went."""
    asked = arguments()
    # The worker processes import this file again: what they do not need is imported here.
    from startwin import journal, settings  # noqa: PLC0415
    from startwin.errors import StarTwinError  # noqa: PLC0415
    from startwin.gallery.build import build  # noqa: PLC0415
    from startwin.gallery.progress import ProgressBar  # noqa: PLC0415

    journal.start()
    bar = ProgressBar()
    began = time.monotonic()
    try:
        chosen = settings.load().overridden(assets_dir=asked.assets, workers=asked.workers)
        manifest, anew = build(asked.photos, asked.catalog, asked.jitters, chosen, bar)
    except StarTwinError as error:
        print(f"build_embeddings.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The gallery is as it was before.", file=sys.stderr)
        return 130
    finally:
        bar.close()
    verb = f"built in {time.monotonic() - began:.1f} s" if anew else "up to date"
    print(f"Gallery {verb}: {manifest.people} people in {manifest.folder(chosen.assets_dir)}")
    scale = manifest.similarity
    print(
        f"Percentages: from {scale.source}, distance {scale.mean:.3f} ± {scale.deviation:.3f}"
        " to the nearest person"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
