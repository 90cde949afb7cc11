"""The real bot's /readyz: red while photos would not be answered, and green again by itself."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from startwin.face import models
from startwin.sandbox import Sandbox
from tests.bot_process import BotProcess
from tests.conftest import DEADLINE, PHOTOS, ROOT, wait_until
from tests.end_to_end.conftest import Start, connected

HOPPER = (PHOTOS / "Grace Hopper.jpg").read_bytes()


class Watched:
    """A bot whose health is served."""

    def __init__(self, start: Start, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.address = f"127.0.0.1:{taken.getsockname()[1]}"
        self.bot: BotProcess = start(METRICS_LISTEN=self.address, **environment)

    def get(self, path: str) -> tuple[int, Any]:
        try:
            with urlopen(f"http://{self.address}/{path}") as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)
        except URLError:
            return 0, {}

    def wait_for(self, **expected: bool) -> None:
        status = 200 if all(expected.values()) else 503
        wait_until(lambda: self.is_so(status, expected))

    def is_so(self, status: int, expected: dict[str, bool]) -> bool:
        found, checks = self.get("readyz")
        return found == status and checks.items() >= expected.items()


def test_workers_that_cannot_start(start: Start, tmp_path: Path) -> None:
    copied = tmp_path / "face_recognition_models" / "models"
    shutil.copytree(models.LANDMARKS.path().parent, copied)
    (copied.parent / "__init__.py").touch()
    model = copied / models.LANDMARKS.name
    with Sandbox() as own:
        watched = Watched(start, **connected(own), PYTHONPATH=str(tmp_path))
        watched.wait_for(workers=True, serving=True)
        model.rename(model.with_suffix(".away"))
        for worker in watched.bot.workers:
            os.kill(worker, signal.SIGKILL)
        watched.wait_for(workers=False)
        assert watched.get("healthz")[0] == 200
        chat = own.telegram.user("Ada")
        chat.send_photo(HOPPER)
        model.with_suffix(".away").rename(model)
        watched.wait_for(workers=True, serving=True)
        assert "Grace Hopper" in chat.wait_for_answers(1, DEADLINE)[0]["caption"]


def test_from_start_to_stop_with_telegram_away_now_and_then(start: Start) -> None:
    own = Sandbox()
    with own:  # which gives it a port
        own.faults.add(method="sendPhoto", delay=DEADLINE)
    watched = Watched(start, **connected(own), POLL_TIMEOUT="1")
    watched.wait_for(serving=False)
    with own:
        watched.wait_for(telegram=True, serving=True)
    watched.wait_for(telegram=False)
    assert watched.get("healthz")[0] == 200
    with own:
        watched.wait_for(telegram=True, serving=True)
        own.telegram.user("Ada").send_photo(HOPPER)
        own.telegram.wait_for_calls("sendPhoto", 1, DEADLINE)
        watched.bot.process.send_signal(signal.SIGTERM)
        watched.wait_for(serving=False)
        watched.bot.process.send_signal(signal.SIGTERM)
        assert watched.bot.exit_code() == 128 + signal.SIGTERM


@pytest.mark.parametrize("is_well", [True, False])
def test_checkup(is_well: bool, assets: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    if not is_well:
        (data / "inbox.sqlite").write_bytes(b"no database" * 1000)
    with Sandbox() as own:
        environment = {
            **connected(own),
            "ASSETS_DIR": str(assets if is_well else tmp_path / "none"),
            "DATA_DIR": str(data),
        }
        if not is_well:
            environment["TELEGRAM_TOKEN"] = "123456:unknown"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", ROOT / "bot.py", "--check"],
            check=False,
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
        )
    told = [line.partition(": ")[0].split() for line in done.stdout.splitlines()]
    bad = "ok" if is_well else "FAILED"
    assert told == [[bad, "telegram"], ["ok", "models"], [bad, "gallery"], [bad, "database"]]
    assert done.returncode == (0 if is_well else 1)
    assert done.stderr == ""
    assert own.token not in done.stdout
