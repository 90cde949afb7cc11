"""The nearest vectors: nmslib's graph, the exact search it is held against, and its recall."""
