"""The command line's words for the photos folder, which several commands take."""

import argparse
from pathlib import Path


def folder_arguments() -> argparse.ArgumentParser:
    """A parser of ``--photos``, ``--catalog`` and ``--leave-out``, to be another one's parent."""
    parser = argparse.ArgumentParser(add_help=False)
    add = parser.add_argument
    add("--photos", type=Path, default="photos", metavar="DIR", help="the photos (%(default)s)")
    add("--catalog", type=Path, metavar="FILE", help="who there is (catalog.json in the folder)")
    leave_out = "aliases of people to leave out, one a line (leave-out.txt in the folder)"
    add("--leave-out", type=Path, metavar="FILE", help=leave_out)
    return parser
