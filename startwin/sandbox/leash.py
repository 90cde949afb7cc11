"""Becomes a command that ends with its parent: `python leash.py PARENT_PID COMMAND …`.

So that the bot does not go on alone when the sandbox is killed. Run as a file, so that it imports
nothing but the standard library.
"""

import contextlib
import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h; outlives execve, unlike the handlers of signals
_COMMAND_NOT_FOUND = 127  # as shells have it


def _ask_for_signal_at_death_of(parent: int) -> None:
    """Linux alone offers this; elsewhere a killed sandbox leaves the bot running."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(0)


def main(parent: int, command: list[str]) -> None:
    """Replaces this process by the command."""
    _ask_for_signal_at_death_of(parent)
    try:
        os.execvp(command[0], command)  # noqa: S606 -- no shell is wanted here
    except OSError as error:
        sys.stderr.write(f"Cannot start {command[0]}: {error.strerror}.\n")
        sys.exit(_COMMAND_NOT_FOUND)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
