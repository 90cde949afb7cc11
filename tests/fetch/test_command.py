"""``python -m startwin.gallery.fetch`` and ``build_embeddings.py --fetch`` as real processes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from startwin.gallery import Gallery
from startwin.gallery.credit import read_sidecar
from startwin.gallery.fetch import web
from startwin.gallery.fetch.__main__ import main
from tests.conftest import DEADLINE, PHOTOS, ROOT, wait_until
from tests.fetch.conftest import CONTACT
from tests.wikimedia import Wikimedia
from tests.wikimedia.transport import Stall


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "FETCH_CONTACT"}
    return kept | {"PYTHONPATH": str(ROOT), "ASSETS_DIR": str(folder / "assets"), "WORKERS": "1"}


def command(folder: Path, wikimedia: Wikimedia, *more: str) -> list[str]:
    line = [sys.executable, "-m", "startwin.gallery.fetch", "--photos", str(folder / "photos")]
    line += ["--wikidata", wikimedia.wikidata.api, "--commons", wikimedia.commons.api]
    return [*line, "--allow-private", "--contact", CONTACT, *more]


@contextmanager
def started(folder: Path, line: list[str]) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        line,
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def run(folder: Path, line: list[str]) -> tuple[int, str, str]:
    with started(folder, line) as process:
        out, err = process.communicate(timeout=DEADLINE)
        return process.returncode, out, err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    return tmp_path


def catalogue(folder: Path, people: list[dict[str, Any]]) -> None:
    (folder / "photos" / "catalog.json").write_text(json.dumps(people))


def crowd(wikimedia: Wikimedia, folder: Path, count: int, portrait: bytes) -> None:
    """So many people at ten hosts."""
    people = []
    sites = [wikimedia.site(f"site {n}") for n in range(10)]
    for n in range(count):
        host, site = sites[n % 10]
        site.put(f"/{n}.jpg", portrait + bytes([n % 256]))
        url = f"{host.url}/{n}.jpg"
        credit = {"license": "CC BY 4.0", "author": f"author {n}"}
        people.append({"name": f"Person {n}", "photo_url": url, "photo_credit": credit})
    catalogue(folder, people)


def whole(folder: Path, portrait: bytes) -> set[int]:
    """Who has a picture; each must be whole and have its own credit."""
    numbers = set()
    for photo in (folder / "photos").glob("*.jpg"):
        number = int(photo.stem.removeprefix("person-"))
        assert photo.read_bytes() == portrait + bytes([number % 256])
        sidecar = read_sidecar(photo)
        assert sidecar is not None
        assert sidecar.author == f"author {number}"
        numbers.add(number)
    return numbers


def test_killed_and_resumed(folder: Path, wikimedia: Wikimedia, portrait: bytes) -> None:
    crowd(wikimedia, folder, 120, portrait)
    line = command(folder, wikimedia)
    for kill in range(1, 4):
        wikimedia.faults.on("site 3", Stall(after=1000), times=None)  # one comes half
        with started(folder, line) as process:
            wikimedia.log.await_arrivals(25 * kill)
            process.send_signal(signal.SIGKILL)
            process.wait(DEADLINE)
        wikimedia.faults.clear()
        whole(folder, portrait)
    before = whole(folder, portrait)
    wikimedia.log.clear()
    code, out, _ = run(folder, line)
    assert code == 0
    assert whole(folder, portrait) == set(range(120))
    asked = {entry.target for entry in wikimedia.log.entries()}
    assert asked == {f"/{n}.jpg" for n in set(range(120)) - before}  # nothing twice
    assert f"{120 - len(before)} fetched, {len(before)} had a photo already" in out
    assert not (folder / "photos" / ".fetching").exists()
    credits_ = (folder / "photos" / "CREDITS.md").read_text("utf-8")
    assert credits_.count("| Person ") == 120


def test_ctrl_c_ends_at_once_and_keeps_what_came(
    folder: Path, wikimedia: Wikimedia, portrait: bytes
) -> None:
    crowd(wikimedia, folder, 30, portrait)
    wikimedia.faults.on("site 3", Stall(), times=None)
    wikimedia.faults.on("site 4", Stall(after=1000), times=None)
    with started(folder, command(folder, wikimedia)) as process:
        # All of eight hosts; the two others stand still.
        wait_until(lambda: len(whole(folder, portrait)) == 24)
        wikimedia.log.await_under_way(4, "site 3", "site 4")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=15)  # neither host ever answers
    assert process.returncode == 130
    assert "Stopped. What has come stays" in err
    assert len(whole(folder, portrait)) == 24
    summary = json.loads((folder / "photos" / "fetched.json").read_text())
    assert summary["left"] == 6
    assert "Person 0" in (folder / "photos" / "CREDITS.md").read_text()


def test_two_at_once(folder: Path, wikimedia: Wikimedia, portrait: bytes) -> None:
    crowd(wikimedia, folder, 10, portrait)
    stall = Stall()
    wikimedia.faults.on("site 0", stall)
    with started(folder, command(folder, wikimedia)) as process:
        wikimedia.log.await_under_way(1, "site 0")
        code, _, err = run(folder, command(folder, wikimedia))
        assert code == 1
        assert "are being fetched" in err
        stall.release()
        process.communicate(timeout=DEADLINE)
        assert process.returncode == 0
    assert len(whole(folder, portrait)) == 10


def test_fetch_and_build_in_one(folder: Path, wikimedia: Wikimedia, portrait: bytes) -> None:
    """`build_embeddings.py --fetch` asks the real Wikidata: here only addresses are fetched."""
    crowd(wikimedia, folder, 1, portrait)
    whole_run = command(folder, wikimedia)
    assert run(folder, whole_run)[0] == 0
    people = json.loads((folder / "photos" / "catalog.json").read_text())
    people.append({"name": "Eileen Collins"})
    catalogue(folder, people)
    own = folder / "photos" / "Eileen Collins.jpg"
    own.write_bytes((PHOTOS / "Eileen Collins.jpg").read_bytes())
    build = [sys.executable, str(ROOT / "build_embeddings.py"), "--jitters", "0", "--fetch"]
    code, out, err = run(folder, build)
    assert (code, "say who you are, with --contact" in err) == (1, True)
    (folder / ".env").write_text(f"FETCH_CONTACT={CONTACT}\n")
    code, out, err = run(folder, build)
    assert code == 0, err
    assert "Photos: 2 had a photo already" in out
    gallery = Gallery.load(folder / "assets")
    told = {person.name: person.credit for person in gallery.people}
    assert told["Person 0"] is not None
    assert told["Person 0"].author == "author 0"
    assert told["Eileen Collins"] is None
    report = (folder / "assets" / "report.html").read_text()
    assert "had a photo already" in report


def test_the_report_says_what_came_of_everybody(
    folder: Path, wikimedia: Wikimedia, portrait: bytes
) -> None:
    wikimedia.world.file("Ada.jpg", portrait, license="cc-by-nc-2.0")
    wikimedia.world.person("Q1", "Ada", portrait="Ada.jpg", descriptions="Danish <b>actress</b>")
    wikimedia.world.person("Q2", "Ada", portrait="Ada.jpg")
    people = [{"name": "Ada"}, {"name": "Adb", "wikidata": "Q1"}, {"name": "Nobody <i>"}]
    catalogue(folder, people)
    assert run(folder, command(folder, wikimedia))[0] == 0
    (folder / "photos" / "Ada.jpg").write_bytes(portrait)
    build = [sys.executable, str(ROOT / "build_embeddings.py"), "--jitters", "0"]
    assert run(folder, build)[0] == 0
    report = (folder / "assets" / "report.html").read_text()
    for words in ("Ambiguous", "Refused by licence", "Missing", "Q1: Ada, Danish &lt;b&gt;"):
        assert words in report
    (folder / "photos" / "leave-out.txt").write_text("Adb\n")
    assert run(folder, build)[0] == 0
    assert "Adb" not in (folder / "assets" / "report.html").read_text()


def test_nobody_can_be_reached(
    folder: Path,
    wikimedia: Wikimedia,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(web, "FIRST_PAUSE", 0.005)
    catalogue(folder, [{"name": f"Person {n}"} for n in range(60)])
    line = command(folder, wikimedia, "--wikidata", "http://127.0.0.1:1/w/api.php")
    monkeypatch.setattr(sys, "argv", line[2:])
    assert main() == 1
    told = capsys.readouterr()
    assert "60 failed" in told.out
    assert told.err.count("was given up") == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--threads", "0"], "--threads must be 1 to 256"),
        (["--per-host", "99"], "--per-host must be 1 to 16"),
        (["--catalog", "nowhere.json"], "there is no nowhere.json"),
        (["--contact", "a\nb: c"], "FETCH_CONTACT"),
    ],
)
def test_wrong_arguments(
    folder: Path, wikimedia: Wikimedia, options: list[str], sentence: str
) -> None:
    code, _, err = run(folder, command(folder, wikimedia, *options))
    assert code in {1, 2}
    assert sentence in err
    assert "Traceback" not in err


def test_a_folder_that_cannot_be_written(folder: Path, wikimedia: Wikimedia) -> None:
    catalogue(folder, [{"name": "Ada"}])
    (folder / "photos" / ".fetching").write_text("in the way")
    code, _, err = run(folder, command(folder, wikimedia))
    assert code == 1
    assert "Traceback" not in err
