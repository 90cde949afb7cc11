"""``python -m startwin.gallery.fetch`` and ``build_embeddings.py --fetch`` as real processes."""

import json
import sys
from pathlib import Path

import pytest

from startwin.gallery import Gallery
from startwin.gallery.fetch import web
from startwin.gallery.fetch.__main__ import main
from tests.conftest import DEADLINE, PHOTOS, ROOT
from tests.fetch.conftest import CONTACT
from tests.fetch.process import catalogue, command, crowd, run, started, whole
from tests.wikimedia import Wikimedia
from tests.wikimedia.transport import Stall


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
