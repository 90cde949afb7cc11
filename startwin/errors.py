"""Everything that can go wrong, as one tree.

    StarTwinError
    ├── SettingsError            a setting is wrong; the sentence names it
    ├── ModelError               a model file is missing or damaged; names the command that mends it
    ├── ClusterError             the cluster cannot be used; the sentence says why
    ├── GalleryError             the gallery, its photos or its catalogue cannot be used
    ├── FetchError               something cannot be had from the web; the sentence says why
    ├── TelegramRefusal          Telegram refuses this bot for good
    └── PhotoError               one photo cannot be answered with a likeness
        ├── BadPhoto             the bytes are no usable picture
        │   ├── NotAPicture          "not_a_picture"       not a picture at all
        │   ├── DamagedPicture       "damaged_picture"     cut off or corrupt
        │   ├── UnsupportedFormat    "unsupported_format"  a picture, in a format we do not take
        │   ├── TooManyPixels        "too_many_pixels"     larger than we are willing to decode
        │   └── TooFewPixels         "too_few_pixels"      too small to show a face
        ├── FileTooBig               "file_too_big"        more bytes than Telegram hands out
        ├── NoFace                   "no_face"             a picture without a face
        ├── NoPhoto                  there is none where one was to be
        │   ├── NoProfilePhoto           "me.none"             the user shows none
        │   ├── NoPhotoInReply           "match_command.reply" /match answers no photo
        │   └── PhotoGone                "press.gone"          the message was deleted since
        ├── PhotoTimeout             "too_slow"            the time limit passed
        └── WorkerDied               "unforeseen"          the worker process died of it

An operator reads ``str(error)``: one sentence. A user reads the text that a ``PhotoError``'s
``text_key`` names (`startwin.chat.replies`; without a point, it is in the table "trouble"). Errors
cross process borders, so each keeps its arguments in ``args``.
"""

from typing import ClassVar


class StarTwinError(Exception):
    """The root: whatever StarTwin itself reports."""


class SettingsError(StarTwinError):
    """A setting from the environment or ``.env`` cannot be used."""


class ModelError(StarTwinError):
    """A model file is missing or is not the one that this version was made for."""


class ClusterError(StarTwinError):
    """The cluster that is to read faces is out of reach, or refused.

    Attributes:
        is_refusal: whether waiting will not mend it.
    """

    def __init__(self, sentence: str, is_refusal: bool = False) -> None:
        super().__init__(sentence, is_refusal)
        self.is_refusal = is_refusal

    def __str__(self) -> str:
        return str(self.args[0])


class GalleryError(StarTwinError):
    """The gallery, or what it is built from, cannot be read, written or trusted."""


class FetchError(StarTwinError):
    """Something cannot be had from the web."""


class TelegramRefusal(StarTwinError):
    """Telegram refuses this bot: a revoked token, or another process that polls with it."""


class PhotoError(StarTwinError):
    """One photo cannot be answered with a likeness; the others can."""

    text_key: ClassVar[str] = "trouble.unforeseen"


class BadPhoto(PhotoError):
    """The bytes are no picture that we can use."""


class NotAPicture(BadPhoto):
    """The bytes are no picture, whatever their name says."""

    text_key = "trouble.not_a_picture"


class DamagedPicture(BadPhoto):
    """The picture is cut off or corrupt."""

    text_key = "trouble.damaged_picture"


class UnsupportedFormat(BadPhoto):
    """A picture in a format that is not on the allow-list."""

    text_key = "trouble.unsupported_format"


class TooManyPixels(BadPhoto):
    """The picture would take more memory than one photo may."""

    text_key = "trouble.too_many_pixels"


class TooFewPixels(BadPhoto):
    """The picture is too small for a face."""

    text_key = "trouble.too_few_pixels"


class NoFace(PhotoError):
    """The picture is fine, but there is no face in it."""

    text_key = "trouble.no_face"


class FileTooBig(PhotoError):
    """The file is larger than what Telegram hands out to bots."""

    text_key = "trouble.file_too_big"


class NoPhoto(PhotoError):
    """There is no photo where one was to be."""


class NoProfilePhoto(NoPhoto):
    """The user has no profile photo, or shows it to nobody."""

    text_key = "me.none"


class NoPhotoInReply(NoPhoto):
    """/match was not sent in reply to a photo."""

    text_key = "match_command.reply"


class PhotoGone(NoPhoto):
    """The message with the photo was deleted since."""

    text_key = "press.gone"


class PhotoTimeout(PhotoError):
    """Reading the photo took longer than the time limit."""

    text_key = "trouble.too_slow"


class WorkerDied(PhotoError):
    """The worker process that read the photo died, as often as the pool lets a photo try."""

    text_key = "trouble.unforeseen"
