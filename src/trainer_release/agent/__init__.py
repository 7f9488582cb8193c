"""Is it good? The test agent: cells, environments, stage, supervision, verdict.

It stands below `release` and never knows it; a module's own repository uses it without a catalog.
"""
