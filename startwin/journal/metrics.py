"""What a monitoring system watches, in Prometheus' terms; see `startwin.chat.running.endpoints`.

https://prometheus.io/docs/practices/naming/ has the conventions for the names.
"""

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600)
"""The histograms' buckets: from a search to a bot that was away."""

REQUESTS = Counter("startwin_requests", "What was asked of the bot.", ["kind"])
ANSWERS = Counter("startwin_answers", "What became of it.", ["kind", "outcome"])
FACES = Counter("startwin_faces_found", "Faces in the photos that were answered.")
STAGE_SECONDS = Histogram(
    "startwin_stage_seconds",
    "Time that a stage of an answer took: waiting for one's turn, download, waiting for a worker, "
    "decode, detect, embed, frame, search, render, send.",
    ["stage"],
    buckets=SECONDS,
)
ANSWER_SECONDS = Histogram(
    "startwin_answer_seconds",
    "Time from a request's arrival to Telegram's word that the answer is there.",
    ["kind"],
    buckets=SECONDS,
)
REFUSED_AS_TOO_MANY = Counter("startwin_too_many_requests", "Telegram's 429s, to sends.")
UNCERTAIN_SENDS = Counter(
    "startwin_uncertain_sends", "Sends repeated though the first one may have arrived."
)
WORKER_STARTS = Counter("startwin_worker_starts", "Worker processes that were started.")
WORKER_LOSSES = Counter("startwin_worker_losses", "Worker processes lost with a photo in hand.")
UNFINISHED = Gauge("startwin_unfinished_requests", "Requests that are not answered yet.")
WAITING = Gauge("startwin_waiting_photos", "Photos that wait for their turn or are being answered.")
UNSENT = Gauge("startwin_unsent_messages", "Messages and edits on their way to Telegram.")
WORKERS = Gauge("startwin_workers", "Worker processes that are ready.")
CLUSTER_WORKERS = Gauge(
    "startwin_cluster_workers",
    "Workers that are ready on the cluster; 0 while faces are read on the bot's own machine.",
)
CLUSTER_LOSSES = Counter(
    "startwin_cluster_losses", "Photos that the cluster lost and that were read again elsewhere."
)
GALLERY_PEOPLE = Gauge("startwin_gallery_people", "Celebrities in the gallery that serves.")
GALLERY_BUILT = Gauge("startwin_gallery_built_timestamp_seconds", "When it was built.")
DISCOVERED = Gauge("startwin_discovered_people", "Celebrities in it who were ever found.")
