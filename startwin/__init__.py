"""StarTwin: a Telegram bot that tells you which celebrity you look like."""

__version__ = "0.1.0"
