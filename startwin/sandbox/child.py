"""The command that the sandbox runs: the bot, as a child process in a session of its own."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

_LEASH = Path(__file__).with_name("leash.py")
# python-telegram-bot sends even loopback traffic through them and knows no NO_PROXY.
_PROXIES = ("HTTPS_PROXY", "https_proxy")


class Child:
    """A command pointed at the sandbox.

    It gets a session of its own, so that Ctrl-C in the terminal reaches it through us alone, once.
    Start it from the main thread: on Linux it gets SIGTERM when the thread that started it ends.
    """

    def __init__(self, command: list[str], token: str, url: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in _PROXIES}
        environment |= {"TELEGRAM_TOKEN": token, "TELEGRAM_API_URL": url}
        self._process = subprocess.Popen(
            [sys.executable, str(_LEASH), str(os.getpid()), *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def when_ended(self, tell: Callable[[], None]) -> None:
        """Calls `tell` from another thread once the command has ended."""

        def watch() -> None:
            self._process.wait()
            tell()

        Thread(target=watch, name="child", daemon=True).start()

    def terminate(self) -> None:
        """Asks the command to stop."""
        self._process.terminate()

    def kill(self) -> None:
        """Ends the command and whatever it started."""
        # Its group is named by its own id, also after its end: workers that outlived it go, too.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def exit_code(self) -> int:
        """The command's exit code, once it has ended; 128 + n if signal n ended it."""
        code = self._process.wait()
        return code if code >= 0 else 128 - code
