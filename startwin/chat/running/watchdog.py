"""What systemd is told; see https://www.freedesktop.org/software/systemd/man/sd_notify.html."""

import os
import socket


class Watchdog:
    """Tells the service manager how it goes, if there is one."""

    def __init__(self) -> None:
        name = os.environ.get("NOTIFY_SOCKET", "")
        # A name in the abstract namespace is written with @ for the zero byte.
        self._address = "\0" + name[1:] if name.startswith("@") else name

    def ready(self) -> None:
        """The bot has started."""
        self._tell("READY=1")

    def alive(self) -> None:
        """It is alive; silence for `WatchdogSec` has it restarted."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """It is about to end."""
        self._tell("STOPPING=1")

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
                manager.sendto(state.encode(), self._address)
        except OSError:  # it is the manager that decides what to make of silence
            return
