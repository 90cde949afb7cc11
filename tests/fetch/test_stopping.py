"""A fetch that is killed or stopped keeps what came, says so, and is resumed."""

import json
import signal
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from startwin.gallery.catalog import Listed
from startwin.gallery.credit import read_sidecar
from startwin.gallery.fetch.fetching import fetch
from startwin.gallery.fetch.finding import Outcome
from startwin.gallery.fetch.summary import read_summary
from startwin.gallery.people import census
from tests.conftest import DEADLINE, wait_until
from tests.fetch.conftest import Fetcher, Told
from tests.fetch.process import command, crowd, run, started, whole
from tests.wikimedia import Wikimedia
from tests.wikimedia.transport import Stall


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


class Interrupted(Told):
    """Ctrl-C strikes at the first who is told of, when so many pictures have come."""

    def __init__(self, photos: Path, pictures: int) -> None:
        super().__init__()
        self._photos, self._pictures = photos, pictures
        self._begun = datetime.now(UTC)

    def came_of(self, listed: Listed, outcome: Outcome) -> None:
        super().came_of(listed, outcome)
        wait_until(lambda: self._come() == self._pictures)
        raise KeyboardInterrupt

    def _come(self) -> int:
        sidecars = filter(None, map(read_sidecar, self._photos.glob("*.jpg")))
        return sum(bool(each.fetched and each.fetched >= self._begun) for each in sidecars)


def test_what_came_at_the_moment_of_ctrl_c_is_counted(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    crowd(wikimedia, fetcher.photos.parent, 10, portrait)
    wikimedia.faults.on("site 3", Stall(), times=None)
    for _ in ("all are new", "nine are fetched again"):
        told = Interrupted(fetcher.photos, pictures=9)
        with pytest.raises(KeyboardInterrupt):
            fetch(replace(fetcher.plan, refresh=True), told)
        assert len(told.came) == 1
        summary = read_summary(fetcher.photos, census(fetcher.photos))
        assert str(summary) == "9 fetched, 1 not come to"
    assert summary is not None
    assert {entry.alias for entry in summary.entries} == {
        f"person-{n}" for n in range(10) if n != 3
    }
