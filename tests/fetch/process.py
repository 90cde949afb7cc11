"""A fetch as a real process, and a crowd of people to fetch."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from startwin.gallery.credit import read_sidecar
from tests.conftest import DEADLINE, ROOT
from tests.fetch.conftest import CONTACT
from tests.wikimedia import Wikimedia


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
