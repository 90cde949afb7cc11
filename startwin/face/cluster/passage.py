"""How photos pass through Ray: inside its messages, never through its object store.

By default Ray puts arguments and results of more than 100 kB into its object store. That is shared
memory, but it writes what does not fit to disk (spilling), or lies on disk itself where /dev/shm
is small, and automatic_object_spilling_enabled=false only turns the first into the second
(https://docs.ray.io/en/latest/ray-core/objects/object-spilling.html). So the size from which on
the store is used is raised beyond any photo, in each process that sends: here, and by
`startwin.face.cluster.node` on the nodes. Whether it worked is not believed but looked at: a probe
is sent to each station and back before a photo is, and each answer of a station tells whether its
process has ever touched a page of the store.
"""

from collections.abc import Iterable
from pathlib import Path

LARGEST = 22 << 20
"""Bytes of the largest call that is sent: Telegram hands out files of up to 20 MB to bots."""

ENVIRONMENT = {
    "RAY_max_direct_call_object_size": str(400_000_000),
    "RAY_task_rpc_inlined_bytes_limit": str(400_000_000),  # of a whole call; below gRPC's 512 MB
    "RAY_USAGE_STATS_ENABLED": "0",
}
"""For every process that has Ray in it, before it is imported."""


def has_touched_store(smaps: Iterable[str] | None = None) -> bool:
    """Whether this process has ever read or written anything in Ray's object store.

    Args:
        smaps: the lines of /proc/self/smaps, https://man7.org/linux/man-pages/man5/proc.5.html
    """
    if smaps is None:
        smaps = Path("/proc/self/smaps").read_text().splitlines()
    is_store = False
    for line in smaps:
        name, *rest = line.split(maxsplit=5)
        if not name.endswith(":"):  # the head of a mapping: its addresses, and its file at last
            is_store = bool(rest) and "/plasma" in rest[-1]
        elif is_store and name == "Rss:" and int(rest[0]) > 0:
            return True
    return False
