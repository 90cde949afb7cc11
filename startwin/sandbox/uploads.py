"""The photos that a bot sends: uploaded with the call, or known by their file_id."""

from startwin.sandbox.errors import BadRequest
from startwin.sandbox.files import FileStore
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.parameters import Parameters
from startwin.sandbox.photos import BadDimensions, NotAPhoto, dimensions

_MAX_PHOTO_UPLOAD = 10 << 20
_MAX_PHOTO_PERIMETER = 10_000  # width + height, in pixels


def sent_photo(files: FileStore, call: Parameters, named: str) -> list[JsonObject]:
    """The `PhotoSize` objects of a photo.

    Args:
        files: where it is kept.
        call: whose uploads it may be among; one named "photo" needs no name.
        named: a file_id, or attach:// and the name of an upload.

    Raises:
        BadRequest: there is no such photo, or it is none that Telegram takes.
    """
    field = named.removeprefix("attach://") if named.startswith("attach://") else "photo"
    if field in call.uploads:
        return _uploaded(files, call.uploads[field])
    if not named:
        raise BadRequest("there is no photo in the request")
    if "://" in named:
        raise BadRequest("the sandbox takes photos as uploads or by file_id, not by URL")
    file = files.by_id(named)
    if file is None:
        raise BadRequest("wrong file identifier/HTTP URL specified")
    if file.photo is None:
        raise BadRequest("can't use file of type Document as Photo")
    return list(file.photo)


def _uploaded(files: FileStore, data: bytes) -> list[JsonObject]:
    if not data:
        raise BadRequest("file must be non-empty")
    if len(data) > _MAX_PHOTO_UPLOAD:
        raise BadRequest("too big for a photo")
    try:
        if sum(dimensions(data)) > _MAX_PHOTO_PERIMETER:
            raise BadRequest("PHOTO_INVALID_DIMENSIONS")
        return files.add_photo(data)
    except BadDimensions:
        raise BadRequest("PHOTO_INVALID_DIMENSIONS") from None
    except NotAPhoto:
        raise BadRequest("IMAGE_PROCESS_FAILED") from None
