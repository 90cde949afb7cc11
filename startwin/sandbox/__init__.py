"""A local stand-in for Telegram, so that anybody can try the bot without an account.

It speaks Telegram's Bot API over real HTTP on 127.0.0.1 and shows the chat in the browser:
`python -m startwin.sandbox`. A bot cannot tell it from Telegram but for `TELEGRAM_API_URL`.

It imports nothing else of this project, and nothing of the project imports it.
"""

from startwin.sandbox.server import Sandbox

__all__ = ["Sandbox"]
