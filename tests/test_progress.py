"""startwin.gallery.building.progress: what a build says where nobody watches a terminal."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from startwin.gallery.building.progress import TOLD, ProgressBar
from startwin.gallery.building.quality import Reason, Rejection
from startwin.gallery.building.reading import Reading
from tests.conftest import PHOTOS, ROOT


def test_each_rejected_photo_is_told_until_there_are_too_many(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bar = ProgressBar()
    bar.begin(300)
    bar.looked_at(Path("good.jpg"), Reading("d", is_new=True))
    for n in range(TOLD + 50):
        bar.looked_at(Path(f"{n}.jpg"), Reading("d", Rejection(Reason.TURNED, "yaw 0.33")))
    bar.close()
    first, *told = capsys.readouterr().err.splitlines()
    assert first == "Reading 300 photos..."
    assert told[0] == "Rejected: 0.jpg: head turned: yaw 0.33"
    assert len(told) == TOLD + 1
    assert "rejected.csv" in told[-1]
    assert bar.counted == f"1 accepted, {TOLD + 50} rejected, 1 new"


def test_terminal_shows_rate_counts_and_what_is_done(tmp_path: Path) -> None:
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
    process = subprocess.Popen(
        [
            *(sys.executable, "build_embeddings.py", "--photos", str(PHOTOS)),
            *("--assets", str(tmp_path / "assets"), "--jitters", "0"),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=terminal,
    )
    os.close(terminal)
    shown = b""
    try:
        while part := os.read(controller, 10_000):
            shown += part
    except OSError:  # the other end is closed: it is through
        pass
    os.close(controller)
    assert process.wait() == 0
    n = len(list(PHOTOS.iterdir()))
    told = shown.decode()
    assert f"{n}/{n}" in told
    assert "photo/s" in told or "s/photo" in told
    assert f"accepted={n}, rejected=0, new={n}" in told
    assert "graph: " in told
