"""Frozen values that cross floors: catalog, project, suite, edit, facts, plan, outcome, record, test cells.

A file here imports only its siblings, `trainer_release.errors` and `packaging`; it does no I/O and decides nothing.
"""
