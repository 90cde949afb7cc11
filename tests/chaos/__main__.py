"""Chaos for long: `make chaos`."""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from startwin.gallery.building.build import Plan as BuildPlan
from startwin.gallery.building.build import build
from startwin.settings import Settings
from tests.chaos.run import Plan, chaos
from tests.conftest import PHOTOS, SilentWatcher

BLOWS = 0.4
"""For each photo."""


def main() -> int:
    """Run until it is over, print the report; 1 if the promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--photos", type=int, default=2000, help="to send: about 500 a minute")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of the chaos")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    print(f"SEED={asked.seed}, PHOTOS={asked.photos}, logs in {folder}", flush=True)
    settings = Settings(assets_dir=folder / "assets", data_dir=folder / "models")
    build(BuildPlan(PHOTOS, jitters=0), settings, SilentWatcher())
    verdict = chaos(
        Plan(asked.photos, round(BLOWS * asked.photos), asked.seed), settings.assets_dir, folder
    )
    print(verdict.report, f"\nlogs in {folder}")
    return 1 if verdict.violations else 0


if __name__ == "__main__":
    sys.exit(main())
