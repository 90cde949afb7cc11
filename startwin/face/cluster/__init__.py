"""Faces are read on a Ray cluster (https://docs.ray.io).

    Standby      what the program uses: the cluster while it is there, else this machine's processes
    └── ClusterPool   knows which photo is where; keeps a link to the cluster
        └── link      a process of its own: the only one that has Ray in it
            └── Station    one on each node, placed there by Ray: a `FacePool` of the node's cores

Ray places, connects and watches; what befalls a photo on a node is the business of the node's
`FacePool`, as it is here. A station itself never looks at a photo, so a station that is lost puts
no blame on those that it had: they are read elsewhere.

Nothing of a photo goes through Ray's object store, which would be written to disk when it is full:
see `startwin.face.cluster.passage`.
"""
