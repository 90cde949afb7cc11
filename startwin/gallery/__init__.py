"""The celebrities: from a folder of photos to the nearest one. Knows no Telegram."""

from startwin.gallery.index import Gallery, Likeness
from startwin.gallery.live import LiveGallery
from startwin.gallery.person import Person

__all__ = ["Gallery", "Likeness", "LiveGallery", "Person"]
