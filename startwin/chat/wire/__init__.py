"""The line to Telegram: what comes over it, what may go, and what its errors mean."""
