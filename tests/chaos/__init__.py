"""Chaos: many people send photos while the bot, its workers and Telegram fail at random.

The promise that is put to the test: every photo that Telegram handed over gets an answer, or an
apology; two answers come only where nobody can know whether the first one arrived, and the bot
counts those. `make chaos` runs it for long, `tests/end_to_end/test_chaos.py` for half a minute.
"""
