"""Where pictures of people are known, a module each: see `startwin.gallery.fetch.finding`."""
