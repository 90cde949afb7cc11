"""A build's folder while somebody reads from it: it is not removed, and may be moved."""

import errno
import fcntl
import hashlib
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BuildFolder:
    """Held from now until it is closed or nobody refers to it any more.

    What is in it is reached from the folder itself, not from its path: an operator may rename the
    assets folder, or point a symbolic link at another one, and answers that are under way still
    find their pictures.

    Args:
        path: of the folder.

    Raises:
        OSError: it is not there, or not any more.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        self.close = weakref.finalize(self, os.close, self._descriptor)
        """Let go of it; may be called again."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
            if not self.is_at(path):  # it was removed before the lock was had
                raise FileNotFoundError(errno.ENOENT, "the build was replaced", str(path))
        except OSError:
            self.close()
            raise

    def is_at(self, path: Path) -> bool:
        """Whether a path leads to this very folder."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), path.stat())
        except OSError:
            return False

    def read(self, name: str) -> bytes:
        """A file's content.

        Args:
            name: the path inside the folder.

        Raises:
            OSError: it cannot be read.
        """
        file = os.open(name, os.O_RDONLY, dir_fd=self._descriptor)
        with os.fdopen(file, "rb") as stream:
            return stream.read()


@contextmanager
def unheld(path: Path) -> Iterator[None]:
    """While a build's folder is removed: nobody holds it, and nobody comes to hold it.

    Raises:
        BlockingIOError: somebody does.
        OSError: it cannot be opened.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def picture_name(picture: bytes) -> str:
    """A picture's file name, which is its digest."""
    return f"{hashlib.sha256(picture).hexdigest()[:32]}.jpg"
