"""Everybody of a catalogue who has no photo gets one, if a source knows one that may be taken."""

from collections import defaultdict, deque
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast

from startwin.errors import FetchError, GalleryError
from startwin.gallery.catalog import Listed, read_catalog
from startwin.gallery.credit import Sidecar
from startwin.gallery.fetch import credits_page, summary
from startwin.gallery.fetch.album import Album
from startwin.gallery.fetch.crew import Crew
from startwin.gallery.fetch.download import Downloader
from startwin.gallery.fetch.finding import Found, Kind, Outcome, Source
from startwin.gallery.fetch.lanes import Stopped
from startwin.gallery.fetch.plan import Plan, Watcher
from startwin.gallery.fetch.sources.commons import Commons
from startwin.gallery.fetch.sources.mediawiki import MediaWiki
from startwin.gallery.fetch.sources.photo_url import PhotoUrl
from startwin.gallery.fetch.sources.wikidata import Wikidata
from startwin.gallery.fetch.summary import Summary
from startwin.gallery.fetch.web import REDIRECTS, TOO_FAR, Elsewhere, Web
from startwin.gallery.people import CATALOG_NAME, Census, census

BATCH = 25
"""People whom a source is asked about together."""

AHEAD = 1000
"""People under way from which on no more are looked up: a million would fill the memory."""

_GRAVITY = (Kind.AMBIGUOUS, Kind.REFUSED, Kind.FAILED, Kind.MISSING)
"""Which of several sources' answers is told: the one that the operator can do most about."""


def fetch(plan: Plan, watcher: Watcher) -> Summary:
    """Fetch photos.

    Args:
        plan: of whom, and how.
        watcher: is told of everybody.

    Returns:
        What came of them; it is kept in the photos folder as well.

    Raises:
        GalleryError: the catalogue cannot be read, or the folder not be written.
        KeyboardInterrupt: after what has come was noted.
    """
    catalog = plan.catalog or plan.photos / CATALOG_NAME
    if not catalog.exists():
        raise GalleryError(f"there is no {catalog}: name a catalogue with --catalog")
    everybody = read_catalog(catalog)
    album = Album(plan.photos)
    with album.opened():
        there = census(plan.photos, catalog, plan.leave_out)
        run = _Run(plan, watcher, album, there)
        try:
            run.through(everybody)
        finally:
            run.stop()
            # Also after Ctrl-C: what has come is there, and its authors are to be named.
            after = census(plan.photos, catalog, plan.leave_out)
            run.settle(after)
            album.write(summary.NAME, run.summary.model_dump_json(indent=1) + "\n")
            with album.errors_told():
                album.write(credits_page.NAME, credits_page.renewed(plan.photos, after))
    return run.summary


@dataclass(frozen=True)
class _Search:
    """Some people are looked up."""

    people: list[Listed]
    source: int


@dataclass(frozen=True)
class _Picture:
    """A picture is fetched."""

    listed: Listed
    source: int
    found: Found
    url: str
    redirects: int = 0


class _Run:
    """One run: people go from source to source until one knows a picture that can be had."""

    def __init__(self, plan: Plan, watcher: Watcher, album: Album, there: Census) -> None:
        self.summary = Summary.begun()
        self._plan = plan
        self._watcher = watcher
        self._album = album
        self._there = there
        self._wanted: list[Listed] = []
        self._web = Web(plan.terms, [plan.wikidata, plan.commons])
        self._download = Downloader(self._web, album)
        commons = Commons(MediaWiki(self._web, plan.commons))
        wikidata = Wikidata(MediaWiki(self._web, plan.wikidata), commons, plan.language)
        self._sources: list[Source] = [PhotoUrl(commons), wikidata]
        self._crew: Crew[_Search | _Picture] = Crew(plan.terms.threads)
        self._queues: list[deque[Listed]] = [deque() for _ in self._sources]
        self._searches = [0 for _ in self._sources]
        self._tried: dict[str, list[Outcome]] = defaultdict(list)
        self._before: dict[str, tuple[Path, Sidecar]] = {}

    def through(self, everybody: list[Listed]) -> None:
        """Look for everybody's picture."""
        wanted = self._wanted = [listed for listed in everybody if self._is_wanted(listed)]
        self.summary.left = len(wanted)
        self._watcher.begin(len(wanted))
        for listed in wanted:
            self._queues[0 if listed.person.photo_url else 1].append(listed)
        while any(self._queues) or self._crew.open:
            self._look_up()
            for task, future in self._crew.finished():
                if isinstance(task, _Search):
                    self._found(task, future)
                else:
                    self._fetched(task, future)

    def stop(self) -> None:
        """Begin nothing more."""
        self._web.stop()
        self._crew.stop()

    def settle(self, after: Census) -> None:
        """Note whose picture came, but after Ctrl-C: the files know it, wherever that struck."""
        noted = {entry.alias for entry in self.summary.entries}
        for person in (each.person for each in self._wanted if each.person.alias not in noted):
            _, sidecar = self._album.fetched(after.photos.get(person.alias, ())) or (None, None)
            at = sidecar.fetched if sidecar else None
            if at and at.timestamp() >= self.summary.at.timestamp():
                self.summary.add(person, Outcome(Kind.FETCHED))
        self.summary.left = len(self._wanted) - len(self.summary.entries)

    def _is_wanted(self, listed: Listed) -> bool:
        if self._there.leaves_out(listed.person.name, listed.person.alias):
            return False
        photos = self._there.photos.get(listed.person.alias, ())
        if not photos:
            return True
        if self._plan.refresh and (before := self._album.fetched(photos)):
            self._before[listed.person.alias] = before
            return True
        self.summary.there += 1
        return False

    @property
    def _under_way(self) -> int:
        """People who are being looked up, or whose pictures are coming."""
        return self.summary.left - sum(map(len, self._queues))

    def _look_up(self) -> None:
        """Ask the sources about people, while there is room for what they find."""
        for source, queue in enumerate(self._queues):
            lane = self._web.lanes.of(self._sources[source].url)
            # Full batches are cheaper; while one is asked about, the next one gathers.
            while (
                queue
                and self._under_way < AHEAD
                and (len(queue) >= BATCH or not self._searches[source])
            ):
                people = [queue.popleft() for _ in range(min(BATCH, len(queue)))]
                work = partial(self._sources[source].find, people)
                self._crew.add(_Search(people, source), lane, work)
                self._searches[source] += 1

    def _found(self, task: _Search, future: Future[object]) -> None:
        self._searches[task.source] -= 1
        try:
            findings = cast(list[Found | Outcome], future.result())
        except Exception as error:  # noqa: BLE001 - told; see `_failure`
            findings = [_failure(error)] * len(task.people)
        for listed, found in zip(task.people, findings, strict=True):
            if isinstance(found, Outcome):
                self._failed(listed, task.source, found)
            elif found.credit.family not in self._plan.licenses:
                self._failed(listed, task.source, _refusal(found))
            else:
                self._fetch(_Picture(listed, task.source, found, found.url))

    def _fetch(self, task: _Picture) -> None:
        try:
            lane = self._web.lanes.of(task.url)
        except FetchError as error:
            self._failed(task.listed, task.source, _failure(error))
            return
        before = self._before.get(task.listed.person.alias)
        work = partial(self._download.fetch, task.listed, task.found, before, task.url)
        self._crew.add(task, lane, work)

    def _fetched(self, task: _Picture, future: Future[object]) -> None:
        try:
            is_new = future.result()
        except Elsewhere as redirect:
            if task.redirects == REDIRECTS:
                self._failed(task.listed, task.source, Outcome(Kind.FAILED, TOO_FAR))
            else:
                self._fetch(replace(task, url=redirect.url, redirects=task.redirects + 1))
        except Exception as error:  # noqa: BLE001 - told; see `_failure`
            self._failed(task.listed, task.source, _failure(error))
        else:
            self._done(task.listed, Outcome(Kind.FETCHED if is_new else Kind.UNCHANGED))

    def _failed(self, listed: Listed, source: int, outcome: Outcome) -> None:
        """Try the next source; after the last one, tell what was most worth telling."""
        alias = listed.person.alias
        self._tried[alias].append(outcome)
        if source + 1 < len(self._sources):
            self._queues[source + 1].append(listed)
        else:
            tried = self._tried.pop(alias)
            outcome = min(tried, key=lambda each: _GRAVITY.index(each.kind))
            if before := self._before.get(alias):
                kept = f"{outcome.detail}; {before[0].name}, fetched before, was kept".lstrip("; ")
                outcome = replace(outcome, detail=kept)
            self._done(listed, outcome)

    def _done(self, listed: Listed, outcome: Outcome) -> None:
        self._tried.pop(listed.person.alias, None)
        self.summary.left -= 1
        self.summary.add(listed.person, outcome)
        self._watcher.came_of(listed, outcome)


def _failure(error: Exception) -> Outcome:
    """An error of one person's picture; one that is everybody's is raised on.

    What nobody foresaw is taken for one person's: an odd answer of one server must not end a
    night's run for all.
    """
    if isinstance(error, GalleryError | Stopped):
        raise error
    foreseen = isinstance(error, FetchError | Elsewhere)
    return Outcome(Kind.FAILED, str(error) if foreseen else f"{type(error).__name__}: {error}")


def _refusal(found: Found) -> Outcome:
    what = found.credit.license or (
        "nobody says under which licence it is (photo_credit in the catalogue can, "
        "or --licenses with the word unknown lets it be)"
    )
    where = found.credit.source or found.url
    return Outcome(Kind.REFUSED, f"{what}: {where}")
