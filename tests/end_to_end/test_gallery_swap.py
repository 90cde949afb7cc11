"""A gallery that is built while the bot runs: real processes, one folder."""

import shutil
import subprocess
import sys
from pathlib import Path

from startwin.gallery import manifest as manifests
from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.conftest import DEADLINE, PHOTOS, ROOT, wait_until
from tests.end_to_end.conftest import Start, connected

HOPPER = PHOTOS / "Grace Hopper.jpg"


def build(photos: Path, assets: Path) -> None:
    """As an operator does it."""
    folders = ["--photos", str(photos), "--assets", str(assets), "--jitters", "2"]
    command = [sys.executable, "build_embeddings.py", *folders, "--workers", "1"]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def caption(chat: Chat, number: int) -> str:
    return str(chat.wait_for_answers(number, DEADLINE)[number - 1]["caption"])


def test_new_gallery_serves_without_a_restart_and_a_damaged_one_never(
    start: Start, assets: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(assets, tmp_path / "assets"))
    photos = tmp_path / "photos"
    photos.mkdir()
    shutil.copy(HOPPER, photos / "Amazing Grace.jpg")
    with Sandbox() as own:
        bot = start(**connected(own), ASSETS_DIR=str(copy))
        chat = own.telegram.user("Ada")
        chat.send_photo(HOPPER.read_bytes())
        assert "Grace Hopper" in caption(chat, 1)
        build(photos, copy)
        wait_until(lambda: "a new gallery serves" in bot.printed)
        chat.send_photo(HOPPER.read_bytes())
        assert "Amazing Grace" in caption(chat, 2)
        chat.send_text("/stats")
        assert "of 1 " in str(chat.wait_for_answers(3, DEADLINE)[2]["text"])

        elsewhere = Path(shutil.copytree(copy, tmp_path / "elsewhere"))
        (photos / "Amazing Grace.jpg").rename(photos / "Damaged Grace.jpg")
        build(photos, elsewhere)
        folder = manifests.read(elsewhere).folder(elsewhere)
        graph = folder / manifests.GRAPH
        graph.write_bytes(graph.read_bytes()[:-1])
        folder.rename(copy / "builds" / folder.name)
        (elsewhere / "manifest.json").replace(copy / "manifest.json")
        wait_until(lambda: "the old gallery goes on" in bot.printed)
        assert "embeddings.bin is damaged: run `" in bot.printed
        chat.send_photo(HOPPER.read_bytes())
        assert "Amazing Grace" in caption(chat, 4)
        assert bot.stop() == 0
    assert "Traceback" not in bot.printed
