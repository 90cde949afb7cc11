"""Buttons under a message."""

from typing import Any

from startwin.sandbox.errors import BadRequest
from startwin.sandbox.links import checked_url
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
    filled = [[_button(button) for button in row] for row in rows if row]
    return {"inline_keyboard": filled} if filled else None


def find_button(message: JsonObject, data_or_label: str) -> JsonObject:
    """The callback button of a message by its data or else by its label.

    Raises:
        ValueError: there is none, or it opens a page; says which buttons there are.
    """
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons: list[JsonObject] = [
        button for row in rows for button in row if "callback_data" in button
    ]
    for field in ("callback_data", "text"):
        for button in buttons:
            if button[field] == data_or_label:
                return button
    there = {button["text"]: button["callback_data"] for button in buttons}
    raise ValueError(f"No button {data_or_label!r} to press; there are {there}.")


def _button(button: Any) -> JsonObject:
    if not isinstance(button, dict) or not button.get("text"):
        raise BadRequest("can't parse inline keyboard button: it has no text")
    if len(button) == 1:
        raise BadRequest("text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and "url" in button:
        raise BadRequest("the sandbox takes buttons with one action only")
    if "callback_data" in button:
        _check_data(str(button["callback_data"]))
    if "url" in button:
        return {**button, "url": _opened(str(button["url"]))}
    return button


def _check_data(data: str) -> None:
    if not 1 <= len(data.encode()) <= _MAX_CALLBACK_DATA:
        raise BadRequest("BUTTON_DATA_INVALID")


def _opened(url: str) -> str:
    checked = checked_url(url)
    if checked is None:
        raise BadRequest(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return checked
