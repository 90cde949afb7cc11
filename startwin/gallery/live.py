"""The gallery that a running bot searches: a new build takes the old one's place by itself."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from startwin import journal
from startwin.errors import GalleryError
from startwin.gallery import manifest as manifests
from startwin.gallery.index import Gallery

LOOK_EVERY = 2.0
"""Seconds between two looks at the manifest, each of which takes less than a millisecond."""

LONGEST_PAUSE = 600.0
"""Seconds until a build that was refused is tried again; at first it is `LOOK_EVERY`."""


class LiveGallery:
    """The gallery in an assets folder, always the newest one that is whole.

    A thread of its own looks for another build, loads it beside the one that serves, reads every
    picture, and only then puts it in place. What cannot serve is told in the log, and the one
    before goes on. Meanwhile both are in memory; the old one is let go when the last answer that
    uses it is drawn.

    Args:
        assets: what `build_embeddings.py` writes to.
        every: seconds between two looks, above 0.
        taken: is told of each gallery that serves from now on, the first one among them.

    Raises:
        GalleryError: there is no gallery to begin with; see `Gallery.load`.
    """

    def __init__(
        self,
        assets: Path,
        every: float = LOOK_EVERY,
        taken: Callable[[Gallery], None] = lambda _: None,
    ) -> None:
        self._log = journal.log("gallery")
        self._assets = assets
        self._every = every
        self._taken = taken
        self._current = Gallery.load(assets)
        taken(self._current)
        self._trouble: tuple[str | None, str] | None = None
        self._pause = every
        self._again_at = 0.0
        self._over = threading.Event()
        # A daemon, for whom nobody waits: it may be loading for long.
        threading.Thread(target=self._watch, name="gallery", daemon=True).start()

    @property
    def current(self) -> Gallery:
        """The gallery that serves now; one answer takes it once."""
        return self._current

    def close(self) -> None:
        """Look for no other any more; the one that serves can still be used."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(self._every):
            build = None
            try:
                manifest = manifests.read_alone(self._assets)
                build = manifest.build
                if self._current.is_in(manifest.folder(self._assets)):
                    self._be_content()
                elif self._is_due(build):
                    self._take(self._loaded())
            except GalleryError as error:
                self._complain(build, str(error))
            except Exception as error:  # noqa: BLE001 - a later build may be a good one
                self._complain(build, type(error).__name__, unforeseen=True)

    def _loaded(self) -> Gallery:
        gallery = Gallery.load(self._assets)
        gallery.check_pictures()  # at start that would take too long; now nobody waits
        return gallery

    def _take(self, gallery: Gallery) -> None:
        self._current = gallery  # one reference: an answer sees the old one or the new one
        self._trouble = None
        self._taken(gallery)
        self._log.info("a new gallery serves", people=len(gallery), build=gallery.build)

    def _be_content(self) -> None:
        if self._trouble:
            self._log.info("the gallery in the assets folder is the one that serves again")
            self._trouble = None

    def _is_due(self, build: str) -> bool:
        """Whether a build is to be tried: not too often again once it was refused.

        Its files may still be on their way if it was not built here but copied, or what kept it
        from being read may have passed.
        """
        return not self._trouble or self._trouble[0] != build or time.monotonic() >= self._again_at

    def _complain(self, build: str | None, why: str, unforeseen: bool = False) -> None:
        """Say so, once for each build and reason, and set when it is tried again."""
        is_again = self._trouble is not None and self._trouble[0] == build
        self._pause = min(2 * self._pause, LONGEST_PAUSE) if is_again else self._every
        self._again_at = time.monotonic() + self._pause
        if self._trouble != (build, why):
            event = "the old gallery goes on: the new one cannot serve"
            self._log.warning(event, why=why, exc_info=unforeseen)
            self._trouble = (build, why)
