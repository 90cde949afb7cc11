"""What happened: lines for people, events for machines, metrics, and the day's figures."""

from startwin.journal.log import log, start

__all__ = ["log", "start"]
