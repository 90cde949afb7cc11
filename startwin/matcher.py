"""Photo bytes become a likeness: the one place where face and gallery meet."""

from concurrent.futures import CancelledError
from dataclasses import dataclass

from startwin.errors import WorkerDied
from startwin.face import FacePool
from startwin.face.sight import Sight, see
from startwin.gallery import Gallery, Likeness, LiveGallery


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

    def __init__(self, pool: FacePool, live: LiveGallery) -> None:
        self._pool = pool
        self._live = live

    def match(self, photo: bytes, face: int = 0, k: int = 1) -> Match:
        """Match a photo; waits for a worker.

        Args:
            photo: the bytes of a picture file.
            face: which one of its faces, 0 for the main one.
            k: how many celebrities at most.

        Raises:
            PhotoError: one of its leaves says why there is no likeness.
        """
        try:
            sight = self._pool.submit(see, photo, face).result()
        except CancelledError:
            raise WorkerDied("the pool was stopped") from None
        gallery = self._live.current  # once: all of an answer is from one gallery
        return Match(sight, gallery.nearest(sight.embedding, k), gallery)
