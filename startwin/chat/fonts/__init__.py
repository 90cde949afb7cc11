"""The fonts that the cards are lettered with, and the lettering itself."""
