"""Photo bytes become a likeness: the one place where face and gallery meet."""

from concurrent.futures import CancelledError
from dataclasses import dataclass

from startwin.errors import NoFace, WorkerDied
from startwin.face import FaceEngine, FacePool
from startwin.gallery import Gallery, Likeness


@dataclass(frozen=True)
class Match:
    """What a photo was found to show.

    Attributes:
        faces: how many faces there are.
        likenesses: the celebrities most like the main one, nearest first.
    """

    faces: int
    likenesses: list[Likeness]


class Matcher:
    """Finds the celebrities that a photo's main face is like. Safe to use from many threads."""

    def __init__(self, pool: FacePool, gallery: Gallery) -> None:
        self._pool = pool
        self._gallery = gallery

    def match(self, photo: bytes, k: int = 1) -> Match:
        """Match a photo; waits for a worker.

        Args:
            photo: the bytes of a picture file.
            k: how many celebrities at most.

        Raises:
            PhotoError: one of its leaves says why there is no likeness.
        """
        try:
            faces = self._pool.submit(FaceEngine.read, photo).result()
        except CancelledError:
            raise WorkerDied("the pool was stopped") from None
        if not faces:
            raise NoFace("no face found")
        return Match(len(faces), self._gallery.nearest(faces[0].embedding, k))

    def picture(self, likeness: Likeness) -> bytes:
        """The celebrity's photo, as JPEG."""
        return self._gallery.picture(likeness.person)
