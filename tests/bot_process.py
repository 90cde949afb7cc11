"""The real bot, as an operator starts it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import DEADLINE, ROOT


class BotProcess:
    """`bot.py` as an operator starts it; what it prints goes to a file."""

    def __init__(self, output: Path, **environment: str) -> None:
        self.output = output
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "bot.py"],
                env={**kept, "PYTHONWARNINGS": "ignore", **environment},
                cwd=output.parent,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.exit_code()

    def exit_code(self) -> int:
        return self.process.wait(DEADLINE)

    @property
    def printed(self) -> str:
        return self.output.read_text()

    @property
    def workers(self) -> list[int]:
        """The worker processes' ids: the children that multiprocessing has spawned."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        pids = [int(pid) for file in children for pid in file.read_text().split()]
        return [p for p in pids if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()]
