"""Pictures as an enemy, a broken phone or an odd program would send them; files by name."""
