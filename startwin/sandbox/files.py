"""The files that were sent, in memory until the sandbox stops."""

import mimetypes
import re
import secrets
import threading
from dataclasses import dataclass
from itertools import count
from pathlib import PureWindowsPath

from startwin.sandbox.objects import JsonObject
from startwin.sandbox.photos import Size, profile_sizes_of, sizes_of

# Where the system has no mime.types, Python knows none of these.
_PICTURE_TYPES = {
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".webp": "image/webp",
}


@dataclass(frozen=True)
class StoredFile:
    """A file as the bot and the page fetch it.

    Attributes:
        file_id: opaque and stable; what getFile and sendPhoto take.
        unique_id: opaque; cannot be used to fetch the file.
        path: as in `/file/bot<token>/<path>`, e.g. "photos/file_12.jpg".
        data: the bytes.
        mime_type: of the data for photos, by the name's ending for documents.
        name: the document's name; None for all else.
        photo: all sizes of the photo that this one belongs to; None for all else.
    """

    file_id: str
    unique_id: str
    path: str
    data: bytes
    mime_type: str
    name: str | None = None
    photo: tuple[JsonObject, ...] | None = None


class FileStore:
    """All files by id and by path. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add_photo(self, data: bytes) -> list[JsonObject]:
        """Stores a picture in Telegram's sizes: its `PhotoSize` objects, ascending.

        Raises:
            NotAPhoto: the data cannot be decoded as a picture, or has impossible sides.
        """
        return self._keep_photo(sizes_of(data))

    def add_profile_photo(self, data: bytes) -> list[JsonObject]:
        """Stores a picture as a profile photo: its square `PhotoSize` objects, ascending.

        Raises:
            NotAPhoto: as for `add_photo`.
        """
        return self._keep_photo(profile_sizes_of(data))

    def add_document(self, data: bytes, file_name: str) -> JsonObject:
        """Stores any bytes untouched under a name: its `Document` object."""
        name = _plain_name(file_name)
        ending = PureWindowsPath(name).suffix.lower()
        mime_type = (
            _PICTURE_TYPES.get(ending)
            or mimetypes.guess_type(name)[0]
            or "application/octet-stream"
        )
        # The path goes into a URL: keep odd endings out of it.
        path_ending = ending if re.fullmatch(r"\.[a-z0-9]{1,8}", ending) else ""
        fields = self._keep_plain(data, f"documents/*{path_ending}", mime_type, name)
        return {"file_name": name, "mime_type": mime_type, **fields}

    def add_sticker(self, data: bytes) -> JsonObject:
        """Stores a sticker's WebP: the fields of `Sticker` that name the file."""
        return self._keep_plain(data, "stickers/*.webp", "image/webp")

    def add_voice(self, data: bytes) -> JsonObject:
        """Stores the Ogg of a voice message: the fields of `Voice` that name the file."""
        return self._keep_plain(data, "voice/*.oga", "audio/ogg")

    def by_id(self, file_id: str) -> StoredFile | None:
        """The file of this id, or None."""
        with self._lock:
            return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        """The file at this path, or None."""
        with self._lock:
            return self._by_path.get(path)

    def _keep_photo(self, offered: tuple[Size, ...]) -> list[JsonObject]:
        names = [(_opaque("AgACAgI", 45), _opaque("AQAD", 11)) for _ in offered]
        photo: tuple[JsonObject, ...] = tuple(
            {
                "file_id": file_id,
                "file_unique_id": unique_id,
                "width": size.width,
                "height": size.height,
                "file_size": len(size.data),
            }
            for size, (file_id, unique_id) in zip(offered, names, strict=True)
        )
        for size, (file_id, unique_id) in zip(offered, names, strict=True):
            path = f"photos/file_{next(self._numbers)}.jpg"
            self._keep(StoredFile(file_id, unique_id, path, size.data, "image/jpeg", photo=photo))
        return list(photo)

    def _keep_plain(
        self, data: bytes, place: str, mime_type: str, name: str | None = None
    ) -> JsonObject:
        """Keeps a file under a numbered path in this place: the fields that name it."""
        file = StoredFile(
            file_id=_opaque("BQACAgI", 45),
            unique_id=_opaque("AgAD", 11),
            path=place.replace("*", f"file_{next(self._numbers)}"),
            data=data,
            mime_type=mime_type,
            name=name,
        )
        self._keep(file)
        return {
            "file_id": file.file_id,
            "file_unique_id": file.unique_id,
            "file_size": len(data),
        }

    def _keep(self, file: StoredFile) -> None:
        with self._lock:
            self._by_id[file.file_id] = file
            self._by_path[file.path] = file


def _opaque(start: str, length: int) -> str:
    return start + secrets.token_urlsafe(length)[:length]


def _plain_name(file_name: str) -> str:
    """The last part of the name, whichever slashes its system uses, without control characters."""
    name = "".join(c for c in PureWindowsPath(file_name).name if c.isprintable()).strip()
    return name[:255] or "file"
