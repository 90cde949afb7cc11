"""Keeps a bot running: starts it, ends it in every way, and starts it again."""

import os
import signal
import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from subprocess import TimeoutExpired

from tests.bot_process import BotProcess
from tests.conftest import DEADLINE


class Keeper:
    """One bot after another in the same folder; where one hands over to the next, two at once.

    Args:
        folder: for logs and data, with a name that no other process has in its settings.
        settings: the bot's.

    Attributes:
        faults: ends that no signal explains.
    """

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.faults: list[str] = []
        self.data = folder / "data"
        self._folder = folder
        self._settings = {**settings, "DATA_DIR": str(self.data), "PYTHONFAULTHANDLER": "1"}
        self._bots: list[BotProcess] = []

    @property
    def logs(self) -> list[str]:
        """What each bot has printed, oldest first."""
        return [bot.printed for bot in self._bots]

    def start(self) -> BotProcess:
        """Start a bot, whatever the others do."""
        bot = BotProcess(self._folder / f"bot-{len(self._bots)}.log", **self._settings)
        self._bots.append(bot)
        return bot

    @property
    def is_up(self) -> bool:
        """Whether the bot is polling, or has been."""
        return _is_up(self._bots[-1])

    def tend(self) -> None:
        """Start another if the bot has ended by itself, as an operator's supervisor does.

        That is a fault, but for a bot whose workers are killed while it starts.
        """
        bot = self._bots[-1]
        code = bot.process.poll()
        if code is not None:
            if _is_up(bot) or "a worker process died, or hung, before it" not in bot.printed:
                self._note(bot, f"ended by itself with {code}")
            self.start()

    def kill(self) -> None:
        """SIGKILL, and the next one at once."""
        bot = self._bots[-1]
        bot.process.kill()
        bot.process.wait()
        self.start()

    def terminate(self, patience: float | None = None) -> None:
        """SIGTERM; then the next one.

        Args:
            patience: seconds until a second SIGTERM; none by default.
        """
        bot = self._bots[-1]
        polite = _is_up(bot)
        bot.process.send_signal(signal.SIGTERM)
        if patience is not None:
            try:
                bot.process.wait(patience)
            except TimeoutExpired:
                polite = False
                bot.process.send_signal(signal.SIGTERM)
        self._see_off(bot, polite)
        self.start()

    def hand_over(self) -> None:
        """Start the next one, and only then end the one that is there."""
        bot = self._bots[-1]
        polite = _is_up(bot)
        self.start()
        bot.process.send_signal(signal.SIGTERM)
        self._see_off(bot, polite)

    def stop(self) -> None:
        """End the last one politely."""
        self.tend()
        bot = self._bots[-1]
        bot.process.send_signal(signal.SIGTERM)
        self._see_off(bot, polite=True)

    def end(self) -> None:
        """SIGKILL for all that are still there."""
        for bot in self._bots:
            bot.process.kill()
            bot.process.wait()

    def workers(self) -> list[int]:
        """The present bot's worker processes."""
        try:
            return self._bots[-1].workers
        except (FileNotFoundError, ProcessLookupError):  # ended while we looked
            return []

    def unfinished(self) -> int:
        """How many requests the inbox holds."""
        return self._number("SELECT count(*) FROM requests")

    def uncertain(self) -> int:
        """How many sends the bots have counted as maybe one too many."""
        return self._number("SELECT total(count) FROM counts WHERE name = 'uncertain'")

    def _number(self, query: str) -> int:
        with closing(sqlite3.connect(self.data / "inbox.sqlite", timeout=DEADLINE)) as inbox:
            return int(inbox.execute(query).fetchone()[0])

    def leftovers(self) -> list[str]:
        """The command lines of processes that outlive all bots, also when nothing stops them."""
        deadline, pause = time.monotonic() + DEADLINE, threading.Event()
        while (left := self._processes()) and time.monotonic() < deadline:
            for process in left:  # those that got SIGSTOP could not see their bot die
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)
            pause.wait(0.1)
        return [f"{process}: {command}" for process, command in left.items()]

    def _processes(self) -> dict[int, str]:
        """The command lines of all that run with our settings, by process."""
        mark = f"DATA_DIR={self.data}".encode()
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, PermissionError, ProcessLookupError):
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ")
                    found[int(process.name)] = command.decode()
        return found

    def _see_off(self, bot: BotProcess, polite: bool) -> None:
        """Wait for its end; a bot that was up and got one SIGTERM, no more, ends with 0."""
        try:
            code = bot.process.wait(DEADLINE)
        except TimeoutExpired:
            bot.process.send_signal(signal.SIGABRT)  # with which each thread says where it is
            bot.process.wait()
            self._note(bot, f"did not end within {DEADLINE} s of SIGTERM", lines=500)
        else:
            if polite and code != 0:
                self._note(bot, f"ended with {code} at SIGTERM")

    def _note(self, bot: BotProcess, fault: str, lines: int = 8) -> None:
        last = "\n    ".join(bot.printed.splitlines()[-lines:])
        self.faults.append(f"{bot.output.name} {fault}:\n    {last}")


def _is_up(bot: BotProcess) -> bool:
    return "] ready " in bot.printed
