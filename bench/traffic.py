"""Users at once: photos a second and times to answer, through the running bot."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from bench.photos import Probe
from bench.table import milliseconds, table
from startwin.sandbox import Sandbox

BOT = """
from startwin.chat import app, message_queue
from startwin import journal, settings
if __name__ == "__main__":
    # Telegram's limits are set aside: they, not the bot, would be measured.
    free = message_queue.Rate(100_000, 1.0, burst=100_000)
    app.MessageQueue = lambda: message_queue.MessageQueue(free, free)
    journal.start()
    app.run(settings.load())
"""

DEADLINE = 120.0


def traffic(probes: list[Probe], assets: Path, users: list[int], seconds: float) -> str:
    """A table: each user sends a photo, waits for the answer, and sends the next.

    Args:
        probes: photos that are sent in turn.
        assets: a built gallery.
        users: how many at once, a row each.
        seconds: how long each row is measured.
    """
    rows = []
    for workers, crowd in [(1, users[len(users) // 2]), *((2, number) for number in users)]:
        with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
            bot = _started(sandbox, assets, workers, Path(folder))
            try:
                waits, took = _measured(sandbox, probes, crowd, seconds)
            finally:
                bot.terminate()
                bot.wait()
        shares = [milliseconds(float(wait)) for wait in np.percentile(waits, [50, 95, 99])]
        rows.append((workers, crowd, f"{len(waits) / took:.1f}", *shares))
    return table(("workers", "users at once", "photos a second", "50%", "95%", "99%"), rows)


def _started(
    sandbox: Sandbox, assets: Path, workers: int, folder: Path
) -> "subprocess.Popen[bytes]":
    script = folder / "unlimited_bot.py"
    script.write_text(BOT)
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path.cwd()),
        "TELEGRAM_TOKEN": sandbox.token,
        "TELEGRAM_API_URL": sandbox.url,
        "ASSETS_DIR": str(assets.absolute()),
        "DATA_DIR": str(Path("data").absolute()),
        "WORKERS": str(workers),
        "HANDLER_THREADS": "64",
    }
    with (folder / "log").open("w") as log:
        bot = subprocess.Popen([sys.executable, script], env=environment, cwd=folder, stderr=log)
    sandbox.telegram.wait_for_poll(DEADLINE)
    return bot


def _measured(
    sandbox: Sandbox, probes: list[Probe], users: int, seconds: float
) -> tuple[list[float], float]:
    waits: list[float] = []
    began = time.monotonic()

    def chat(number: int) -> None:
        person = sandbox.telegram.user(f"User {number}")
        sent = 0
        while time.monotonic() - began < seconds:
            photo = probes[(number + sent) % len(probes)].photo
            at = time.monotonic()
            person.send_photo(photo)
            sent += 1
            person.wait_for_answers(sent, DEADLINE)
            waits.append(time.monotonic() - at)

    crowd = [threading.Thread(target=chat, args=[number]) for number in range(users)]
    for user in crowd:
        user.start()
    for user in crowd:
        user.join()
    return waits, time.monotonic() - began
