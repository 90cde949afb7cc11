"""The measurements: `make bench`. Every figure is a ratio to a baseline of the same run."""
