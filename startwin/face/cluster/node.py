"""Start Ray on this machine, as StarTwin needs it: ``python -m startwin.face.cluster.node``.

On the first machine with ``--head``, on each further one with ``--join HOST:PORT``. All that it
adds to ``ray start`` is: photos stay out of the object store (see `startwin.face.cluster.passage`),
no dashboard, no telemetry, no copies of what workers print, and StarTwin's own code on the path of
Ray's processes: it must be the same commit on every node. Other options go to ``ray start``.
"""

import argparse
import os
import sys
from pathlib import Path

import startwin
from startwin.face.cluster.passage import ENVIRONMENT

OBJECT_STORE = 80_000_000
"""Bytes of the object store, which nothing of ours is put into; Ray takes no less."""


def arguments() -> tuple[argparse.Namespace, list[str]]:
    """The command line: what is ours, and what is Ray's."""
    parser = argparse.ArgumentParser(
        prog="python -m startwin.face.cluster.node",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    role = parser.add_mutually_exclusive_group(required=True)
    role.add_argument("--head", action="store_true", help="begin a cluster")
    role.add_argument("--join", metavar="HOST:PORT", help="join the one that began there")
    parser.add_argument("--port", type=int, default=6379, help="the head's port (%(default)s)")
    client = "the head's port for ray://…, not within Ray's 10002 to 19999 (%(default)s)"
    parser.add_argument("--client-port", type=int, default=10001, help=client)
    cores = "cores to read faces with, one worker each; 0 for none (all)"
    parser.add_argument("--cores", type=int, metavar="N", help=cores)
    return parser.parse_known_args()


def command(asked: argparse.Namespace, further: list[str]) -> list[str]:
    """What is run."""
    ray = str(Path(sys.executable).with_name("ray"))
    words = [ray, "start", f"--object-store-memory={OBJECT_STORE}", "--disable-usage-stats"]
    words += ["--include-log-monitor=false"]
    if asked.head:
        words += ["--head", f"--port={asked.port}", f"--ray-client-server-port={asked.client_port}"]
        words += ["--include-dashboard=false"]
    else:
        words += [f"--address={asked.join}"]
    if asked.cores is not None:
        words += [f"--num-cpus={asked.cores}"]
    return words + further


def environment() -> dict[str, str]:
    """What Ray's processes, and with them the stations, have around them."""
    root = Path(startwin.__file__).parents[1]
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    data = Path(os.environ.get("DATA_DIR", root / "data")).absolute()
    own = {"PYTHONPATH": os.pathsep.join(paths), "DATA_DIR": str(data)}
    return {**os.environ, **ENVIRONMENT, **own}


def main() -> None:
    """Become ``ray start``."""
    words = command(*arguments())
    os.execve(words[0], words, environment())  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
