"""Telegram: what comes in, what is said, and the rate-limited way out."""
