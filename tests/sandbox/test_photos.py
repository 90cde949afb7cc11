"""What people send: photos in Telegram's sizes, and files as they are."""

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot, fetch
from tests.sandbox.pictures import (
    GREEN,
    ORIENTATION,
    RED,
    decoded,
    encoded,
    jpeg,
    picture,
    rotated_phone_photo,
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all: each test has a chat of its own."""
    with Sandbox() as running:
        yield running


def sizes(message: dict[str, Any]) -> list[tuple[int, int]]:
    return [(size["width"], size["height"]) for size in message["photo"]]


def largest(sandbox: Sandbox, message: dict[str, Any]) -> Image.Image:
    return decoded(sandbox.telegram.file_bytes(message["photo"][-1]["file_id"]))


def near(colour: Any, wanted: tuple[int, int, int], tolerance: int = 12) -> bool:
    pairs = zip(colour, wanted, strict=True)
    return all(abs(one - other) <= tolerance for one, other in pairs)


@pytest.mark.parametrize(
    ("width", "height", "wanted"),
    [
        (2560, 1280, [(90, 45), (320, 160), (800, 400), (1280, 640)]),
        (1280, 1280, [(90, 90), (320, 320), (800, 800), (1280, 1280)]),
        (500, 400, [(90, 72), (320, 256), (500, 400)]),
        (60, 40, [(60, 40)]),
        (1, 1, [(1, 1)]),
        (20, 400, [(5, 90), (16, 320), (20, 400)]),
    ],
)
def test_the_sizes_of_a_photo(
    ada: Chat, width: int, height: int, wanted: list[tuple[int, int]]
) -> None:
    assert sizes(ada.send_photo(encoded(picture(width, height), "PNG"))) == wanted


def test_the_bot_downloads_every_size(bot: Bot, ada: Chat) -> None:
    ada.send_photo(jpeg(1000, 500), caption="me /start")
    [update] = bot.call("getUpdates", offset=-1)
    message = update["message"]
    assert message["caption_entities"] == [{"type": "bot_command", "offset": 3, "length": 6}]
    for size in message["photo"]:
        file = bot.call("getFile", file_id=size["file_id"])
        assert file["file_unique_id"] == size["file_unique_id"]
        data = fetch(f"{bot.file_root}/{file['file_path']}").body
        assert len(data) == size["file_size"] == file["file_size"]
        assert decoded(data).format == "JPEG"
        assert decoded(data).size == (size["width"], size["height"])


def test_the_same_picture_sent_twice_is_two_files(ada: Chat) -> None:
    first, second = (ada.send_photo(jpeg())["photo"][-1] for _ in range(2))
    assert first["file_id"] != second["file_id"]
    assert first["file_unique_id"] != second["file_unique_id"]


def test_a_rotated_photo_is_upright_and_without_metadata(sandbox: Sandbox, ada: Chat) -> None:
    photo = largest(sandbox, ada.send_photo(rotated_phone_photo()))
    assert photo.size == (200, 400)
    assert near(photo.getpixel((100, 40)), RED)
    assert near(photo.getpixel((100, 360)), GREEN)
    assert ORIENTATION not in photo.getexif()
    assert dict(photo.getexif()) == {}
    assert "comment" not in photo.info


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("L", "PNG"),
        ("L", "JPEG"),
        ("1", "PNG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("LA", "PNG"),
        ("RGBA", "WEBP"),
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
        ("YCbCr", "JPEG"),
        ("F", "TIFF"),
        ("RGB", "BMP"),
    ],
)
def test_every_mode_becomes_rgb(sandbox: Sandbox, ada: Chat, mode: str, kind: str) -> None:
    original = picture(400, 300, mode)
    data = encoded(original.point(lambda v: v / 255) if mode == "F" else original, kind)
    photo = largest(sandbox, ada.send_photo(data))
    assert photo.mode == "RGB"
    wanted = picture(400, 300, "L" if mode in ("F", "LA") else mode).convert("RGB")
    # A palette and JPEG's chroma may shift a colour a little.
    for place in ((100, 150), (300, 150)):
        assert near(photo.getpixel(place), wanted.getpixel(place))  # type: ignore[arg-type]


def test_sixteen_bits_keep_their_tones(sandbox: Sandbox, ada: Chat) -> None:
    grey = Image.new("I;16", (300, 200), 0x8000)
    photo = largest(sandbox, ada.send_photo(encoded(grey, "PNG")))
    assert near(photo.getpixel((150, 100)), (128, 128, 128), tolerance=2)


def test_transparency_lies_on_white(sandbox: Sandbox, ada: Chat) -> None:
    clear = Image.new("RGBA", (300, 200), (255, 0, 0, 0))
    photo = largest(sandbox, ada.send_photo(encoded(clear, "PNG")))
    assert near(photo.getpixel((150, 100)), (255, 255, 255), tolerance=1)
    palette = picture(300, 200, "P")
    red = palette.getpixel((10, 10))
    photo = largest(sandbox, ada.send_photo(encoded(palette, "PNG", transparency=red)))
    assert near(photo.getpixel((10, 10)), (255, 255, 255), tolerance=1)
    assert near(photo.getpixel((290, 10)), GREEN)


@pytest.mark.parametrize(
    ("data", "name", "mime_type"),
    [
        (b"just words", "face.jpg", "image/jpeg"),
        (jpeg()[:3000], "cut.jpeg", "image/jpeg"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "IMG_1.HEIC", "image/heic"),
        (encoded(Image.new("1", (13000, 13000)), "PNG"), "bomb.png", "image/png"),
        (encoded(Image.new("1", (20000, 20000)), "PNG"), "bigger.png", "image/png"),
        (encoded(picture(2101, 100), "PNG"), "long.png", "image/png"),
        (encoded(picture(), "GIF"), "moving.gif", "image/gif"),
        (b"?", "nothing known", "application/octet-stream"),
    ],
    ids=["text", "cut", "heic", "bomb", "bigger bomb", "long", "gif", "unknown"],
)
def test_what_is_no_photo_goes_as_a_file(
    sandbox: Sandbox, bot: Bot, ada: Chat, data: bytes, name: str, mime_type: str
) -> None:
    message = ada.send_photo(data, caption="look", file_name=name)
    assert "photo" not in message
    assert message["caption"] == "look"
    document = message["document"]
    assert document["file_name"] == name
    assert document["mime_type"] == mime_type
    assert document["file_size"] == len(data)
    assert sandbox.telegram.file_bytes(document["file_id"]) == data
    path = bot.call("getFile", file_id=document["file_id"])["file_path"]
    assert fetch(f"{bot.file_root}/{path}").body == data


def test_a_picture_as_a_file_keeps_every_byte(sandbox: Sandbox, ada: Chat) -> None:
    data = rotated_phone_photo()
    document = ada.send_photo(data, as_file=True, file_name="IMG.jpg")["document"]
    assert sandbox.telegram.file_bytes(document["file_id"]) == data


@pytest.mark.parametrize(
    ("given", "kept"),
    [("C:\\Users\\ada\\me.jpg", "me.jpg"), ("../../etc/me.jpg", "me.jpg"), ("", "file")],
)
def test_file_names_lose_their_folders(ada: Chat, given: str, kept: str) -> None:
    assert ada.send_photo(b"x", file_name=given)["document"]["file_name"] == kept


def test_a_file_over_20_mb_cannot_be_fetched(bot: Bot, ada: Chat) -> None:
    at_most = ada.send_photo(bytes(20 << 20), as_file=True)["document"]
    assert bot.call("getFile", file_id=at_most["file_id"])["file_size"] == 20 << 20
    over = ada.send_photo(bytes((20 << 20) + 1), as_file=True)["document"]
    refusal = bot.refusal("getFile", file_id=over["file_id"])
    assert refusal == "Bad Request: file is too big"


def test_what_the_apps_would_not_send(ada: Chat) -> None:
    for text in ("  ", "x" * 4097):
        with pytest.raises(ValueError, match="1 to 4096 characters"):
            ada.send_text(text)
    with pytest.raises(ValueError, match="empty file"):
        ada.send_photo(b"")
    with pytest.raises(ValueError, match="at most 1024 characters"):
        ada.send_photo(jpeg(), caption="x" * 1025)
