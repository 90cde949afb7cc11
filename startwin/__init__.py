"""StarTwin: a Telegram bot that tells you which celebrity you look like."""
