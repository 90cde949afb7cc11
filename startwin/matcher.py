"""Photo bytes become a likeness: the one place where face and gallery meet."""

from dataclasses import dataclass

from startwin.face import FaceWorkers
from startwin.face.sight import Sight, see
from startwin.gallery import Gallery, Likeness, LiveGallery
from startwin.journal.stopwatch import Stopwatch


@dataclass(frozen=True)
class Match:
    """What a face was found to be like.

    Attributes:
        sight: the face and its photo.
        likenesses: the celebrities most like it, nearest first.
        gallery: the one that they are from, which may have been replaced since; their pictures
            are there for as long as the match is kept.
    """

    sight: Sight
    likenesses: list[Likeness]
    gallery: Gallery


class Matcher:
    """Finds the celebrities that a photo's faces are like. Safe to use from many threads."""

    def __init__(self, pool: FaceWorkers, live: LiveGallery) -> None:
        self._pool = pool
        self._live = live

    def match(
        self, photo: bytes, face: int = 0, k: int = 1, watch: Stopwatch | None = None
    ) -> Match:
        """Match a photo; waits for a worker.

        Args:
            photo: the bytes of a picture file.
            face: which one of its faces, 0 for the main one.
            k: how many celebrities at most.
            watch: measures the stages.

        Raises:
            PhotoError: one of its leaves says why there is no likeness.
            CancelledError: the pool was stopped.
        """
        watch = watch or Stopwatch()
        with watch.stage("worker"):
            sight = self._pool.submit(see, photo, face).result()
        watch.add({**sight.seconds, "worker": -sum(sight.seconds.values())})
        gallery = self._live.current  # once: all of an answer is from one gallery
        with watch.stage("search"):
            likenesses = gallery.nearest(sight.embedding, k)
        return Match(sight, likenesses, gallery)
