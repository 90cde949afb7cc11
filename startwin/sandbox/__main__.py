"""Runs the sandbox, and a bot in it: `python -m startwin.sandbox [--port N] [-- COMMAND …]`."""

import argparse
import errno
import sys
import warnings
from pathlib import Path
from threading import Thread

from PIL import Image

from startwin.sandbox.child import Child
from startwin.sandbox.events import Event, Events
from startwin.sandbox.port import VARIABLE, BadPort, configured_port, parse_port
from startwin.sandbox.server import Sandbox

_STOP_SECONDS = 25.0
_A_YEAR = 365 * 86400.0


def main(arguments: list[str]) -> int:
    """Runs until a signal or until the command ends; returns the exit code."""
    # A picture with too many pixels is refused by its header: the warning is no news to anybody.
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    own, command = _split(arguments)
    try:
        sandbox = Sandbox(_port(own))
    except BadPort as error:
        sys.stderr.write(f"{error}\n")
        return 2 if own.port is not None else 1
    events = Events()
    try:
        sandbox.start()
    except OSError as error:
        sys.stderr.write(f"{_unable_to_listen(error, sandbox.url)}\n")
        return 1
    try:
        return _run_with(sandbox, command, events) if command else _run_alone(sandbox, events)
    finally:
        sandbox.close()


def _split(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our own arguments, and the command behind the first `--`."""
    parser = argparse.ArgumentParser(
        prog="python -m startwin.sandbox",
        description="A local stand-in for Telegram with a chat page, to try a bot in.",
        usage="%(prog)s [-h] [--port N] [-- COMMAND ...]",
        epilog=(
            "COMMAND is started with TELEGRAM_TOKEN and TELEGRAM_API_URL set to the sandbox, "
            "and stopped with it. Without COMMAND both are printed."
        ),
    )
    parser.add_argument(
        "--port",
        metavar="N",
        help=f"listen on 127.0.0.1:N (default: {VARIABLE} from the environment or .env, or 8080; "
        "0: any free port)",
    )
    border = arguments.index("--") if "--" in arguments else len(arguments)
    return parser.parse_args(arguments[:border]), arguments[border + 1 :]


def _port(own: argparse.Namespace) -> int:
    if own.port is not None:
        return parse_port(own.port, "--port")
    return configured_port(Path.cwd())


def _unable_to_listen(error: OSError, url: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{url} is taken by another program: set {VARIABLE} to another port."
    return f"Cannot listen on {url} ({error.strerror}): set {VARIABLE} to another port."


def _run_alone(sandbox: Sandbox, events: Events) -> int:
    _say(
        f"The sandbox is ready: open {sandbox.url}/ and point a bot at it with\n"
        f"TELEGRAM_TOKEN={sandbox.token}\n"
        f"TELEGRAM_API_URL={sandbox.url}"
    )
    events.wait()
    return 0


def _run_with(sandbox: Sandbox, command: list[str], events: Events) -> int:
    child = Child(command, sandbox.token, sandbox.url)
    child.when_ended(lambda: events.tell(Event.ENDED))
    Thread(target=_tell_first_poll, args=(sandbox, events), daemon=True).start()
    try:
        event = events.wait()
        if event is Event.POLLED:
            _say(f"StarTwin is ready: open {sandbox.url}/ and send it a photo (Ctrl-C stops it).")
            event = events.wait()
        if event is Event.ENDED:
            return child.exit_code()
        child.terminate()
        _wait_for_end(events)
        return 0
    finally:
        child.kill()


def _say(text: str) -> None:
    """Prints in one piece: the bot writes to the same place at the same time."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _tell_first_poll(sandbox: Sandbox, events: Events) -> None:
    try:
        sandbox.telegram.wait_for_poll(_A_YEAR)
    except TimeoutError:  # also when the sandbox closes
        return
    events.tell(Event.POLLED)


def _wait_for_end(events: Events) -> None:
    """Returns when the child has ended, at a second signal, or when its time is over."""
    event: Event | None = Event.POLLED
    while event is Event.POLLED:
        event = events.wait(_STOP_SECONDS)
    if event is None:
        sys.stderr.write(f"The bot did not stop within {_STOP_SECONDS:g} s and is killed.\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
