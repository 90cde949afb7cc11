"""The real bot with its faces read on a cluster, which is killed and comes back under traffic."""

from pathlib import Path
from urllib.request import urlopen

import pytest

from startwin.sandbox import Sandbox
from tests.bot_process import BotProcess
from tests.cluster.nodes import Cluster, free_port
from tests.conftest import DEADLINE, PHOTOS, wait_until

HOPPER = (PHOTOS / "Grace Hopper.jpg").read_bytes()
PHOTOS_EACH = 8


def metric(address: str, name: str) -> float:
    with urlopen(f"http://{address}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def ready(address: str) -> int:
    with urlopen(f"http://{address}/readyz") as answer:
        return int(answer.status)


@pytest.mark.timeout(5 * DEADLINE)
def test_answers_go_on_while_the_cluster_comes_and_goes(assets: Path, tmp_path: Path) -> None:
    own, listen, sandbox = Cluster(), f"127.0.0.1:{free_port()}", Sandbox()
    bot: BotProcess | None = None
    with sandbox:
        try:
            node = own.begin()
            bot = BotProcess(
                tmp_path / "bot.log",
                TELEGRAM_TOKEN=sandbox.token,
                TELEGRAM_API_URL=sandbox.url,
                ASSETS_DIR=str(assets),
                WORKERS="1",
                FACE_CLUSTER=own.client_address,
                METRICS_LISTEN=listen,
            )
            sandbox.telegram.wait_for_poll(DEADLINE)
            wait_until(lambda: "ready" in bot.printed)
            assert metric(listen, "startwin_cluster_workers") == 1
            chats = [sandbox.telegram.user(name) for name in ("Ada", "Grace", "Eileen")]
            for chat in chats:
                for _ in range(PHOTOS_EACH):
                    chat.send_photo(HOPPER)
            chats[0].wait_for_answers(1, DEADLINE)
            node.kill()
            for chat in chats:
                answers = chat.wait_for_answers(PHOTOS_EACH, DEADLINE)
                assert all("Grace Hopper" in answer["caption"] for answer in answers)
            assert metric(listen, "startwin_cluster_workers") == 0
            wait_until(lambda: ready(listen) == 200)
            own.begin()
            # A link that met what is left of the old head is given up before the next one starts.
            wait_until(lambda: metric(listen, "startwin_cluster_workers") == 1, 3 * DEADLINE)
            chats[0].send_photo(HOPPER)
            chats[0].wait_for_answers(PHOTOS_EACH + 1, DEADLINE)
            code = bot.stop()  # not by Ray's handler of signals, but in order
            assert code == 0, bot.printed
            assert sandbox.token not in bot.printed
            assert "Traceback" not in bot.printed
        finally:
            own.end()
            if bot is not None:
                bot.process.kill()
                bot.process.wait()
