"""Chaos for long: `make chaos`."""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from startwin.gallery.build import Plan as BuildPlan
from startwin.gallery.build import build
from startwin.settings import Settings
from tests.chaos.run import Plan, chaos
from tests.conftest import PHOTOS, SilentWatcher

PHOTOS_A_SECOND = 8.0
"""What two cores answer with room for what has to be done twice."""


def main() -> int:
    """Run until it is over, print the report; 1 if the promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="of chaos")
    parser.add_argument("--photos", type=int, help="to send in that time")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of the chaos")
    asked = parser.parse_args()
    seconds = 60 * asked.minutes
    photos = asked.photos or round(PHOTOS_A_SECOND * seconds)
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    print(f"SEED={asked.seed}, {photos} photos in {seconds:g} s, logs in {folder}", flush=True)
    settings = Settings(assets_dir=folder / "assets", data_dir=folder / "models")
    build(BuildPlan(PHOTOS, jitters=0), settings, SilentWatcher())
    verdict = chaos(Plan(photos, seconds, asked.seed), settings.assets_dir, folder)
    print(verdict.report)
    return 1 if verdict.violations else 0


if __name__ == "__main__":
    sys.exit(main())
