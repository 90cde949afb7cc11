"""Thousands of photos through the running bot, and its memory meanwhile."""

import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from bench.photos import Probe
from bench.section import Section, lines, table
from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat

DEADLINE = 120.0

USERS = 60
"""At once. Telegram's limit of one message a second in a chat then leaves the workers busy."""

PHOTOS_OF_ONE = 5
"""Then comes another person: a bot that kept something for each would show it."""

LARGE = (4000, 3000)
LARGE_EVERY = 50
"""One in so many is as large as a phone's camera makes it, sent as a file."""

WARM = 0.2
"""The part of the run in which caches and allocators may fill; growth is measured after it."""

MB = 1 << 20


@dataclass
class Memory:
    """What was seen once a second.

    Attributes:
        samples: seconds since the beginning, photos answered and bytes of memory (RSS) of each
            process by its name; a worker that is replaced has a name of its own.
    """

    samples: dict[str, list[tuple[float, int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def soak(probes: list[Probe], assets: Path, photos: int) -> Section:
    """Send so many photos as fast as they are answered.

    Args:
        probes: photos that are sent in turn, a very large one among them now and then.
        assets: a built gallery.
        photos: how many.
    """
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        bot = _started(sandbox, assets, Path(folder))
        try:
            crowd = _Crowd(sandbox, probes, photos)
            memory = _measured(psutil.Process(bot.pid), crowd)
        finally:
            bot.terminate()
            bot.wait()
    rows = [_row(name, samples) for name, samples in memory.samples.items()]
    head = ("process", "photos from", "to", "memory then", "at the end", "most", "in 1,000 photos")
    drawn = {
        name: [(at, used / MB) for at, _, used in samples]
        for name, samples in memory.samples.items()
    }
    return Section(
        f"{crowd.answered:,} photos of {crowd.people:,} people, two workers, {USERS} people at "
        f"once; all were answered within {crowd.took:.0f} s ({crowd.answered / crowd.took:.1f} a "
        f"second). One in {LARGE_EVERY} had {LARGE[0] * LARGE[1] / 1e6:.0f} million pixels. "
        "Memory is resident (RSS), at either end the median of a tenth of the time, because a "
        "large photo in hand takes more; growth in 1,000 photos is the slope of a straight line "
        f"through the last {1 - WARM:.0%} of the run.\n\n{table(head, rows)}",
        {"soak": lines("Memory of the running bot", "seconds", "MB", drawn)},
    )


class _Crowd:
    """People who send a photo, wait for the answer, and send the next."""

    def __init__(self, sandbox: Sandbox, probes: list[Probe], photos: int) -> None:
        self.answered = self.people = 0
        self.took = 0.0
        self._sandbox, self._probes, self._photos = sandbox, probes, photos
        self._large = _enlarged(probes[0])
        self._numbers = count()
        self._lock = threading.Lock()

    def send(self) -> None:
        began = time.monotonic()
        crowd = [threading.Thread(target=self._take_part) for _ in range(USERS)]
        for user in crowd:
            user.start()
        for user in crowd:
            user.join()
        self.took = time.monotonic() - began
        if self.answered != self._photos:
            raise RuntimeError(f"{self.answered} of {self._photos} photos were answered")

    def _take_part(self) -> None:
        sent = PHOTOS_OF_ONE
        while (number := next(self._numbers)) < self._photos:
            if sent == PHOTOS_OF_ONE:
                person, sent = self._newcomer(), 0
            if number % LARGE_EVERY == LARGE_EVERY - 1:
                person.send_photo(self._large, as_file=True)
            else:
                person.send_photo(self._probes[number % len(self._probes)].photo)
            sent += 1
            person.wait_for_answers(sent, DEADLINE)
            with self._lock:
                self.answered += 1

    def _newcomer(self) -> Chat:
        with self._lock:
            self.people += 1
        return self._sandbox.telegram.user(f"User {self.people}")


def _enlarged(probe: Probe) -> bytes:
    image = Image.open(io.BytesIO(probe.photo)).convert("RGB")
    scene = Image.new("RGB", LARGE, "grey")
    scene.paste(image.resize((LARGE[1] * image.width // image.height, LARGE[1])))
    file = io.BytesIO()
    scene.save(file, "JPEG", quality=90)
    return file.getvalue()


def _started(sandbox: Sandbox, assets: Path, folder: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "TELEGRAM_TOKEN": sandbox.token,
        "TELEGRAM_API_URL": sandbox.url,
        "ASSETS_DIR": str(assets.absolute()),
        "DATA_DIR": str(folder / "data"),
        "WORKERS": "2",
        "HANDLER_THREADS": str(USERS),
    }
    script = Path("bot.py").absolute()
    with (folder / "log").open("w") as log:
        bot = subprocess.Popen([sys.executable, script], env=environment, cwd=folder, stderr=log)
    sandbox.telegram.wait_for_poll(DEADLINE)
    return bot


def _measured(bot: psutil.Process, crowd: _Crowd) -> Memory:
    memory, began = Memory(), time.monotonic()
    names = {bot.pid: "bot"}
    over = threading.Event()

    def look() -> None:
        while not over.wait(1.0):
            for process in (bot, *_workers(bot)):
                name = names.setdefault(process.pid, f"worker {len(names)}")
                try:
                    used = process.memory_info().rss
                except psutil.NoSuchProcess:  # replaced meanwhile
                    continue
                memory.samples[name].append((time.monotonic() - began, crowd.answered, used))

    looker = threading.Thread(target=look)
    looker.start()
    try:
        crowd.send()
    finally:
        over.set()
        looker.join()
    return memory


def _workers(bot: psutil.Process) -> list[psutil.Process]:
    found = []
    for child in bot.children():
        try:
            if any("spawn_main" in word for word in child.cmdline()):
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def _row(name: str, samples: list[tuple[float, int, int]]) -> tuple[str, ...]:
    last = samples[-1][1]
    warm = [(answered, used) for _, answered, used in samples if answered >= WARM * last]
    answered, used = (np.array(column, dtype=float) for column in zip(*warm, strict=True))
    tenth = max(1, len(used) // 10)
    slope = float(np.polyfit(answered / 1000, used / MB, 1)[0]) if len(warm) > 1 else 0.0
    return (
        name,
        f"{answered[0]:,.0f}",
        f"{last:,}",
        f"{np.median(used[:tenth]) / MB:.0f} MB",
        f"{np.median(used[-tenth:]) / MB:.0f} MB",
        f"{max(rss for _, _, rss in samples) / MB:.0f} MB",
        f"{slope:+.1f} MB",
    )
