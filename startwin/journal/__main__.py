"""Print the figures of each day in journal files: ``python -m startwin.journal FILE…``."""

import argparse
import sys
from itertools import chain
from pathlib import Path

from startwin.journal import figures


def main() -> int:
    """Read, count, print."""
    parser = argparse.ArgumentParser(prog="python -m startwin.journal", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="oldest first")
    try:
        with_lines = [
            file.read_text("utf-8", errors="replace").splitlines()
            for file in parser.parse_args().files
        ]
    except OSError as error:
        print(f"{error.filename} cannot be read: {error.strerror}", file=sys.stderr)
        return 1
    days = figures.days(figures.read(chain.from_iterable(with_lines)))
    print("\n\n".join(figures.told(date, day) for date, day in sorted(days.items())))
    if not days:
        print("there are no events in it", file=sys.stderr)
    return 0 if days else 1


if __name__ == "__main__":
    sys.exit(main())
