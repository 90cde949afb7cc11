"""The text that a bot sends: with markup, with entities, or plain."""

from typing import Any

from startwin.sandbox.entities import FormattedText, formatted, utf16_length
from startwin.sandbox.errors import BadRequest
from startwin.sandbox.html_markup import parse_html
from startwin.sandbox.objects import JsonObject

_MAX_RAW_TEXT = 16 * 1024  # with its markup, before parsing
# What Telegram finds by itself may be named, too, and is then ignored.
_FOUND = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
_GIVEN = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
    }
)


def formatted_text(text: str, parse_mode: str, entities: Any) -> FormattedText:
    """The text as it will be shown.

    Args:
        text: as sent.
        parse_mode: "HTML" in any case, or "" for none; it wins over the entities.
        entities: a list of `MessageEntity` objects, or None.

    Raises:
        BadRequest: too long, or markup or entities that Telegram or the sandbox does not know.
    """
    if len(text) > _MAX_RAW_TEXT:
        raise BadRequest("message is too long")
    mode = parse_mode.lower()
    if mode == "html":
        return parse_html(text)
    if mode:
        raise BadRequest("the sandbox knows no other parse_mode than HTML")
    if entities is not None and not isinstance(entities, list):
        raise BadRequest("can't parse entities: expected an Array of MessageEntity")
    end = utf16_length(text)
    given = [_checked(entity, end) for entity in entities or ()]
    return formatted(text, [entity for entity in given if entity["type"] in _GIVEN])


def _checked(entity: Any, end: int) -> JsonObject:
    if not isinstance(entity, dict) or entity.get("type") not in _GIVEN | _FOUND:
        raise BadRequest("can't parse entities: the sandbox does not know this MessageEntity")
    offset, length = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise BadRequest("can't parse entities: a MessageEntity has an offset and a length")
    if offset < 0 or length <= 0 or offset + length > end:
        raise BadRequest(f"entity begins or ends outside of the text at offset {offset}")
    return dict(entity)
