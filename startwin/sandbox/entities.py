"""Formatted text: plain text and the entities that lie over it.

Offsets and lengths count UTF-16 code units, as everywhere in the Bot API: an emoji counts two.
"""

import re
from dataclasses import dataclass

from startwin.sandbox.objects import JsonObject

# What Telegram finds by itself in any text, in the order in which they win an overlap.
_FINDS = (
    ("url", re.compile(r"\bhttps?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]")),
    ("bot_command", re.compile(r"(?<![\w/])/\w{1,64}(?:@\w{3,32})?(?![\w/])", re.ASCII)),
    ("mention", re.compile(r"(?<!\w)@[a-zA-Z]\w{3,31}(?!\w)", re.ASCII)),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)
# Inside these nothing further is found.
_OPAQUE = frozenset({"code", "pre", "text_link"})


@dataclass(frozen=True)
class FormattedText:
    """A text as messages carry it.

    Attributes:
        text: plain, without white space around it.
        entities: `MessageEntity` objects, ordered by offset, the enclosing ones first.
    """

    text: str
    entities: tuple[JsonObject, ...] = ()

    def as_text(self) -> JsonObject:
        """The fields of a text message."""
        return self._fields("text", "entities")

    def as_caption(self) -> JsonObject:
        """The fields of a caption; none where it is empty."""
        return self._fields("caption", "caption_entities") if self.text else {}

    def _fields(self, text_field: str, entities_field: str) -> JsonObject:
        fields: JsonObject = {text_field: self.text}
        if self.entities:
            fields[entities_field] = list(self.entities)
        return fields


def utf16_length(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def formatted(text: str, entities: list[JsonObject] | None = None) -> FormattedText:
    """Trims the text, moves the entities with it and adds those that Telegram finds by itself."""
    trimmed = text.strip()
    cut = utf16_length(text[: len(text) - len(text.lstrip())])
    end = utf16_length(trimmed)
    kept = [moved for entity in entities or () if (moved := _moved(entity, cut, end))]
    kept += _found(trimmed, [entity for entity in kept if entity["type"] in _OPAQUE])
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return FormattedText(trimmed, tuple(kept))


def _moved(entity: JsonObject, cut: int, end: int) -> JsonObject | None:
    first = max(entity["offset"] - cut, 0)
    last = min(entity["offset"] + entity["length"] - cut, end)
    return {**entity, "offset": first, "length": last - first} if last > first else None


def _found(text: str, taken: list[JsonObject]) -> list[JsonObject]:
    found: list[JsonObject] = []
    for kind, pattern in _FINDS:
        for match in pattern.finditer(text):
            offset = utf16_length(text[: match.start()])
            length = utf16_length(match.group())
            if not any(
                offset < other["offset"] + other["length"] and other["offset"] < offset + length
                for other in (*taken, *found)
            ):
                found.append({"type": kind, "offset": offset, "length": length})
    return found
