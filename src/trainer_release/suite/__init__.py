"""What a suite is, computed from text: catalog, workspace, layouts, pins, versions, graph.

Pure: no file, process, network or clock is touched here. It knows `model` and `errors`, nothing above.
"""
