"""Buttons under a message."""

from typing import Any

from startwin.sandbox.errors import BadRequest
from startwin.sandbox.objects import JsonObject

_MAX_CALLBACK_DATA = 64  # bytes


def inline_keyboard(markup: Any) -> JsonObject | None:
    """The `InlineKeyboardMarkup` of a `reply_markup`.

    None for no markup and for its other kinds, which Telegram does not repeat in the message.

    Raises:
        BadRequest: not as the Bot API describes it.
    """
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise BadRequest("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise BadRequest('field "inline_keyboard" must be of type Array of Arrays')
    return {"inline_keyboard": [[_button(button) for button in row] for row in rows if row]}


def _button(button: Any) -> JsonObject:
    if not isinstance(button, dict) or not button.get("text"):
        raise BadRequest("can't parse inline keyboard button: it has no text")
    data = button.get("callback_data")
    if data is None and len(button) == 1:
        raise BadRequest("text buttons are unallowed in the inline keyboard")
    if data is not None and not 1 <= len(str(data).encode()) <= _MAX_CALLBACK_DATA:
        raise BadRequest("BUTTON_DATA_INVALID")
    return button
