"""Users at once: photos a second and times to answer, through the running bot."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from bench.photos import Probe
from bench.section import Section, bars, milliseconds, table
from startwin.sandbox import Sandbox

BOT = """
from startwin.chat.running import app
from startwin.chat.wire import message_queue
from startwin import journal, settings
if __name__ == "__main__":
    # Telegram's limits are set aside: they, not the bot, would be measured.
    free = message_queue.Rate(100_000, 1.0, burst=100_000)
    app.MessageQueue = lambda: message_queue.MessageQueue(free, free)
    journal.start()
    app.run(settings.load())
"""

DEADLINE = 120.0

JOURNAL = "journal.jsonl"

PERCENTILES = (50, 95, 99)

OWN = ("waiting", "worker", "search")
"""The stages of an answer that are the bot's own overhead: what it does besides carrying and
looking at pictures. `worker` is the way to a worker and back, without what is done there."""


@dataclass
class Row:
    """What one crowd saw.

    Attributes:
        waits: seconds from when Telegram has a photo until its answer is there.
        took: seconds in all.
        spent: seconds of processor by who spent them.
        stages: of each answer, the seconds of each stage, by the bot's journal.
    """

    waits: list[float] = field(default_factory=list)
    took: float = 0.0
    spent: dict[str, float] = field(default_factory=dict)
    stages: list[dict[str, float]] = field(default_factory=list)


def traffic(probes: list[Probe], assets: Path, users: list[int], seconds: float) -> Section:
    """Each user sends a photo, waits for the answer, and sends the next.

    Args:
        probes: photos that are sent in turn.
        assets: a built gallery.
        users: how many at once, a row each.
        seconds: how long each row is measured.
    """
    rows, accounts, drawn, stages = [], [], {}, ""
    for workers, crowd in [(1, users[len(users) // 2]), *((2, number) for number in users)]:
        with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
            bot = _started(sandbox, assets, workers, Path(folder))
            try:
                row = _measured(sandbox, psutil.Process(bot.pid), probes, crowd, seconds)
            finally:
                bot.terminate()
                bot.wait()
            row.stages = _stages(Path(folder) / JOURNAL)
        if workers > 1 and crowd == 1:
            stages = _account(row)
        waits = [float(wait) for wait in np.percentile(row.waits, PERCENTILES)]
        rate = f"{len(row.waits) / row.took:.1f}"
        rows.append((workers, crowd, rate, *map(milliseconds, waits)))
        spent = [milliseconds(seconds / len(row.waits)) for seconds in row.spent.values()]
        busy = sum(row.spent.values()) / row.took
        accounts.append((workers, crowd, *spent, f"{busy:.2f} of {os.cpu_count()}"))
        if workers > 1:
            named = [f"{percentile}%" for percentile in PERCENTILES]
            drawn[f"{crowd} at once"] = dict(
                zip(named, (1000 * wait for wait in waits), strict=True)
            )
    crowds = ("workers", "users at once")
    head = (*crowds, "photos a second", *(f"{percentile}%" for percentile in PERCENTILES))
    return Section(
        f"{table(head, rows)}\n\nProcessor time a photo; the bot's is all that its workers do "
        "not do, download and upload included:\n\n"
        f"{table((*crowds, *row.spent, 'cores busy'), accounts)}{stages}",
        {"traffic": bars("Time to answer, two workers", "ms", drawn, stacked=False)},
    )


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
        "JOURNAL_FILE": str(folder / JOURNAL),
    }
    with (folder / "log").open("w") as log:
        bot = subprocess.Popen([sys.executable, script], env=environment, cwd=folder, stderr=log)
    sandbox.telegram.wait_for_poll(DEADLINE)
    return bot


def _measured(
    sandbox: Sandbox, bot: psutil.Process, probes: list[Probe], users: int, seconds: float
) -> Row:
    row = Row()
    before = _spent(bot)
    began = time.monotonic()

    def chat(number: int) -> None:
        person = sandbox.telegram.user(f"User {number}")
        sent = 0
        while time.monotonic() - began < seconds:
            photo = probes[(number + sent) % len(probes)].photo
            person.send_photo(photo)
            at = time.monotonic()
            sent += 1
            person.wait_for_answers(sent, DEADLINE)
            row.waits.append(time.monotonic() - at)

    crowd = [threading.Thread(target=chat, args=[number]) for number in range(users)]
    for user in crowd:
        user.start()
    for user in crowd:
        user.join()
    row.took = time.monotonic() - began
    row.spent = {who: after - before[who] for who, after in _spent(bot).items()}
    return row


def _stages(journal: Path) -> list[dict[str, float]]:
    events = [json.loads(line) for line in journal.read_text().splitlines()]
    return [event["seconds"] for event in events if event.get("outcome") == "card"]


def _account(row: Row) -> str:
    """Where the time of one user's answers goes."""
    means = {
        stage: float(np.mean([answer[stage] for answer in row.stages])) for stage in row.stages[0]
    }
    total = means.pop("total")
    means["between the stages"] = total - sum(means.values())
    own = sum(means[stage] for stage in (*OWN, "between the stages"))
    shares = [(stage, milliseconds(mean), f"{mean / total:.1%}") for stage, mean in means.items()]
    return (
        f"\n\nOne user's answers by the bot's journal, mean of {len(row.stages)}; sending waits "
        "for the stand-in, which makes a photo's sizes as Telegram does:\n\n"
        f"{table(('stage', 'time', 'of the whole'), [*shares, ('whole', milliseconds(total), '')])}"
        f"\n\nThe bot's own overhead ({', '.join(OWN)}, between the stages): {own / total:.1%}."
    )


def _spent(bot: psutil.Process) -> dict[str, float]:
    """Seconds of processor so far, by who spent them."""
    return {
        "bot": _processor(bot),
        "its workers": sum(_processor(worker) for worker in bot.children()),
        "stand-in and users": time.process_time(),
    }


def _processor(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
