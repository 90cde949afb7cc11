"""Photos from the web for the people of a catalogue who have none, with credit.

A source says where somebody's picture is and whose it is; the web gives it, as slowly as its host
wants; the album keeps it with its credit; the summary says what came of everybody.
"""
