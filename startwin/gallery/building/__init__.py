"""Photos become a gallery."""
