#!/usr/bin/env python3
"""Run the StarTwin bot: it polls Telegram and answers photos with look-alikes.

Settings come from the environment or from .env; README.md has the table.
"""

import argparse
import contextlib
import os
import sys


def main() -> int:
    """Run until stopped."""
    # The worker processes import this file again: what they do not need is imported here.
    from startwin.heap import limit_arenas  # noqa: PLC0415

    limit_arenas()  # before there are threads
    from startwin.redaction import Redaction, guard_standard_streams  # noqa: PLC0415

    guard_standard_streams(Redaction())  # a token may stand on the command line by mistake
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="test token, models, gallery and database, print a line each, and do not run",
    )
    arguments = parser.parse_args()
    from startwin import journal, settings  # noqa: PLC0415
    from startwin.chat.running import app  # noqa: PLC0415
    from startwin.chat.running.checkup import checkup  # noqa: PLC0415
    from startwin.errors import StarTwinError  # noqa: PLC0415

    journal.start()
    try:
        chosen = settings.load()
        token = chosen.telegram_token
        journal.start([token.get_secret_value()] if token else [])
        if arguments.check:
            return 0 if checkup(chosen, print) else 1
        app.run(chosen)
    except StarTwinError as error:
        print(f"bot.py: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError:  # some parts are imported when they are wanted
        raise
    except Exception:  # noqa: BLE001 - the last place where it can be told without the token
        journal.log("bot").critical("the bot failed", exc_info=True)
        return 1
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except ModuleNotFoundError as missing:
        sys.exit(f"{missing.name} is not installed: run `make run` once, then use .venv/bin/python")
    except KeyboardInterrupt:
        sys.exit(130)
    with contextlib.suppress(OSError):  # whoever read it may be gone
        sys.stdout.flush()
        sys.stderr.flush()
    # Threads of python-telegram-bot that still wait for the network would keep the process.
    os._exit(code)
